"""Enter: one neuron, its numbers as they come, and what they make of each other."""

from collections.abc import Collection, Iterator
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from deepnet.runs.states import NeuronState
from deepnet.terminal.top.past import Moment
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.spark import sparkline
from deepnet.terminal.top.view import View
from deepnet.terminal.top.words import Words

WEIGHTS = 64
"""Weights that are written out; of more these are, and the others are told by their size."""
DEATHS = 5


class NeuronView(View):
    """One neuron, live."""

    DEFAULT_CSS = """
    NeuronView VerticalScroll { padding: 0 1; }
    NeuronView Words { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,backspace", "app.pop_screen", "back", key_display="Esc")]
    name_above = "neurons"
    can_kill = True
    topics = ("summary", "neuron", "events")

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def body(self) -> Iterator[Widget]:
        with VerticalScroll():
            yield Words(id="neuron")

    @property
    def target(self) -> str:
        return self._address

    @property
    def watched(self) -> str:
        return self._address

    def show(self, picture: Picture) -> None:
        shown = self.query_one("#neuron", Words)
        state = picture.neuron
        if state is None or state.address != self._address:
            shown.put(Text(f"{self._address}: waiting for its figures ...", "dim"))
        else:
            shown.put(neuron_text(state, picture.past.moments, max(30, self.size.width - 4)))


def neuron_text(state: NeuronState, past: Collection[Moment], width: int) -> Text:
    """Return all that is known of a neuron: its numbers, its formula, its past, its deaths and its treatments."""
    text = Text().append(state.address, "bold")
    text.append(f"  {state.activation}, step {state.step:,}, {len(state.weights)} inputs\n")
    _numbers(text, state)
    _past(text, past, width - 24)
    text.append("\nweights ", "dim").append(_weights(state)).append("\n")
    text.append("\nformula\n", "dim").append(state.formula()).append("\n")
    _treatments(text, state)
    _deaths(text, state)
    return text


def _numbers(text: Text, state: NeuronState) -> None:
    last = state.last
    pairs = [("bias", state.bias), ("|weights|", float(np.linalg.norm(state.weights)))]
    if last is not None:
        pairs += [
            ("sum", float(last.sum[-1])),
            ("output", float(last.output[-1])),
            ("delta", float(last.delta[-1])),
            ("|gradient|", float(np.linalg.norm(last.gradient))),
        ]
    for name, value in pairs:
        text.append(f"{name} ", "dim").append(f"{value:<12.4g}", "bold")
    if last is None:
        text.append("\nno step has been sealed since somebody looks: sum, output and delta come with the next", "dim")
    text.append("\n")


def _past(text: Text, past: Collection[Moment], width: int) -> None:
    if not past:
        return
    rows = {
        "output": [one.output for one in past],
        "delta": [one.delta for one in past],
        "|gradient|": [one.gradient for one in past],
        "bias": [one.bias for one in past],
    }
    for name, values in rows.items():
        text.append(f"{name:<11}", "dim").append(sparkline(values, width), "cyan").append(f" {values[-1]:.4g}\n")


def _weights(state: NeuronState) -> str:
    shown = "  ".join(f"{weight:.4g}" for weight in state.weights[:WEIGHTS])
    others = len(state.weights) - WEIGHTS
    return shown if others <= 0 else f"{shown}  ... and {others:,} others"


def _treatments(text: Text, state: NeuronState) -> None:
    words = ["frozen"] * state.frozen
    words += [] if state.lesioned is None else [f"lesioned: held at {state.lesioned:g}"]
    words += [] if state.rate == 1 else [f"learns at {state.rate:g} times the rate"]
    words += [f"fault: {fault.kind}" for fault in state.faults]
    text.append("\ntreatments ", "dim").append(", ".join(words) or "none", "yellow" if words else "")
    mail = "" if state.mailbox is None else f"   mailbox {state.mailbox}   messages {state.messages or 0:,}"
    text.append(f"{mail}\n")


def _deaths(text: Text, state: NeuronState) -> None:
    text.append("restarts ", "dim").append(f"{state.restarts:,}", "bold").append("   deaths ", "dim")
    text.append("none lately\n" if not state.deaths else f"{len(state.deaths)} lately\n")
    for death in reversed(state.deaths[-DEATHS:]):
        text.append(f"  step {death.step:,}: {death.reason}\n", "red")
