"""What a column holds, and its cells as numbers, or a message that names the cell that is none."""

import math
import shlex
from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.data.cells import Cell, as_label, as_number, as_truth, is_meant_as_number, is_missing, plain_numbers
from deepnet.data.files import listed, quoted
from deepnet.data.table import Table
from deepnet.errors import DataError

Kind: TypeAlias = Literal["number", "truth", "category"]
"""Number: as it is. Truth: 1 or 0. Category: text, one of several values."""

MOST_VALUES = 50
"""A category with more is rather a name or a text, and would need an input for each."""
MOST_VALUES_ASKED_FOR = 1000
"""The same for a column that is said to be a category."""


def kind_of(cells: Sequence[Cell]) -> Kind:
    """Return what a column holds.

    Truths, if every cell is one. A category, if more than half of the cells are text that nobody would take for
    a number. Numbers otherwise, so that some text among many numbers is found as the mistake it is. Cells
    without a value do not count.
    """
    if plain_numbers(cells) is not None:
        return "number"
    held = [cell for cell in cells if not is_missing(cell)]
    if held and all(as_truth(cell) is not None for cell in held):
        return "truth"
    if all(as_number(cell) is not None for cell in held):
        return "number"
    text = sum(not is_meant_as_number(cell) for cell in held)
    return "category" if 2 * text > len(held) else "number"


def numbers(table: Table, column: str, *, optional: bool = False) -> NDArray[np.float64]:
    """Return the cells of *column* as numbers (rows,): finite, 1 and 0 for truths, nan where a value is missing.

    Args:
        table: where the column is.
        column: a name that the table has.
        optional: the column could be left out or be a category; a message says so.

    Raises:
        DataError: a cell is text, nan or infinite.
    """
    cells = table.column(column)
    if (plain := plain_numbers(cells)) is not None:
        return plain
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        number = as_number(cell)
        if number is not None and math.isfinite(number):
            values[row] = number
        elif not is_missing(cell):
            problem = "is not a number" if number is None else "is not finite"
            raise _unusable(table, row, column, problem, optional=optional)
    return values


def truths(table: Table, column: str) -> NDArray[np.float64]:
    """Return the cells of *column* as 1 and 0 (rows,), nan where a value is missing.

    Raises:
        DataError: a cell is neither a truth nor 1 nor 0.
    """
    values = numbers(table, column)
    wrong = np.flatnonzero((values != 0) & (values != 1) & ~np.isnan(values))
    if wrong.size:
        where, cell = table.where(int(wrong[0]), column), table.column(column)[wrong[0]]
        raise DataError(f"{where}: {quoted(str(cell).strip())} is neither TRUE nor FALSE: write one of them there")
    return values


def codes(table: Table, column: str, values: Sequence[str]) -> NDArray[np.float64]:
    """Return the place of each cell of *column* among the *values* (rows,), nan where a value is missing.

    Raises:
        DataError: a cell is none of the *values*; the message lists them.
    """
    places = {value: float(place) for place, value in enumerate(values)}
    found = np.full(len(table), np.nan)
    for row, cell in enumerate(table.column(column)):
        if is_missing(cell):
            continue
        place = places.get(as_label(cell))
        if place is None:
            known = listed([*values])
            raise DataError(
                f"{table.where(row, column)}: {quoted(as_label(cell))} is not a value that the model knows: use one "
                f"of {known}"
            )
        found[row] = place
    return found


def labels_of(table: Table, column: str) -> tuple[str, ...]:
    """Return the different values of *column* as labels: numbers in their order, then text in that of letters."""
    held = {as_label(cell): as_number(cell) for cell in table.column(column) if not is_missing(cell)}
    sizes = {label: math.inf if number is None else number for label, number in held.items()}
    return tuple(sorted(held, key=lambda label: (sizes[label], label)))


def category_values(table: Table, column: str, *, asked_for: bool) -> tuple[str, ...]:
    """Return the values of a category, sorted, if there are few enough for an input each.

    Args:
        table: where the column is.
        column: a name that the table has.
        asked_for: somebody said that it is a category, so that it may have more values.

    Raises:
        DataError: there are too many, or fewer than two rows for each; or a number is not finite.
    """
    if asked_for:
        refuse_infinite(table, column)
    values = labels_of(table, column)
    held = sum(not is_missing(cell) for cell in table.column(column))
    most = MOST_VALUES_ASKED_FOR if asked_for else MOST_VALUES
    out = f"leave it out with --ignore {shlex.quote(column)}"
    where = f"{table.name}, column {quoted(column)}"
    if len(values) > most:
        meant = "" if asked_for else f", or say that it is meant with --categorical {shlex.quote(column)}"
        raise DataError(f"{where}: {len(values)} values are too many for a category ({most} at most): {out}{meant}")
    if 2 * len(values) > held > 0 and not asked_for:
        counts = f"{_count(len(values), 'value')} in {_count(held, 'row')}"
        raise DataError(f"{where}: text with {counts} is no category, which has 2 rows or more for a value: {out}")
    return values


def refuse_infinite(table: Table, column: str) -> None:
    """Do nothing if every number of *column* is finite.

    Raises:
        DataError: one is not.
    """
    for row, cell in enumerate(table.column(column)):
        number = as_number(cell)
        if number is not None and not math.isfinite(number):
            raise _unusable(table, row, column, "is not finite", optional=False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _unusable(table: Table, row: int, column: str, problem: str, *, optional: bool) -> DataError:
    """Return the error for a cell that is text, nan or infinite."""
    advice = "write a finite number there, or nothing where the value is missing"
    if optional:
        advice += f", or leave the column out with --ignore {shlex.quote(column)}"
    text = quoted(str(table.column(column)[row]).strip())
    return DataError(f"{table.where(row, column)}: {text} {problem}: {advice}")


def refuse_absent(table: Table, columns: Collection[str]) -> None:
    """Do nothing if the table has all *columns*.

    Raises:
        DataError: some are not there.
    """
    if absent := [column for column in columns if column not in table.header]:
        raise DataError(
            f"{table.head()}: has no column {listed(absent)}, which the model needs: "
            f"add it (the columns are {listed(table.header)})"
        )
