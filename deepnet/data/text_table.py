"""Tables as text: CSV with commas, semicolons or tabs. Python's own reader, because its errors name the line."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from deepnet.data.cells import as_number
from deepnet.data.files import listed, quoted
from deepnet.errors import DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
IDX_START = b"\0\0"


def parse_text(name: str, content: bytes) -> tuple[tuple[str, ...], tuple[list[str], ...], tuple[int, ...]]:
    """Return the header, the columns, and the line on which each row begins, 1 being the first line.

    Raises:
        DataError: the content is no table; the message begins with *name*.
    """
    records = list(_records(name, _decoded(name, content)))
    while records and _is_blank(records[-1][1]):
        records.pop()
    if not records:
        raise DataError(f"{name}: is empty: it needs a line of column names and rows under it")
    header = _header(name, records[0][1])
    _refuse_ragged(name, header, records[1:])
    if not records[1:]:
        raise DataError(f"{name}: has column names but no rows: add rows under line 1")
    columns = tuple([cells[place] for _, cells in records[1:]] for place in range(len(header)))
    return header, columns, tuple(line for line, _ in records[1:])


def header_problem(header: Sequence[str]) -> str:
    """Return what is wrong with these names of columns and what to do, or nothing."""
    if "" in header:
        return f"column {header.index('') + 1} has no name: give it one"
    places: dict[str, list[int]] = {}
    for place, column in enumerate(header, start=1):
        places.setdefault(column, []).append(place)
    for column, found in places.items():
        if len(found) > 1:
            return f"columns {listed(found)} are all named {quoted(column)}: rename all but one"
    return ""


def _decoded(name: str, content: bytes) -> str:
    content = content.removeprefix(BYTE_ORDER_MARK)
    if content.startswith(IDX_START):
        raise DataError(f"{name}, line 1 (byte 0): has NUL bytes, so this is no CSV: of IDX files give the folder")
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
    if problem := header_problem(header):
        raise DataError(f"{where}: {problem}")
    return header


def _refuse_ragged(name: str, header: tuple[str, ...], records: list[tuple[int, list[str]]]) -> None:
    for line, cells in records:
        if len(cells) != len(header):
            found = "a blank line" if _is_blank(cells) else f"{len(cells)} cells"
            advice = "add or remove cells there, and put quotes around a cell that holds a delimiter"
            raise DataError(f"{name}, line {line}: found {found}, expected {len(header)} cells: {advice}")
