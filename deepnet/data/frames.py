"""Frames of pandas and polars, and Parquet files through polars, as tables."""

import io
from decimal import Decimal
from numbers import Real
from typing import Any, TypeAlias

from deepnet.data.cells import Cell
from deepnet.data.files import one_line, quoted
from deepnet.data.table import PARQUET_MAGIC, Table, Unreadable, typed_table
from deepnet.errors import DataError

Column: TypeAlias = list[Cell] | Unreadable

POLARS_KINDS = ("Boolean", "String", "Null", "Categorical", "Enum")
"""Beside the numbers."""


def from_parquet(content: bytes, name: str) -> Table:
    """Return the table of a Parquet file that has been read.

    Raises:
        DataError: it is no Parquet, or is damaged.
    """
    import polars as pl  # noqa: PLC0415 - slow to import, and most tables are text

    if not content.startswith(PARQUET_MAGIC):
        raise DataError(f"{name}: is no Parquet file, though its name says so: rename it, or save it as Parquet")
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        reason = one_line(" ".join(str(error).split())[:80])
        raise DataError(f"{name}: is damaged or cut off Parquet ({reason}): fetch or write the file again") from None
    return from_frame(frame, name)


def from_frame(frame: Any, name: str | None) -> Table:
    """Return the table of a frame of pandas or polars; without a *name* it is called after its library.

    A column of another kind than numbers, truths and text is refused when it is used.

    Raises:
        DataError: the frame is empty, or its columns have no good names.
    """
    library = type(frame).__module__.partition(".")[0]
    name = f"the {library} frame" if name is None else name
    header = [_column_name(name, place, column) for place, column in enumerate(frame.columns, start=1)]
    if library == "polars":
        columns = [_polars_column(name, series) for series in frame]
    else:  # by place, because two columns may have one name
        columns = [_pandas_column(name, column, frame.iloc[:, place]) for place, column in enumerate(header)]
    return typed_table(name, header, columns, len(frame))


def _column_name(name: str, place: int, column: object) -> str:
    if isinstance(column, str):
        return column.strip()
    if isinstance(column, int):  # what pandas calls columns that were given no name
        return str(column)
    raise DataError(f"{name}: the name of column {place} is {quoted(str(column))} and no text: rename it")


def _polars_column(name: str, series: Any) -> Column:
    kind = series.dtype
    if kind.is_decimal():
        series = series.cast(float)
    elif not kind.is_numeric() and kind.base_type().__name__ not in POLARS_KINDS:
        return _unreadable(f"{name}, column {quoted(series.name)}", str(kind))
    cells: list[Cell] = series.to_list()
    return cells


def _pandas_column(name: str, column: str, series: Any) -> Column:
    if series.dtype.kind in "mMc":  # spans, times and complex numbers
        return _unreadable(f"{name}, column {quoted(column)}", str(series.dtype))
    cells: list[Cell] = []
    for row, (cell, gap) in enumerate(zip(series.tolist(), series.isna().tolist(), strict=True), start=1):
        if gap:
            cells.append(None)
        elif isinstance(cell, str | bool):
            cells.append(cell)
        elif isinstance(cell, Real | Decimal):
            cells.append(float(cell))
        else:  # a column of objects may hold anything
            return _unreadable(f"{name}, row {row}, column {quoted(column)}", type(cell).__name__)
    return cells


def _unreadable(where: str, kind: str) -> Unreadable:
    kind = one_line(" ".join(kind.split())[:60])
    return Unreadable(f"{where}: is of type {kind}, expected numbers, truths or text: convert the column, or ignore it")
