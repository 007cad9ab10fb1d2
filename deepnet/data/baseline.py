"""What a straight line reaches, or who always says the same: for a network to be measured against."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnet.data.scaling import Standardizer
from deepnet.maths.arrays import Batch, require_shape

CHEAP = 2e9
"""Rows times the square of features, up to which least squares take about a second or less."""


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """y = x C + c.

    Args:
        coefficients: C, (features, outputs).
        intercept: c, (outputs,).
    """

    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]

    def predict(self, inputs: Batch) -> NDArray[np.float64]:
        """Return the line's answer. Shapes: (rows, features) -> (rows, outputs)."""
        require_shape("inputs", inputs, None, len(self.coefficients))
        predicted: NDArray[np.float64] = inputs @ self.coefficients + self.intercept
        return predicted


def least_squares(inputs: Batch, targets: Batch) -> LeastSquares:
    """Return the line with the smallest sum of squared errors.

    Of one-hot targets it is the linear classifier that has the largest output for the class; of one column of
    0 and 1, above 1/2 for the second. Where several lines are equally good (columns that depend on each other,
    fewer rows than features) it is the one with the smallest coefficients in standardised features.

    Shapes: inputs (rows, features), targets (rows, outputs), 1 row or more.
    """
    require_shape("inputs", inputs, None, None)
    require_shape("targets", targets, len(inputs), None)
    # Standardised columns are of one size, so that lstsq does not take a small unit for a dependent column.
    standardizer = Standardizer.fit(inputs)
    centre = targets.mean(axis=0, dtype=np.float64)
    slopes, *_ = np.linalg.lstsq(standardizer.apply(inputs), targets - centre, rcond=None)
    coefficients: NDArray[np.float64] = slopes / standardizer.scale[:, np.newaxis]
    return LeastSquares(coefficients, centre - standardizer.mean @ coefficients)


def is_cheap(inputs: Batch) -> bool:
    """Return whether `least_squares` of these inputs takes no longer than a person likes to wait."""
    rows, features = inputs.shape
    return bool(rows * features**2 <= CHEAP)


def most_frequent(targets: Batch) -> NDArray[np.float64]:
    """Return the answer (outputs,) of who always names the most frequent class of *targets*, the first of equals.

    Shapes: targets binary (rows, 1) of 0 and 1, or one-hot (rows, classes).
    """
    share = targets.mean(axis=0, dtype=np.float64)
    if len(share) == 1:
        return np.array([float(share[0] > 0.5)])
    answer: NDArray[np.float64] = np.eye(len(share))[share.argmax()]
    return answer
