"""F4: what happens, as it happens."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from deepnet.terminal.events import event_line
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.rows import Rows
from deepnet.terminal.top.view import View
from deepnet.terminal.top.words import Words


class LogRows(Rows):
    """A row an event, the newest below; it follows them while the cursor is on the last."""

    has_heading = False

    def __init__(self) -> None:
        super().__init__()
        self._events: list[Mapping[str, Any]] = []
        self._wanted = ""
        self._told = 0

    @property
    def count(self) -> int:
        return len(self._events)

    def fill(self, picture: Picture, wanted: str) -> None:
        """Show the events of a picture that hold *wanted*, if there are new ones or it is another word."""
        if picture.events_told == self._told and wanted == self._wanted:
            return
        follows = self.cursor >= self.count - 1
        self._told, self._wanted = picture.events_told, wanted
        self._events = [row for row in picture.events if not wanted or _holds(event_line(row).plain, wanted)]
        if follows:
            self.cursor = self.count - 1
        self.keep_in_range()

    def line(self, index: int) -> Text:
        return event_line(self._events[index])


def _holds(line: str, wanted: str) -> bool:
    """Whether *line* holds every word of *wanted*, and none that has a ! before it."""
    line = line.lower()
    return all((word.lstrip("!") in line) != word.startswith("!") for word in wanted.lower().split())


class Log(View):
    """The event log of the network and of the service."""

    DEFAULT_CSS = """
    Log #caption { height: 1; padding: 0 1; }
    Log #filter { display: none; height: 1; border: none; padding: 0 1; }
    Log #filter.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", key_display="/"),
        Binding("escape", "unfilter", "all", show=False),
    ]
    name_above = "events"
    topics = ("summary", "events")

    def __init__(self) -> None:
        super().__init__()
        self._wanted = ""

    def body(self) -> Iterator[Widget]:
        yield Words(id="caption")
        yield LogRows()
        yield Input(
            id="filter", placeholder="words that a line must have, or with a ! must not: died, dense_0/3, !epoch"
        )

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(LogRows).focus()

    def show(self, picture: Picture) -> None:
        rows = self.query_one(LogRows)
        rows.fill(picture, self._wanted)
        total = len(picture.events)
        text = Text(f"{rows.count:,} of {total:,} events" if self._wanted else f"{total:,} events", "bold")
        if self._wanted:
            text.append(f"   filter: {self._wanted}   (Esc: all)", "yellow")
        elif not total:
            text.append("   nothing has happened since this was opened", "dim")
        self.query_one("#caption", Words).put(text)

    def action_filter(self) -> None:
        box = self.query_one("#filter", Input)
        box.add_class("open")
        box.value = self._wanted
        box.focus()

    def action_unfilter(self) -> None:
        self._close("")

    @on(Input.Submitted, "#filter")
    def _apply(self, message: Input.Submitted) -> None:
        self._close(message.value.strip())

    def _close(self, wanted: str) -> None:
        self._wanted = wanted
        self.query_one("#filter", Input).remove_class("open")
        self.query_one(LogRows).focus()
        self.show(self.top_app.picture)
