"""Numbers and names that are checked where they are made, so that a wrong one never travels."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import Field, fields
from numbers import Integral, Real
from typing import Any, TypeVar

from deepnet.errors import InputError, UnknownNameError

Entry = TypeVar("Entry")


def whole_number(name: str, value: object, *, at_least: int) -> int:
    """Return *value* as an int.

    Raises:
        InputError: it is not a whole number of *at_least* or more.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < at_least:
        raise InputError(f"{name} must be a whole number of {at_least} or more, got {value!r}")
    return int(value)


def positive_number(name: str, value: object) -> float:
    """Return *value* as a float.

    Raises:
        InputError: it is not a finite number above 0.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value <= 0:
        raise InputError(f"{name} must be a finite number above 0, got {value!r}")
    return float(value)


def finite_number(name: str, value: object) -> float:
    """Return *value* as a float.

    Raises:
        InputError: it is not a finite number.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"{name} must be a finite number, got {value!r}")
    return float(value)


def non_negative_number(name: str, value: object) -> float:
    """Return *value* as a float.

    Raises:
        InputError: it is not a finite number of 0 or more.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value < 0:
        raise InputError(f"{name} must be a finite number of 0 or more, got {value!r}")
    return float(value)


def yes_or_no(name: str, value: object) -> bool:
    """Return *value* as it is.

    Raises:
        InputError: it is neither True nor False.
    """
    if not isinstance(value, bool):
        raise InputError(f"{name} must be True or False, got {value!r}")
    return value


def decay_rate(name: str, value: object) -> float:
    """Return *value*, the share of a running average that is kept at each step, as a float.

    Raises:
        InputError: it is not a number of 0 or more and below 1.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < 1:
        raise InputError(f"{name} must be a number of 0 or more and below 1, got {value!r}")
    return float(value)


def look_up(kind: str, name: object, table: Mapping[str, Entry]) -> Entry:
    """Return the entry of *table* that is called *name*.

    Raises:
        UnknownNameError: there is none; the message lists the names that there are.
    """
    if isinstance(name, str) and name in table:
        return table[name]
    raise UnknownNameError(kind, name if isinstance(name, str) else repr(name), table)


def require_options(kind: Any, options: Iterable[str]) -> tuple[Field[Any], ...]:
    """Return the options that *kind* has, a frozen dataclass with a name, or a value of it.

    Raises:
        InputError: one of *options* is none of them; the message lists those that are.
    """
    known = fields(kind)
    names = [field.name for field in known]
    if strange := set(options) - set(names):
        has = f"use {', '.join(names)}" if names else "it has none"
        raise InputError(f"{kind.name} has no option {min(strange)!r}: {has}")
    return known
