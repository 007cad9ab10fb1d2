"""Which network is to be looked at; or, where there is none, what to do about that."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.rows import Rows
from deepnet.terminal.top.status_bar import STATE_MARKS
from deepnet.terminal.top.view import View
from deepnet.terminal.top.words import Words

NOBODY = """\
The service has no network yet. Make one, in another terminal with Python:

    import deepnet
    service = deepnet.connect()
    network = service.start(model, name="first")
    network.train(inputs, targets, until=deepnet.Until(epochs=1000))

It appears here by itself."""


class NetworkRows(Rows):
    """A row a network."""

    def __init__(self) -> None:
        super().__init__()
        self.networks: list[Mapping[str, Any]] = []

    @property
    def count(self) -> int:
        return len(self.networks)

    def fill(self, networks: list[Mapping[str, Any]]) -> None:
        """Show these."""
        self.networks = networks
        self.keep_in_range()

    def heading(self) -> Text:
        return Text(f"{'network':<24}{'state':<12}{'epoch':>10}{'loss':>12}{'neurons':>10}", no_wrap=True)

    def line(self, index: int) -> Text:
        one = self.networks[index]
        state, loss = str(one.get("state") or "idle"), one.get("loss")
        mark, style = STATE_MARKS.get(state, ("?", ""))
        text = Text(f"{one['name']!s:<24.23}", "bold", no_wrap=True).append(f"{f'{mark} {state}':<12}", style)
        shown = "-" if loss is None else f"{float(loss):.4g}"
        return text.append(f"{one.get('epoch') or 0:>10,}{shown:>12}{one.get('neurons') or 0:>10,}", "not bold")


class Picker(View):
    """All networks of the service; Enter looks at one."""

    DEFAULT_CSS = "Picker #none { height: auto; padding: 1 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.pop_screen", "back", show=False)]
    topics = ("networks",)

    def body(self) -> Iterator[Widget]:
        yield Words(id="none")
        yield NetworkRows()

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(NetworkRows).focus()

    def show(self, picture: Picture) -> None:
        rows, none = self.query_one(NetworkRows), self.query_one("#none", Words)
        rows.fill(picture.networks or [])
        rows.display = bool(picture.networks)
        none.display = not picture.networks
        none.put(Text("asking which networks there are ..." if picture.networks is None else NOBODY))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "app.pop_screen":  # there is nothing behind it before a network is chosen
            return self.top_app.picture.network is not None
        return super().check_action(action, parameters)

    @on(NetworkRows.Chosen)
    def _chosen(self, message: NetworkRows.Chosen) -> None:
        self.top_app.choose(str(self.query_one(NetworkRows).networks[message.index]["name"]))
