"""The table of all neurons: sorted and filtered as columns, drawn where it is in sight."""

import math
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from rich.text import Text
from textual.message import Message

from deepnet.terminal.top.columns import Column, Columns, order_of
from deepnet.terminal.top.condition import Condition, is_marked
from deepnet.terminal.top.rows import Rows


class Heading(NamedTuple):
    """One column of the table: its key, its name in the data, what stands above it, and its width."""

    key: str
    field: str
    title: str
    width: int


HEADINGS = (
    Heading("1", "address", "neuron", 14),
    Heading("2", "output", "output", 11),
    Heading("3", "delta", "|delta|", 11),
    Heading("4", "norm", "|weights|", 12),
    Heading("5", "bias", "bias", 11),
    Heading("6", "restarts", "restarts", 11),
    Heading("7", "deaths", "deaths", 8),
    Heading("8", "sum", "sum", 11),
    Heading("9", "rate", "rate", 8),
    Heading("0", "frozen", "treated", 20),
)
"""The most telling ones first: a narrow terminal shows those, and the others further right."""
ENDS = tuple(accumulate(heading.width for heading in HEADINGS))
BY_KEY = {heading.key: heading for heading in HEADINGS}


class NeuronRows(Rows):
    """A row a neuron."""

    fixed = HEADINGS[0].width

    class Sorted(Message):
        """The order has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = Columns()
        self.condition = Condition()
        self.by = "address"
        self.descending = False
        self._places: Column = np.arange(0)

    @property
    def count(self) -> int:
        return len(self._places)

    @property
    def address(self) -> str | None:
        """The address at the cursor; None if no neuron is shown."""
        return self.columns.address(int(self._places[self.cursor])) if self.count else None

    def fill(self, columns: Columns) -> None:
        """Show other columns; the cursor stays in its line, whoever comes to stand there."""
        self.columns = columns
        self._arrange()

    def show_only(self, condition: Condition) -> None:
        """Show the neurons that a condition holds for."""
        self.condition = condition
        self.cursor = self.top = 0
        self._arrange()

    def sort_by(self, field: str) -> None:
        """Sort by a column: addresses from the first, numbers from the largest; a second time the other way round."""
        self.descending = not self.descending if field == self.by else field != "address"
        self.by = field
        self.cursor = self.top = 0
        self._into_sight_sideways(field)
        self._arrange()
        self.post_message(self.Sorted())

    def _into_sight_sideways(self, field: str) -> None:
        """Move the lines so far that a column is in sight."""
        begin = 0
        for heading in HEADINGS:
            end = begin + heading.width
            if heading.field == field and heading.field != "address":
                self.left = min(max(self.left, end - self.size.width), begin - self.fixed)
                self.left = max(0, self.left)
            begin = end

    def _arrange(self) -> None:
        places = self.condition.places(self.columns)
        self._places = order_of(self.columns, places, self.by, descending=self.descending)
        self.keep_in_range()

    def heading(self) -> Text:
        text = Text(no_wrap=True)
        for heading in HEADINGS:
            arrow = ("▼" if self.descending else "▲") if heading.field == self.by else ""
            title = f"{heading.title}{arrow}"
            if heading.field in {"address", "frozen"}:
                text.append(f"{'  ' * (heading.field == 'frozen')}{heading.key}", "dim").append(f"{title}".ljust(13))
            else:
                text.append(" " * max(1, heading.width - len(title) - 1)).append(heading.key, "dim").append(title)
        return self._whole(text)

    def heading_clicked(self, x: int) -> None:
        right = 0
        for heading in HEADINGS:
            right += heading.width
            if x < right:
                self.sort_by(heading.field)
                return

    def line(self, index: int) -> Text:
        place = int(self._places[index])
        columns = self.columns
        cells = [self.columns.address(place).ljust(14)]
        cells.extend(
            number_text(columns.value(heading.field, place), heading.width, size=heading.field == "delta")
            for heading in HEADINGS[1:-1]
        )
        text = Text("".join(cells), no_wrap=True)
        return self._whole(text.append("  " + treatment(columns, place), "yellow"))

    @property
    def goes_on(self) -> bool:
        """Whether there are columns further right."""
        return self._edge < ENDS[-1]

    @property
    def _edge(self) -> int:
        """Where the last column ends that is in sight, all of it."""
        right = self.left + self.size.width
        return max((end for end in ENDS if end <= right), default=right)

    def _whole(self, text: Text) -> Text:
        """Cut *text* behind the last column that is whole in sight: half a number would be another one."""
        text.truncate(self._edge)
        return text


def number_text(value: float | None, width: int, *, size: bool = False) -> str:
    """Return a number for a column of that width; of its *size* without its sign; a dash where there is none."""
    if value is None or math.isnan(value):
        return "-".rjust(width)
    value = abs(value) if size else value
    is_whole = abs(value) < 1e6 and value == int(value)
    short = f"{value:,.0f}" if is_whole else f"{value:.4g}"
    return short.rjust(width)


def treatment(columns: Columns, place: int) -> str:
    """Return what has been done to a neuron, in words."""
    words = []
    for name in ("frozen", "lesioned"):
        column = columns.fields.get(name)
        if column is not None and is_marked(column[place : place + 1])[0]:
            words.append(name)
    return " ".join(words)
