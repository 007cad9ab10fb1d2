"""How much of the targets' variance the outputs explain."""

import math
from dataclasses import dataclass

import numpy as np

from deepnet.maths.arrays import Batch, Vector
from deepnet.maths.metrics.metric import pairs, same_width


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """What R2 needs of some rows.

    Attributes:
        count: how many rows.
        origin: the first row of targets, (size,). Means are measured from it, so that a column that is constant
            has a spread of exactly 0, whatever its mean would round to.
        offset: what the mean of each column is above its origin, (size,).
        total: SS_tot, the sum of squares of the targets about the means of their columns.
        residual: SS_res, the sum of squares of the errors.
    """

    count: int
    origin: Vector
    offset: Vector
    total: float
    residual: float

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def merge(self, other: "Explained") -> "Explained":
        """Return the tally of the rows of both.

        With d_j the distance between the means: SS_tot = SS_tot_a + SS_tot_b + sum_j d_j^2 * n_a n_b / (n_a + n_b).

        Source: Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm for computing sample variances (1979).
        """
        same_width("columns", len(self.origin), len(other.origin))
        count = self.count + other.count
        apart = (other.origin - self.origin) + (other.offset - self.offset)
        between = float((apart**2).sum()) * (self.count * other.count / count)
        return Explained(
            count,
            self.origin,
            self.offset + apart * (other.count / count),
            self.total + other.total + between,
            self.residual + other.residual,
        )

    def value(self) -> float:
        return 1 - self.residual / self.total if self.total != 0 else math.nan


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def explained(outputs: Batch, targets: Batch) -> Explained:
    """Return what `r2` needs of these rows."""
    outputs, targets = pairs(outputs, targets)
    apart = targets - targets[0]
    offset = apart.mean(axis=0)
    total = float(((apart - offset) ** 2).sum())
    residual = float(((outputs - targets) ** 2).sum())
    return Explained(len(targets), targets[0].copy(), offset, total, residual)


def r2(outputs: Batch, targets: Batch) -> float:
    """The share of the targets' variance that the outputs explain: 1 - SS_res / SS_tot.

    SS_res = sum_ij (o_ij - t_ij)^2 and SS_tot = sum_ij (t_ij - m_j)^2, where m_j is the mean of
    column j. 1 is perfect, 0 is what the means alone would get, below 0 is worse than that.
    It is nan when every column of targets is constant: there is nothing to explain.

    Source: sklearn.metrics.r2_score with multioutput="variance_weighted", except that errors in a
    constant column count here.
    """
    return explained(outputs, targets).value()
