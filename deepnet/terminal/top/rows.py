"""A list of any length of which only the lines in sight are made: what tables, trees and logs are shown with."""

from abc import abstractmethod
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

SIDEWAYS = 8
"""Columns that an arrow to the side moves the list by."""


class Rows(Widget, can_focus=True):
    """Lines below a fixed heading, with a cursor; ten thousand rows cost as much as the twenty that are in sight.

    A subclass says how many rows there are (`count`) and what stands in one (`line`), and calls `refresh` when
    either has changed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "end(False)", "first", show=False),
        Binding("end", "end(True)", "last", show=False),
        Binding("left", "sideways(-1)", "left", show=False),
        Binding("right", "sideways(1)", "right", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor", "rows--heading"}
    DEFAULT_CSS = """
    Rows { height: 1fr; }
    Rows .rows--cursor { background: $accent 40%; }
    Rows:focus .rows--cursor { background: $accent; color: $text; }
    Rows .rows--heading { background: $panel; text-style: bold; }
    """

    cursor: reactive[int] = reactive(0, repaint=True)

    class Chosen(Message):
        """Somebody has pressed Enter on a row, or clicked it twice."""

        def __init__(self, rows: "Rows", index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

        @property
        def control(self) -> "Rows":
            return self.rows

    top = 0
    """The first row in sight."""
    left = 0
    """How many columns the lines are moved to the left by."""
    has_heading = True
    """Whether a line stands above all rows."""
    fixed = 0
    """Columns at the beginning of each line that stay where they are."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def line(self, index: int) -> Text:
        """Return row *index*."""

    def heading(self) -> Text:
        """Return the line above all rows, if there is one."""
        return Text()

    @property
    def room(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - self.has_heading)

    @property
    def in_sight(self) -> range:
        """The rows in sight."""
        return range(self.top, min(self.count, self.top + self.room))

    # Drawing.

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self.has_heading:
            if y == 0:
                return self._strip(self.heading(), width, self.get_component_rich_style("rows--heading"))
            y -= 1
        index = self.top + y
        if index >= self.count:
            return Strip.blank(width, self.rich_style)
        style = self.get_component_rich_style("rows--cursor") if index == self.cursor else self.rich_style
        return self._strip(self.line(index), width, style)

    def _strip(self, text: Text, width: int, style: Style) -> Strip:
        segments = [
            Segment(segment.text, style + segment.style if segment.style else style)
            for segment in text.render(self.app.console, end="")
        ]
        strip = Strip(segments)
        if not self.left:
            return strip.crop_extend(0, width, style)
        moving = strip.crop_extend(self.fixed + self.left, self.left + width, style)
        return Strip.join([strip.crop(0, self.fixed), moving])

    def keep_in_range(self) -> None:
        """Put the cursor on a row that there is, and in sight; for when the rows have changed."""
        self.cursor = max(0, min(self.cursor, self.count - 1))
        self._into_sight()
        self.refresh()

    def _into_sight(self) -> None:
        if self.size.height == 0:
            return  # it is not laid out yet
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.room:
            self.top = self.cursor - self.room + 1
        self.top = max(0, min(self.top, self.count - self.room))

    # Moving.

    def action_move(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, self.count - 1))
        self._into_sight()
        self.refresh()

    def action_page(self, by: int) -> None:
        self.action_move(by * self.room)

    def action_end(self, last: bool) -> None:
        self.action_move(self.count if last else -self.count)

    def action_sideways(self, by: int) -> None:
        self.left = max(0, self.left + by * SIDEWAYS)
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter" and self.count:
            event.stop()
            self.post_message(self.Chosen(self, self.cursor))

    def on_resize(self) -> None:
        self._into_sight()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-3)

    def on_click(self, event: events.Click) -> None:
        above = int(self.has_heading)
        if event.y < above:
            self.heading_clicked(event.x if event.x < self.fixed else event.x + self.left)
            return
        index = self.top + event.y - above
        if index < self.count:
            self.action_move(index - self.cursor)
            if event.chain > 1:
                self.post_message(self.Chosen(self, index))

    def heading_clicked(self, x: int) -> None:
        """Do what a click on the heading at column *x* is for."""
