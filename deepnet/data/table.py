"""A table of text cells, as a CSV file holds it, and where each row stands in the file.

`read_table` is the only place that knows the format of a file: another format is another function
that returns a `Table`.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deepnet.data.cells import as_number
from deepnet.data.files import listed, one_line, quoted, read_file
from deepnet.errors import DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Table:
    """Text cells under named columns.

    Args:
        name: the path, or the name of a built-in set; messages begin with it.
        header: the names of the columns, all different, none blank.
        rows: as many cells each as the header has.
        lines: where each row begins in the file, 1 being the first line.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_table(path: str | Path, *, name: str | None = None) -> Table:
    """Read a CSV file: UTF-8, a header, commas (or ``;`` or tabs, if the header has no comma).

    Blank lines at the end are skipped. A quoted cell may hold line breaks.

    Args:
        path: the file.
        name: what to call it in messages instead of its path.

    Raises:
        DataError: there is no such table; the message names the file, the line and what to do.
    """
    name = one_line(str(path) if name is None else name)
    text = _decoded(name, read_file(path))
    records = list(_records(name, text))
    while records and _is_blank(records[-1][1]):
        records.pop()
    if not records:
        raise DataError(f"{name}: is empty: it needs a line of column names and rows under it")
    header = _header(name, records[0][1])
    _refuse_ragged(name, header, records[1:])
    if not records[1:]:
        raise DataError(f"{name}: has column names but no rows: add rows under line 1")
    return Table(name, header, tuple(tuple(cells) for _, cells in records[1:]), tuple(line for line, _ in records[1:]))


def _decoded(name: str, content: bytes) -> str:
    content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = f"line {_line_of(content, error.start)} (byte {error.start}, 0x{content[error.start]:02x})"
        raise DataError(f"{name}, {place}: is not UTF-8 text: save the file as UTF-8") from None
    if (at := content.find(b"\0")) >= 0:
        place = f"line {_line_of(content, at)} (byte {at})"
        raise DataError(f"{name}, {place}: has a NUL byte, so this is no CSV: save it as CSV in UTF-8")
    return text


def _line_of(content: bytes, offset: int) -> int:
    return len((content[:offset] + b".").splitlines())


def _records(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it begins on."""
    # newline="" leaves line breaks inside quotes as they are; strict finds a quote that is never closed.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        advice = "check that every quote is closed and doubled inside quotes"
        raise DataError(f"{name}, line {line}: is not CSV ({error}): {advice}") from None


def _delimiter(text: str) -> str:
    first_line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    # What stands in quotes is part of a name.
    unquoted = re.sub(r'"[^"]*"?', "", first_line)
    return next((mark for mark in ",;\t" if mark in unquoted), ",")


def _is_blank(cells: list[str]) -> bool:
    """Return whether the line was blank; ``""`` in quotes and ``,,`` are rows of empty cells."""
    return not cells or (len(cells) == 1 and cells[0].isspace())


def _header(name: str, cells: list[str]) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in cells)
    where = f"{name}, line 1"
    if not any(header):
        raise DataError(f"{where}: is blank: put the names of the columns there")
    if all(as_number(cell) is not None for cell in header):
        raise DataError(f"{where}: holds only numbers, so there is no header: put the names of the columns there")
    if "" in header:
        raise DataError(f"{where}: column {header.index('') + 1} has no name: give it one")
    places: dict[str, list[int]] = {}
    for place, column in enumerate(header, start=1):
        places.setdefault(column, []).append(place)
    for column, found in places.items():
        if len(found) > 1:
            raise DataError(f"{where}: columns {listed(found)} are all named {quoted(column)}: rename all but one")
    return header


def _refuse_ragged(name: str, header: tuple[str, ...], records: list[tuple[int, list[str]]]) -> None:
    for line, cells in records:
        if len(cells) != len(header):
            found = "a blank line" if _is_blank(cells) else f"{len(cells)} cells"
            advice = "add or remove cells there, and put quotes around a cell that holds a delimiter"
            raise DataError(f"{name}, line {line}: found {found}, expected {len(header)} cells: {advice}")
