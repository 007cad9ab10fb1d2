"""Which rows to learn from and which to be tested on."""

import math
from fractions import Fraction
from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import DataError, InputError
from deepnet.maths.checks import whole_number
from deepnet.maths.random import stream

FEWEST = 2
"""Rows on each side: the R2 of a single row is not defined, and one row shows no difference to learn."""


class Split(NamedTuple):
    """Row numbers, shuffled; together they are every row once."""

    train: NDArray[np.intp]
    """(train rows,)"""
    test: NDArray[np.intp]
    """(test rows,)"""


def split(rows: int, *, test_fraction: float, seed: int) -> Split:
    """Shuffle *rows* rows and cut them: ceil(rows * (1 - test_fraction)) to learn from, the rest to test on.

    Args:
        rows: how many there are.
        test_fraction: above 0 and below 1.
        seed: of the run; the same seed gives the same split.

    Raises:
        InputError: an argument is out of its range.
        DataError: a side would have fewer than 2 rows.
    """
    rows, seed = whole_number("rows", rows, at_least=0), whole_number("seed", seed, at_least=0)
    fraction = _exact(test_fraction)
    train_rows = math.ceil(rows * (1 - fraction))
    if min(train_rows, rows - train_rows) < FEWEST:
        raise DataError(
            f"{rows} rows with a test fraction of {float(fraction):g} give {train_rows} to learn from and "
            f"{rows - train_rows} to test on, and each needs {FEWEST}: give {_fewest_rows(fraction)} rows or more"
        )
    order = stream(seed, "split").permutation(rows).astype(np.intp, copy=False)
    return Split(order[:train_rows], order[train_rows:])


def _exact(test_fraction: object) -> Fraction:
    """Return the fraction as it was written: 0.2 is 1/5, though no float is."""
    if not isinstance(test_fraction, Real) or not 0 < float(test_fraction) < 1:
        raise InputError(f"the test fraction must be a number above 0 and below 1, got {test_fraction!r}")
    return Fraction(repr(float(test_fraction)))


def _fewest_rows(fraction: Fraction) -> int:
    for_test = math.ceil(FEWEST / fraction)
    for_training = math.floor((FEWEST - 1) / (1 - fraction)) + 1
    return max(for_test, for_training)
