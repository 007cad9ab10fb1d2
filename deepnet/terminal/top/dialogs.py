"""What stands before a screen for a moment: a question, the keys, and that the service is gone."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from deepnet.terminal.top.condition import HINT
from deepnet.terminal.top.news import Link

_BOX = """
    {name} {{ align: center middle; }}
    {name} > * {{ width: 76; max-width: 94%; height: auto; max-height: 94%; padding: 0 1;
                  background: $surface; border: round $accent; }}
    {name} Static {{ width: 1fr; height: auto; }}
"""

KEYS = """\
F1 overview   F2 tree   F3 neurons   F4 events
arrows, PgUp, PgDn, Home, End   move
Enter  look into a neuron; open, close a branch
Esc    back            n  another network
/      filter          r  refresh rate
1 - 0  sort neurons by that column; again: turn
?      these keys      q  quit; the service goes on

As operator or admin:
p  pause, or go on     s  step: learn one batch
+  learning rate up    -  down, by a quarter
u  undo the last change
k  kill who is at the cursor: it heals

Filter of neurons: {hint}"""


class Confirm(ModalScreen[bool]):
    """A question that is answered with yes or no."""

    DEFAULT_CSS = _BOX.format(name="Confirm")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "yes"),
        Binding("n,escape,q", "answer(False)", "no"),
    ]

    def __init__(self, question: str, detail: str) -> None:
        super().__init__()
        self._question = question
        self._detail = detail

    def compose(self) -> ComposeResult:
        text = Text(self._question, "bold").append(f"\n{self._detail}\n\n", "not bold")
        yield Vertical(Static(text.append("y  yes     n  no", "reverse")))

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class Help(ModalScreen[None]):
    """The keys."""

    DEFAULT_CSS = _BOX.format(name="Help")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter", "app.pop_screen", "close")]

    def compose(self) -> ComposeResult:
        yield VerticalScroll(Static(Text(KEYS.format(hint=HINT))))


class Gone(ModalScreen[None]):
    """The service is not there: says why, what to do, and that it is being looked for."""

    DEFAULT_CSS = _BOX.format(name="Gone")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "app.quit", "quit")]

    def compose(self) -> ComposeResult:
        yield Vertical(Static(id="why"))

    def show(self, link: Link) -> None:
        """Say how it stands."""
        lost = link.state == "gone"
        text = Text("The service is gone" if lost else "No service yet", "bold red")
        text.append(f"\n{link.reason}\n", "not bold default")
        if lost:
            text.append(
                f"\nWhat is shown is {link.age:.0f} s old. The networks go on from their checkpoints.", "default"
            )
        text.append("\nLooking for it: this goes away by itself.   q  quit", "dim")
        self.query_one("#why", Static).update(text)
