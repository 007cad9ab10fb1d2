"""Ordinary least squares: what a straight line reaches, for a network to be measured against."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnet.data.scaling import Standardizer
from deepnet.maths.arrays import Batch, require_shape


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

    Where several lines are equally good (columns that depend on each other, fewer rows than
    features) it is the one with the smallest coefficients in standardised features.

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
