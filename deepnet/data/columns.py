"""Columns of text to columns of numbers, or a message that names the cell that is none."""

import math
import shlex
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.data.cells import as_number, is_missing
from deepnet.data.files import listed, quoted
from deepnet.data.table import Table
from deepnet.errors import DataError

LINES_NAMED = 10


class Numbers(NamedTuple):
    """The chosen columns of a table, and where their rows stand in the file."""

    values: NDArray[np.float64]
    """(rows, columns), finite."""
    lines: NDArray[np.intp]
    """(rows,)"""


def numbers(
    table: Table, columns: Sequence[str], *, drop_missing: bool = False, optional: Collection[str] = ()
) -> Numbers:
    """Return *columns* of the table, in that order, as numbers; TRUE is 1 and FALSE is 0.

    Args:
        table: where they are.
        columns: names that the table has.
        drop_missing: leave out the rows in which one of these columns has no value.
        optional: the columns that could be left out; a message about them says so.

    Raises:
        DataError: a cell is text or not finite, values are missing, or no row is left.
    """
    places = [table.header.index(column) for column in columns]
    values = np.empty((len(table.rows), len(columns)))
    gaps = np.zeros(values.shape, dtype=bool)
    for row, cells in enumerate(table.rows):
        for column, place in enumerate(places):
            text = cells[place]
            number = as_number(text)
            if number is not None and math.isfinite(number):
                values[row, column] = number
            elif is_missing(text):
                gaps[row, column] = True
            else:
                raise _unusable(table, table.lines[row], columns[column], text, optional)
    return _without_gaps(table, columns, values, gaps, drop_missing)


def _unusable(table: Table, line: int, column: str, text: str, optional: Collection[str]) -> DataError:
    """Return the error for a cell that is text, nan or infinite."""
    problem = "is not a number" if as_number(text) is None else "is not finite"
    advice = "write a finite number there, or nothing where the value is missing"
    if column in optional:
        advice += f", or leave the column out with --ignore {shlex.quote(column)}"
    return DataError(f"{table.name}, line {line}, column {quoted(column)}: {quoted(text.strip())} {problem}: {advice}")


def _without_gaps(
    table: Table, columns: Sequence[str], values: NDArray[np.float64], gaps: NDArray[np.bool_], drop_missing: bool
) -> Numbers:
    lines = np.array(table.lines, dtype=np.intp)
    short = gaps.any(axis=1)
    if short.any() and not drop_missing:
        raise _missing(table.name, columns, lines, gaps)
    if short.all():
        where = listed([columns[column] for column in np.flatnonzero(gaps.any(axis=0)).tolist()])
        raise DataError(f"{table.name}: no row is left without the missing values in {where}: leave out such columns")
    return Numbers(values[~short], lines[~short])


def _missing(name: str, columns: Sequence[str], lines: NDArray[np.intp], gaps: NDArray[np.bool_]) -> DataError:
    """Return the error that says which rows and columns have gaps."""
    where = listed([columns[column] for column in np.flatnonzero(gaps.any(axis=0)).tolist()])
    short = lines[gaps.any(axis=1)].tolist()
    rows = "1 row has" if len(short) == 1 else f"{len(short)} rows have"
    at = "line" if len(short) == 1 else "lines"
    place = f"{at} {listed(short, LINES_NAMED)}"
    return DataError(f"{name}: {rows} no value in {where} ({place}): drop them with --drop-missing, or fill them in")
