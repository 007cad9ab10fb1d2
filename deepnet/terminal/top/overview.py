"""F1: how the learning goes: the curve of the loss, and the figures that matter."""

from collections.abc import Iterator

from rich.text import Text
from textual.containers import Vertical
from textual.widget import Widget

from deepnet.terminal.top.curve import draw_curve
from deepnet.terminal.top.goal import Goal
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.spark import sparkline
from deepnet.terminal.top.status_bar import STATE_MARKS, wrapped
from deepnet.terminal.top.view import View
from deepnet.terminal.top.vitals import Vitals
from deepnet.terminal.top.words import Words

PAIR = 24
"""Columns that a figure with its name takes at least."""


class Curve(Words):
    """The curve of the figure that the run is about."""

    DEFAULT_CSS = "Curve { height: 1fr; min-height: 5; }"

    _drawn: tuple[object, ...] = ()

    def show(self, picture: Picture) -> None:
        """Draw it as large as there is room, if there is anything new."""
        goal = Goal() if picture.vitals is None else picture.vitals.goal
        width, height = self.size
        drawn = (picture.points.told, goal, width, height)
        if height > 3 and drawn != self._drawn:
            self._drawn = drawn
            self.put(draw_curve(picture.points.curve(goal.figure), width, height, goal=goal.threshold))


class Overview(View):
    """Curve and figures of one network."""

    DEFAULT_CSS = """
    Overview #title { height: 1; padding: 0 1; }
    Overview #figures { height: auto; padding: 0 1; }
    """
    name_above = "overview"
    topics = ("summary", "history", "checkpoints", "events")

    def body(self) -> Iterator[Widget]:
        yield Vertical(Words(id="title"), Curve(), Words(id="figures"))

    def show(self, picture: Picture) -> None:
        vitals = picture.vitals
        title, figures = self.query_one("#title", Words), self.query_one("#figures", Words)
        if vitals is None:
            title.put(Text("waiting for the first figures ...", "dim"))
            return
        title.put(title_of(vitals))
        self.query_one(Curve).show(picture)
        figures.put(figures_of(picture, vitals, max(20, self.size.width - 2)))


def title_of(vitals: Vitals) -> Text:
    """Return what the curve is of, and how it ended if it has."""
    mark, style = STATE_MARKS.get(vitals.state, ("?", ""))
    text = Text(no_wrap=True, overflow="ellipsis").append(f"{vitals.run or vitals.name}: ", "bold")
    text.append(f"{mark} {vitals.state}", style)
    if vitals.reason:
        text.append(f" ({vitals.reason})", style)
    text.append(f"   {vitals.goal.figure.replace('_', ' ')}, log scale", "dim")
    if vitals.goal.threshold is not None:
        text.append(f", to get below {vitals.goal.threshold:.3g}", "green")
    return text


def figures_of(picture: Picture, vitals: Vitals, width: int) -> Text:
    """Return the figures of a network in columns, and its speed as a sparkline."""
    rate = "-" if vitals.learning_rate is None else f"{vitals.learning_rate:.4g}"
    loss = vitals.figures.get("loss")
    pairs = [
        ("epoch", f"{vitals.epoch:,}"),
        ("step", f"{vitals.step:,}"),
        ("loss", "-" if loss is None else f"{loss:.4g}"),
        ("learning rate", rate),
        ("steps/s", _speed(vitals.steps_per_second, vitals)),
        ("messages/s", _speed(vitals.messages_per_second, vitals)),
        ("restarts", f"{vitals.restarts:,}"),
        ("checkpoints", _checkpoints(picture.checkpoints)),
        ("neurons", f"{vitals.neurons:,} ({vitals.granularity})"),
        ("parameters", f"{vitals.parameters:,} {vitals.dtype}"),
        *((name.replace("_", " "), f"{value:.4g}") for name, value in vitals.figures.items() if name != "loss"),
    ]
    text = wrapped([_pair(name, value) for name, value in pairs], width)
    if picture.speeds:
        text.append("\nsteps/s ", "dim").append(sparkline(picture.speeds, width - 8), "cyan")
    return text


def _pair(name: str, value: str) -> Text:
    text = Text().append(f"{name} ", "dim").append(value, "bold")
    text.pad_right(max(0, PAIR - text.cell_len))
    return text


def _speed(value: float | None, vitals: Vitals) -> str:
    value = value if vitals.is_learning else 0.0
    return "-" if value is None else f"{value:,.0f}"


def _checkpoints(known: tuple[int, int | None] | None) -> str:
    if known is None:
        return "-"
    count, last = known
    return str(count) if last is None else f"{count}, last of step {last:,}"
