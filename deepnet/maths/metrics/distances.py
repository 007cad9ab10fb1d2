"""How far the outputs are from the targets, on the mean over all rows and columns."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from deepnet.maths.arrays import Batch
from deepnet.maths.metrics.metric import pairs


@dataclass(frozen=True, slots=True)
class Mean:
    """A sum and how many numbers are in it.

    Two of them merge into the sum of sums, and so do those of a metric of your own:
    ``Metric("bias", lambda outputs, targets: Mean(float((outputs - targets).sum()), targets.size))``.
    """

    total: float
    count: int

    def merge(self, other: Self) -> Self:
        return type(self)(self.total + other.total, self.count + other.count)

    def value(self) -> float:
        return self.total / self.count


class RootMean(Mean):
    """A sum and how many numbers are in it, graded by the root of their mean."""

    __slots__ = ()

    def value(self) -> float:
        return math.sqrt(self.total / self.count)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def squared_errors(outputs: Batch, targets: Batch) -> Mean:
    """Return sum_ij (o_ij - t_ij)^2, and of how many numbers."""
    outputs, targets = pairs(outputs, targets)
    return Mean(float(((outputs - targets) ** 2).sum()), outputs.size)


def rooted_squared_errors(outputs: Batch, targets: Batch) -> RootMean:
    """Return what `squared_errors` does, to take the root of."""
    errors = squared_errors(outputs, targets)
    return RootMean(errors.total, errors.count)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def absolute_errors(outputs: Batch, targets: Batch) -> Mean:
    """Return sum_ij |o_ij - t_ij|, and of how many numbers."""
    outputs, targets = pairs(outputs, targets)
    return Mean(float(np.abs(outputs - targets).sum()), outputs.size)


def mean_squared_error(outputs: Batch, targets: Batch) -> float:
    """1/(rows * size) * sum_ij (o_ij - t_ij)^2."""
    return squared_errors(outputs, targets).value()


def root_mean_squared_error(outputs: Batch, targets: Batch) -> float:
    """sqrt(mean squared error), in the unit of the targets."""
    return rooted_squared_errors(outputs, targets).value()


def mean_absolute_error(outputs: Batch, targets: Batch) -> float:
    """1/(rows * size) * sum_ij |o_ij - t_ij|, in the unit of the targets."""
    return absolute_errors(outputs, targets).value()
