"""Cells that hold no value: where they are, and what to do about the rows that have them."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.data.cells import is_missing, plain_numbers
from deepnet.data.files import listed
from deepnet.data.table import Table
from deepnet.errors import DataError, UnknownNameError

Missing: TypeAlias = Literal["error", "drop", "mean"]
"""What to do about a missing value: refuse it, leave its row out, or put in the mean of its column."""

POLICIES = ("error", "drop", "mean")
LINES_NAMED = 10


class Gaps(NamedTuple):
    """Where values are missing."""

    columns: tuple[str, ...]
    holes: NDArray[np.bool_]
    """(rows, columns)"""


def gaps(table: Table, columns: Sequence[str]) -> Gaps:
    """Return where *columns*, which the table has, hold no value."""
    holes = np.zeros((len(table), len(columns)), dtype=bool)
    for place, column in enumerate(columns):
        cells = table.column(column)
        if plain_numbers(cells) is None:
            holes[:, place] = [is_missing(cell) for cell in cells]
    return Gaps(tuple(columns), holes)


def settle_gaps(table: Table, columns: Sequence[str], missing: str, *, target: str | None = None) -> Table:
    """Return the table without the rows that must go; what "mean" leaves in is to be filled later.

    Args:
        table: the rows.
        columns: those that matter; the others may hold anything.
        missing: see `Missing`.
        target: the column that is never filled.

    Raises:
        DataError: values are missing that may not be, or no row is left.
        UnknownNameError: *missing* is no policy.
    """
    if missing not in POLICIES:
        raise UnknownNameError("way with missing values", str(missing), POLICIES)
    wanted = [*columns, *([] if target is None else [target])]
    where = gaps(table, wanted)
    short = np.asarray(where.holes.any(axis=1))
    if missing == "drop":
        if short.all():
            holed = listed(_holed(where))
            raise DataError(
                f"{table.name}: no row is left without the missing values in {holed}: leave out such columns"
            )
        return table.keep(~short) if short.any() else table
    if missing == "error" and short.any():
        # Who predicts has no target, and no means but those of the model.
        by_mean = "" if target is None else " fill features with --missing mean,"
        advice = f"drop them with --missing drop,{by_mean} or fill them in"
        raise _refusal(table, where, advice)
    if target is not None and where.holes[:, -1].any():
        advice = "a target is never filled: drop them with --missing drop, or fill them in"
        raise _refusal(table, Gaps((target,), where.holes[:, -1:]), advice)
    return table


def _holed(where: Gaps) -> list[str]:
    return [where.columns[column] for column in np.flatnonzero(where.holes.any(axis=0)).tolist()]


def _refusal(table: Table, where: Gaps, advice: str) -> DataError:
    """Return the error that says which rows and columns have gaps."""
    short = np.flatnonzero(where.holes.any(axis=1)).tolist()
    rows = "1 row has" if len(short) == 1 else f"{len(short)} rows have"
    places = table.places(short, LINES_NAMED)
    return DataError(f"{table.name}: {rows} no value in {listed(_holed(where))} ({places}): {advice}")
