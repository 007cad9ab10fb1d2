"""What is typed after `/` on the screen of neurons: which of them are shown."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from deepnet.errors import InputError
from deepnet.terminal.top.columns import Column, Columns

HINT = "part of an address, restarts>0, |delta|>=0.1, frozen, lesioned, !frozen; several must all hold"

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_COMPARISON = re.compile(r"(\|?)([a-z_]+)\1(>=|<=|>|<|=)(.+)")
NAMES = ("output", "delta", "norm", "bias", "sum", "restarts", "deaths", "rate")
FLAGS = ("frozen", "lesioned")


@dataclass(frozen=True, slots=True)
class Condition:
    """Which neurons are shown: those that every term holds for.

    Attributes:
        text: as it was typed.
    """

    text: str = ""

    def __post_init__(self) -> None:
        for term in self.text.split():
            _check(term)

    def places(self, columns: Columns) -> Column:
        """Return the places in *columns* of the neurons that are shown, in the order of addresses."""
        keep = np.ones(len(columns), dtype=bool)
        for term in self.text.split():
            keep &= _holds(term, columns)
        places: Column = np.flatnonzero(keep)
        return places


def _check(term: str) -> None:
    """Raise InputError if *term* is a comparison that makes no sense."""
    if not any(sign in term for sign in _SIGNS):
        return
    found = _COMPARISON.fullmatch(term.lower())
    if found is None or found[2] not in NAMES:
        raise InputError(f"cannot filter by {term!r}: compare one of {', '.join(NAMES)}, such as restarts>0")
    try:
        float(found[4])
    except ValueError:
        raise InputError(f"cannot filter by {term!r}: {found[4]!r} is no number") from None


def _holds(term: str, columns: Columns) -> Column:
    term = term.lower()
    nobody = np.zeros(len(columns), dtype=bool)
    found = _COMPARISON.fullmatch(term)
    if found is not None:
        column = columns.column(found[2])
        if column is None:
            return nobody
        numbers = np.abs(column) if found[1] else column
        held: Column = np.asarray(_SIGNS[found[3]](numbers, float(found[4])), dtype=bool)
        return held
    wanted = term.removeprefix("!")
    if wanted in FLAGS:
        column = columns.fields.get(wanted)
        marked = nobody if column is None else is_marked(column)
        return ~marked if term.startswith("!") else marked
    return _named(wanted, columns) ^ term.startswith("!")


def is_marked(column: Column) -> Column:
    """Return for which neurons a yes/no column says yes; one of numbers says so where it has any."""
    marked: Column = ~np.isnan(column) if column.dtype.kind == "f" else column.astype(bool)
    return marked


def _named(part: str, columns: Columns) -> Column:
    """Return which addresses hold *part*; a whole layer at a time where the name of the layer settles it."""
    keep = np.zeros(len(columns), dtype=bool)
    for (layer, count), start in zip(columns.layers, columns.starts, strict=False):
        if part in layer:
            keep[start : start + count] = True
        else:
            keep[start : start + count] = [part in f"{layer}/{index}" for index in range(count)]
    return keep
