"""What a sensible person does before a table is learnt: leave out what no network reads, and settle gaps."""

import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from deepnet.data.cells import Cell, as_number, is_missing
from deepnet.data.columns import category_values, kind_of, labels_of, numbers
from deepnet.data.gaps import gaps
from deepnet.data.table import Table, Unreadable
from deepnet.errors import DataError

_COMMA = re.compile(r"[+-]?\d+,\d+")


class Preset(NamedTuple):
    """How a table would be learnt by somebody who has said nothing of it."""

    left_out: list[dict[str, Any]]
    """``column``, ``why`` (text, empty, unreadable) and how many ``different`` values of each that goes."""
    missing: str
    """What is done about missing values: error where there are none."""
    gap_rows: int
    """Rows that lack a value in a column that is used, or in the target."""


def decimal_commas(cells: Sequence[Cell]) -> int:
    """Return how many cells are numbers with a comma where a point should be: ``1,5``."""
    return sum(isinstance(cell, str) and _COMMA.fullmatch(cell.strip()) is not None for cell in cells)


def preset(
    table: Table, target: str, features: Sequence[str], *, keep: Collection[str] = (), missing: str | None = None
) -> Preset:
    """Return what is done about the *features* of a table if nobody says otherwise.

    Args:
        table: what was read.
        target: the column to learn.
        features: the columns it may be learnt from.
        keep: those of them that somebody wants, whatever they hold.
        missing: what is to be done about missing values; None to choose: rows are dropped, but features are
            filled where more than half of all rows would go.
    """
    found = {column: _unfit(table, column) for column in features if column not in keep}
    left_out = [{"column": column, **why} for column, why in found.items() if why is not None]
    used = [column for column in features if found.get(column) is None and _is_readable(table, column)]
    wanted = [*used, *([target] if _is_readable(table, target) else [])]
    where = gaps(table, wanted).holes
    count = int(where.any(axis=1).sum())
    if missing is None:
        # A target is never filled, so rows without one have to go in any case.
        by_mean = 2 * count > len(table) and not where[:, len(used) :].any()
        missing = "error" if count == 0 else "mean" if by_mean else "drop"
    return Preset(left_out, missing, count)


def cures(table: Table, target: str, used: Sequence[str], missing: str) -> list[dict[str, Any]]:
    """Return what would help where a table cannot be learnt.

    Each has the ``column`` that is in the way, ``why`` (text, empty, unreadable, commas, mixed, gaps), the ``cure``
    (ignore it; do something about missing values; choose another target) and the ``count`` that the reason is about.
    """
    found = []
    for column in used:
        why = _unfit(table, column) or _wrong_cells(table, column)
        if why is not None:
            found.append({"column": column, "cure": "ignore", "why": why["why"], "count": why["different"]})
    if _is_readable(table, target):
        found += _cures_of_gaps(table, target, [column for column in used if _is_readable(table, column)], missing)
        if commas := decimal_commas(table.column(target)):
            found.append({"column": target, "cure": "target", "why": "commas", "count": commas})
    return found


def _cures_of_gaps(table: Table, target: str, used: Sequence[str], missing: str) -> list[dict[str, Any]]:
    holes = gaps(table, [*used, target]).holes
    if missing == "drop":  # only where no row would be left
        in_the_way = holes.sum(axis=0) if holes.any(axis=1).all() else holes.sum(axis=0) * 0
    elif missing == "mean":
        in_the_way = holes.sum(axis=0)
        in_the_way[:-1] = 0
    else:
        in_the_way = holes.sum(axis=0)
    return [
        {"column": column, "cure": "missing", "why": "gaps", "count": int(count)}
        for column, count in zip([*used, target], in_the_way.tolist(), strict=True)
        if 0 < count < len(table)  # a column without any value is told of as empty
    ]


def _is_readable(table: Table, column: str) -> bool:
    return not isinstance(table.columns[table.header.index(column)], Unreadable)


def _unfit(table: Table, column: str) -> dict[str, Any] | None:
    """Return why no network can learn from a column, None if one can."""
    if not _is_readable(table, column):
        return {"why": "unreadable", "different": 0}
    cells = table.column(column)
    if all(map(is_missing, cells)):
        return {"why": "empty", "different": 0}
    if kind_of(cells) != "category":
        return None
    try:
        category_values(table, column, asked_for=False)
    except DataError:
        return {"why": "text", "different": len(labels_of(table, column))}
    return None


def _wrong_cells(table: Table, column: str) -> dict[str, Any] | None:
    """Return which cells of a column of numbers are none."""
    cells = table.column(column)
    if kind_of(cells) != "number":
        return None
    try:
        numbers(table, column)
    except DataError:
        if commas := decimal_commas(cells):
            return {"why": "commas", "different": commas}
        return {"why": "mixed", "different": sum(not is_missing(cell) and as_number(cell) is None for cell in cells)}
    return None
