"""What targets a loss can take: a wrong one is named before anything is learnt from it."""

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import InputError
from deepnet.maths.arrays import Batch

SUM_TOLERANCE = 1e-3
"""How far the probabilities of a row may be from summing to 1."""


def shares(targets: Batch) -> None:
    """Raise InputError unless every target is a number from 0 to 1."""
    _refuse(targets, (targets < 0) | (targets > 1), "must be numbers from 0 to 1")


def distributions(targets: Batch) -> None:
    """Raise InputError unless each row of targets holds probabilities of classes: from 0 to 1, and 1 together."""
    shares(targets)
    sums = targets.sum(axis=1, dtype=np.float64)
    wrong = np.abs(sums - 1) > SUM_TOLERANCE
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"targets must be probabilities of classes that sum to 1 in each row, such as one-hot rows: "
            f"row {row} sums to {sums[row]:g}"
        )


def rates(targets: Batch) -> None:
    """Raise InputError unless every target is 0 or more."""
    _refuse(targets, targets < 0, "must be counts or rates of 0 or more")


def signs(targets: Batch) -> None:
    """Raise InputError unless every target is -1 or 1."""
    _refuse(targets, np.abs(targets) != 1, "must be -1 or 1")


def _refuse(targets: Batch, wrong: NDArray[np.bool_], rule: str) -> None:
    if wrong.any():
        row, column = (int(place) for place in np.argwhere(wrong)[0])
        raise InputError(f"targets {rule} for this loss: row {row}, column {column} is {targets[row, column]:g}")
