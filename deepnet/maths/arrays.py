"""The kinds of array the maths speaks of, and the door that wrong shapes do not pass."""

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import InputError, ShapeError, UnknownNameError

Array: TypeAlias = NDArray[np.floating[Any]]
"""Any shape."""
Vector: TypeAlias = NDArray[np.floating[Any]]
"""(size,)"""
Batch: TypeAlias = NDArray[np.floating[Any]]
"""(rows, size): one row an example."""
Weights: TypeAlias = NDArray[np.floating[Any]]
"""(neurons, inputs): one row a neuron."""

DTYPES = ("float32", "float64")


def require_dtype(dtype: str) -> None:
    """Raise UnknownNameError unless *dtype* is one that a network can be made of."""
    if dtype not in DTYPES:
        raise UnknownNameError("dtype", str(dtype), DTYPES)


def require_shape(name: str, array: Array, *expected: int | None) -> None:
    """Raise ShapeError unless *array* has this shape; None matches any length."""
    fits = array.ndim == len(expected) and all(
        want in {None, have} for have, want in zip(array.shape, expected, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if want is None else str(want) for want in expected)
        raise ShapeError(f"{name} has shape {array.shape}, expected ({wanted})")


def as_rows(name: str, values: object, dtype: str, size: int) -> Batch:
    """Return *values* as a contiguous (rows, *size*) array, finite or not; one row may be given flat.

    Raises:
        InputError: a value is no number.
        ShapeError: the values are not rows of *size* numbers.
    """
    try:
        # A number too large for the dtype becomes inf, without a word.
        with np.errstate(over="ignore"):
            array = np.ascontiguousarray(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must be rows of {size} numbers: {error}") from None
    if not array.flags.aligned:
        array = array.copy()
    if array.ndim == 1:
        array = array.reshape(1, -1)
    require_shape(name, array, None, size)
    return array


def as_batch(name: str, values: object, dtype: str, size: int) -> Batch:
    """Return *values* as a contiguous (rows, *size*) array; one row may be given flat.

    Raises:
        InputError: a value is no number, or is nan or infinite in *dtype*.
        ShapeError: the values are not rows of *size* numbers.
    """
    array = as_rows(name, values, dtype, size)
    flat = array.reshape(-1)
    with np.errstate(all="ignore"):  # it tells at a fifth of the price, unless it is too large itself
        sum_of_squares = np.dot(flat, flat)
    if not math.isfinite(sum_of_squares) and not np.isfinite(array).all():
        row, column = (int(place[0]) for place in np.nonzero(~np.isfinite(array)))
        raise InputError(f"{name} must be finite in {dtype}: row {row}, column {column} is {array[row, column]}")
    return array
