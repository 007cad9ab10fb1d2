"""Columns of cells under their names, and where each row stands in its file.

`read_table` finds out what it was given; a format of its own is a module of its own that returns a `Table`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.data.cells import Cell
from deepnet.data.files import listed, one_line, quoted, read_file, unpacked
from deepnet.data.text_table import header_problem, parse_text
from deepnet.errors import DataError, InputError

PARQUET_MAGIC = b"PAR1"
PARQUET_NAMES = (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a column that holds what no network can learn from; harmless as long as nobody wants it.

    Args:
        problem: what is wrong and what to do, with the name of the table.
    """

    problem: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells under named columns.

    Args:
        name: the path, or what else to call it; messages begin with it.
        header: the names of the columns, all different, none blank.
        columns: the cells of each column, from the first row to the last.
        lines: where each row begins: its line in a file of text, its row elsewhere; the first is 1.
        place: the word for that, ``line`` or ``row``.
    """

    name: str
    header: tuple[str, ...]
    columns: tuple[Sequence[Cell] | Unreadable, ...]
    lines: tuple[int, ...]
    place: str = "line"

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> Sequence[Cell]:
        """Return the cells of the column called *name*, which the table has.

        Raises:
            DataError: they are neither numbers nor truths nor text.
        """
        cells = self.columns[self.header.index(name)]
        if isinstance(cells, Unreadable):
            raise DataError(cells.problem)
        return cells

    def where(self, row: int, column: str) -> str:
        """Return how a message names a cell: ``cars.csv, line 3, column 'mpg'``."""
        return f"{self.name}, {self.place} {self.lines[row]}, column {quoted(column)}"

    def places(self, rows: Sequence[int], most: int) -> str:
        """Return how a message names some rows: ``lines 2, 5, 7 and 3 more``."""
        word = self.place if len(rows) == 1 else f"{self.place}s"
        return f"{word} {listed([self.lines[row] for row in rows], most)}"

    def head(self) -> str:
        """Return how a message names the place of the column names."""
        return f"{self.name}, line 1" if self.place == "line" else self.name

    def keep(self, kept: NDArray[np.bool_]) -> "Table":
        """Return the table of those rows that are True in *kept* (rows,)."""
        rows = np.flatnonzero(kept).tolist()
        columns = tuple(
            column if isinstance(column, Unreadable) else [column[row] for row in rows] for column in self.columns
        )
        return Table(self.name, self.header, columns, tuple(self.lines[row] for row in rows), self.place)


def read_table(source: Any, *, name: str | None = None) -> Table:
    """Read a file or take a frame.

    A file is Parquet if its name ends in ``.parquet`` or ``.pq`` or its content says so. Any other is text:
    UTF-8, a header, commas (or ``;`` or tabs, if the header has no comma), packed with gzip or not. Blank lines
    at its end are skipped; a quoted cell may hold line breaks. In a pandas frame NaN is a missing value, because
    pandas knows no other; in a polars frame and in Parquet null is, and NaN is a number that went wrong.

    Args:
        source: the path of a file, or a frame of pandas or polars.
        name: what to call it in messages instead of its path.

    Raises:
        DataError: there is no such table; the message names the file, the line or row, and what to do.
        InputError: *source* is neither a path nor a frame.
    """
    if is_frame(source):
        from deepnet.data.frames import from_frame  # noqa: PLC0415 - it needs the class above

        return from_frame(source, name)
    if not isinstance(source, str | Path):
        kind = type(source).__name__
        raise InputError(f"a table is the path of a file or a frame of pandas or polars, got {kind}: give one of them")
    name = one_line(str(source) if name is None else name)
    content = read_file(source)
    if str(source).lower().endswith(PARQUET_NAMES) or content.startswith(PARQUET_MAGIC):
        from deepnet.data.frames import from_parquet  # noqa: PLC0415 - likewise

        return from_parquet(content, name)
    header, columns, lines = parse_text(name, unpacked(source, content, name))
    return Table(name, header, columns, lines)


def is_frame(source: object) -> bool:
    """Return whether *source* is a frame of pandas or polars; neither is imported to find out."""
    kind = type(source)
    return kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] in {"pandas", "polars"}


def typed_table(name: str, header: Sequence[str], columns: Sequence[Sequence[Cell] | Unreadable], rows: int) -> Table:
    """Return the table of a frame of so many *rows*, which are counted from 1.

    Raises:
        DataError: it has no columns or no rows, or its names are not good ones.
    """
    if not header:
        raise DataError(f"{name}: is empty: it needs named columns and rows in them")
    if problem := header_problem(header):
        raise DataError(f"{name}: {problem}")
    if not rows:
        raise DataError(f"{name}: has column names but no rows: add rows")
    return Table(name, tuple(header), tuple(columns), tuple(range(1, rows + 1)), place="row")
