"""What a model is made of, in a table with Axon's columns."""

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from deepnet.maths.outline import COLUMNS, Outline


def show_outline(outline: Outline, console: Console | None = None) -> None:
    """Print the table, and below it how many numbers the model learns and how many bytes they take."""
    console = console or Console()
    table = outline_table(outline)
    width = Measurement.get(console, console.options.update(max_width=1000), table).maximum
    if width > console.width and console.is_terminal:
        table = outline_table(outline, narrow=True)
    elif width > console.width:
        console = Console(file=console.file, width=width)  # a file has no right edge
    console.print(table)
    console.print()
    console.print(f"Total Parameters: {outline.parameters}", highlight=False)
    console.print(f"Total Parameters Memory: {outline.bytes} bytes", highlight=False)


def outline_table(outline: Outline, *, narrow: bool = False) -> Table:
    """Return the rows of *outline* as a table for rich to print.

    A narrow table, for 80 columns, has the name of a layer and what it is made of on two lines, and its options and
    parameters in one column: no layer has both.
    """
    columns = (*COLUMNS[:3], f"{COLUMNS[3]}, {COLUMNS[4]}") if narrow else COLUMNS
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold", style="cyan" if column == COLUMNS[0] else "")
    for row in outline.rows:
        cells: tuple[str, ...] = row.cells
        if narrow:
            layer, *shapes, options, parameters = cells
            cells = (layer.replace(" ( ", "\n( ", 1), *shapes, options or parameters)
        table.add_row(*map(Text, cells))
    return table
