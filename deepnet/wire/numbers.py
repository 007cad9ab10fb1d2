"""Numbers and arrays as plain data that JSON knows and that come back bit for bit.

JSON has no nan and no infinity: ``"nan"``, ``"inf"`` and ``"-inf"`` stand for them. A float32 becomes the float64 of
the same value, and that is written with as many digits as it takes, so `list_to_array` of the same dtype has the bits.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOT_FINITE = ("nan", "inf", "-inf")
"""The words for numbers that JSON does not know."""


def number_to_plain(number: float) -> float | str:
    """Return *number*, or the word for one that is not finite."""
    value = float(number)
    return value if math.isfinite(value) else repr(value)


def number_from_plain(value: Any) -> float:
    """Return the number that `number_to_plain` gave.

    Raises:
        TypeError, ValueError: it is none.
    """
    return float(value)


def maybe_to_plain(number: float | None) -> float | str | None:
    """Return the same for a number that may be missing."""
    return None if number is None else number_to_plain(number)


def maybe_from_plain(value: Any) -> float | None:
    """Return the number that `maybe_to_plain` gave."""
    return None if value is None else number_from_plain(value)


def figures_to_plain(figures: Any) -> dict[str, float | str]:
    """Return a mapping of names to numbers as plain data."""
    return {str(name): number_to_plain(value) for name, value in figures.items()}


def figures_from_plain(figures: Any) -> dict[str, float]:
    """Return the mapping that `figures_to_plain` gave."""
    return {str(name): number_from_plain(value) for name, value in figures.items()}


def array_to_list(array: NDArray[Any]) -> Any:
    """Return the numbers of *array* as lists in lists; what is not finite as its word."""
    plain = array.tolist()
    return plain if array.dtype.kind in "biu" or bool(np.isfinite(array).all()) else _named(plain)


def list_to_array(values: Any, dtype: str) -> NDArray[Any]:
    """Return the array of *dtype* that `array_to_list` took apart.

    Raises:
        TypeError, ValueError: it is made of something else than numbers, or of rows of different lengths.
    """
    return np.array(values, dtype=dtype)


def plain(value: Any) -> Any:
    """Return plain data with the words in place of all numbers in it that are not finite; tuples become lists."""
    if isinstance(value, float):
        return number_to_plain(value)
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def _named(value: Any) -> Any:
    return [_named(part) for part in value] if isinstance(value, list) else number_to_plain(value)
