"""F3: all neurons of the network, in any order, and only those that are asked for."""

from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from deepnet.errors import InputError
from deepnet.terminal.top.condition import HINT, Condition
from deepnet.terminal.top.neuron import NeuronView
from deepnet.terminal.top.neuron_rows import BY_KEY, HEADINGS, NeuronRows
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.view import View
from deepnet.terminal.top.words import Words


class Neurons(View):
    """A table of all neurons; Enter looks into one."""

    DEFAULT_CSS = """
    Neurons #caption { height: 1; padding: 0 1; }
    Neurons #filter { display: none; height: 1; border: none; padding: 0 1; }
    Neurons #filter.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", key_display="/"),
        Binding("escape", "unfilter", "all", show=False),
        *(Binding(key, f"sort({key!r})", f"by {heading.title}", show=False) for key, heading in BY_KEY.items()),
    ]
    name_above = "neurons"
    can_kill = True
    topics = ("summary", "columns", "activity", "events")

    def body(self) -> Iterator[Widget]:
        yield Words(id="caption")
        yield NeuronRows()
        yield Input(id="filter", placeholder=HINT)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(NeuronRows).focus()

    @property
    def target(self) -> str | None:
        return self.query_one(NeuronRows).address

    def show(self, picture: Picture) -> None:
        rows = self.query_one(NeuronRows)
        if rows.columns is not picture.columns:
            rows.fill(picture.columns)
        self._caption()

    def _caption(self) -> None:
        rows = self.query_one(NeuronRows)
        title = next(heading.title for heading in HEADINGS if heading.field == rows.by)
        total = len(rows.columns)
        text = Text(f"{rows.count:,} of {total:,} neurons" if rows.count < total else f"{total:,} neurons", "bold")
        text.append(f", by {title} {'▼' if rows.descending else '▲'}", "dim")
        if rows.condition.text:
            text.append(f"   filter: {rows.condition.text}   (Esc: all)", "yellow")
        if rows.goes_on:
            text.append("   more columns: ->", "dim")
        self.query_one("#caption", Words).put(text)

    def action_sort(self, key: str) -> None:
        self.query_one(NeuronRows).sort_by(BY_KEY[key].field)

    def action_filter(self) -> None:
        box = self.query_one("#filter", Input)
        box.add_class("open")
        box.value = self.query_one(NeuronRows).condition.text
        box.focus()

    def action_unfilter(self) -> None:
        self._close(Condition())

    @on(Input.Submitted, "#filter")
    def _apply(self, message: Input.Submitted) -> None:
        try:
            self._close(Condition(message.value.strip()))
        except InputError as error:
            self.top_app.complain(str(error))

    def _close(self, condition: Condition) -> None:
        rows = self.query_one(NeuronRows)
        rows.show_only(condition)
        self.query_one("#filter", Input).remove_class("open")
        rows.focus()
        self._caption()

    @on(NeuronRows.Sorted)
    def _sorted(self) -> None:
        self._caption()

    @on(NeuronRows.Chosen)
    def _chosen(self) -> None:
        address = self.target
        if address is not None:
            self.app.push_screen(NeuronView(address))
