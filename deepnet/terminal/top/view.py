"""What all screens have in common: their names above, the healing and the status below, the keys at the bottom."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from deepnet.terminal.top.news import Link
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.status_bar import StatusBar
from deepnet.terminal.top.words import Words

if TYPE_CHECKING:
    from deepnet.terminal.top.app import Top

NAMES = {"overview": "F1", "tree": "F2", "neurons": "F3", "events": "F4"}
"""The four main screens, and their keys."""


class View(Screen[None]):
    """A screen that shows a picture, and says what of the service it looks at."""

    DEFAULT_CSS = """
    View #names { height: 1; background: $panel; padding: 0 1; }
    View #healing { height: auto; max-height: 2; padding: 0 1; background: $surface; display: none; }
    View #said { height: auto; max-height: 2; padding: 0 1; background: $surface; display: none; }
    View #healing.shown, View #said.shown { display: block; }
    """

    name_above = ""
    """Which of the four main screens it belongs to."""
    topics: tuple[str, ...] = ()
    """What it looks at; nothing else is sent while it is open."""

    @property
    def top_app(self) -> "Top":
        return cast("Top", self.app)

    is_laid_out = False
    """Whether its parts are there."""
    can_kill = False
    """Whether it has something that `k` can kill."""

    @property
    def target(self) -> str | None:
        """The address that `k` would kill; None if there is none here."""
        return None

    @property
    def watched(self) -> str | None:
        """The address of the neuron that it looks into; None if it does not."""
        return None

    def compose(self) -> ComposeResult:
        yield Words(id="names")
        yield from self.body()
        yield Words(id="healing")
        yield Words(id="said")
        yield StatusBar()
        yield Footer(show_command_palette=False, compact=True)

    def body(self) -> Iterator[Widget]:
        """Yield what stands between the names and the status."""
        raise NotImplementedError

    def show(self, picture: Picture) -> None:
        """Show what is known now."""
        raise NotImplementedError

    def refresh_from(self, picture: Picture, link: Link, rate: float) -> None:
        """Bring all of the screen up to date."""
        self.query_one("#names", Words).put(self._names())
        self.query_one(StatusBar).show(picture, link, rate)
        wound = picture.healing.latest(picture.now, self.watched)
        healed = None if wound is None else Text(str(wound), "red" if wound.back is None else "green")
        self._show_line("#healing", healed)
        self._show_line("#said", self.top_app.said)
        self.show(picture)

    def _show_line(self, name: str, text: Text | None) -> None:
        line = self.query_one(name, Words)
        line.set_class(text is not None, "shown")
        if text is not None:
            line.put(text)

    def on_mount(self) -> None:
        self.is_laid_out = True
        self.top_app.freshen()

    def on_screen_resume(self) -> None:
        self.top_app.looked()

    def _names(self) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis").append("deepnet ", "bold")
        for name, key in NAMES.items():
            is_here = name == self.name_above
            text.append(f" {key} ", "dim")
            text.append(f" {name} " if is_here else name, "reverse bold" if is_here else "")
        return text
