"""The line at the bottom of every screen: which network, how it does, and how it stands with the service."""

from rich.text import Text

from deepnet.terminal.top.news import Link
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.vitals import Vitals
from deepnet.terminal.top.words import Words

STATE_MARKS = {
    "running": ("►", "green"),
    "paused": ("‖", "yellow"),
    "finished": ("✓", "cyan"),
    "stopped": ("■", "yellow"),
    "failed": ("✗", "red"),
    "down": ("…", "red"),
    "idle": ("○", "dim"),
}
LINK_MARKS = {
    "live": ("●", "green"),
    "stale": ("●", "yellow"),
    "gone": ("○", "red"),
    "connecting": ("○", "yellow"),
}


class StatusBar(Words):
    """Shows a picture in one line; in two where that is too narrow."""

    DEFAULT_CSS = """
    StatusBar { height: auto; max-height: 2; background: $panel; padding: 0 1; }
    """

    def show(self, picture: Picture, link: Link, rate: float) -> None:
        """Show *picture* and how it stands with the service."""
        parts = [*_of_network(picture), _of_link(link, rate)]
        if link.role:
            parts.append(Text(link.role, "bold yellow" if not link.may_change else ""))
        self.put(wrapped(parts, max(20, self.app.size.width - 2)))


def wrapped(parts: list[Text], width: int) -> Text:
    """Return *parts* with gaps between them, in as many lines as it takes."""
    text, used = Text(no_wrap=True, overflow="ellipsis"), 0
    for part in parts:
        if used and used + 2 + part.cell_len > width:
            text.append("\n")
            used = 0
        elif used:
            text.append("  ")
            used += 2
        text.append_text(part)
        used += part.cell_len
    return text


def _of_network(picture: Picture) -> list[Text]:
    if picture.network is None:
        return [Text("no network chosen", "dim")]
    vitals = picture.vitals
    if vitals is None:
        return [Text(picture.network, "bold"), Text("...", "dim")]
    mark, style = STATE_MARKS.get(vitals.state, ("?", ""))
    alive, total = picture.alive
    return [
        Text(vitals.name, "bold"),
        Text(f"{mark} {vitals.state}", style),
        Text(f"epoch {vitals.epoch:,}"),
        Text(loss_text(vitals)),
        Text(speed_text(vitals)),
        Text(f"{alive:,}/{total:,} alive", "red" if alive < total else ""),
    ]


def loss_text(vitals: Vitals) -> str:
    """Return the loss, or what the goal is about, against its threshold."""
    value = "-" if vitals.loss is None else f"{vitals.loss:.3g}"
    limit = vitals.goal.threshold
    return f"loss {value}" + ("" if limit is None else f"/{limit:.3g}")


def speed_text(vitals: Vitals) -> str:
    """Return how many steps are sealed in a second."""
    speed = vitals.steps_per_second if vitals.is_learning else 0.0
    return "- steps/s" if speed is None else f"{speed:,.0f} steps/s"


def _of_link(link: Link, rate: float) -> Text:
    mark, style = LINK_MARKS[link.state]
    age = f" {link.age:.0f} s" if link.state in {"stale", "gone"} and link.age else ""
    words = {"gone": "reconnecting"}.get(link.state, link.state)
    return Text(f"{mark} {words}{age}" + (f" {rate:g}/s" if link.state == "live" else ""), style)
