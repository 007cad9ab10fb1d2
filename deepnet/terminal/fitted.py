"""Tables that fit: on a narrow terminal the columns that matter least are left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: its heading.
        right: whether it holds numbers, which end where they end.
        spare: how well one can do without it: the column with the highest goes first, and 0 stays.
        style: of its cells.
    """

    name: str
    right: bool = False
    spare: int = 0
    style: str = ""


def show_table(console: Console, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print *rows*, a text for each of *columns*; a file has no right edge, and gets them all."""
    lines = [tuple(row) for row in rows]
    kept = list(range(len(columns)))
    table = _table(columns, lines, kept)
    if not console.is_terminal:
        Console(file=console.file, width=max(console.width, _width(console, table))).print(table)
        return
    while _width(console, table) > console.width and any(columns[place].spare for place in kept):
        kept.remove(max(kept, key=lambda place: (columns[place].spare, place)))
        table = _table(columns, lines, kept)
    console.print(table)


def _width(console: Console, table: Table) -> int:
    return Measurement.get(console, console.options.update(max_width=1000), table).maximum


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]], kept: Sequence[int]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for place in kept:
        column = columns[place]
        table.add_column(column.name, justify="right" if column.right else "left", style=column.style, overflow="fold")
    for row in rows:
        table.add_row(*(Text(row[place]) for place in kept))
    return table
