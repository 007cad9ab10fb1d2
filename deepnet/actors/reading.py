"""What a message says, and who says it to whom: with copies of its numbers, and as a line of text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from deepnet.actors.messages import (
    Activate,
    Answer,
    Applied,
    Apply,
    Backward,
    Change,
    Correct,
    Forward,
    Learnt,
    Measured,
    Predicted,
)
from deepnet.maths.arrays import Array, Batch

Numbers: TypeAlias = dict[str, Array | float]
"""What a message carries, by name: arrays are copies, (rows,) of one neuron and (rows, neurons) of several."""

MOST_NUMBERS = 12
"""So many of an array are written in a line."""

FIRST_LEARNER = "dense_0"
"""The layer at which the way back ends."""


class Said(NamedTuple):
    """A message that was read.

    Attributes:
        sender: the address of who told it.
        receiver: of whom it was told.
        kind: the name of its type.
        numbers: what it carries.
        text: all that in a line, such as ``dense_0/1 -> dense_0  z = 0.7, a = 0.6682``.
    """

    sender: str
    receiver: str
    kind: str
    numbers: Numbers
    text: str


class Reader:
    """Reads the messages of a step.

    Args:
        layers: the addresses of all layers, first one first.
    """

    def __init__(self, layers: Sequence[str]) -> None:
        self._layers = tuple(layers)
        self._shown: Mapping[str, tuple[Batch, Batch]] | None = None  # what layers show of the question under way

    def read(self, actor: Any, receiver: str, message: Any) -> Said:
        """Say what *message* tells *actor*, who goes by the address *receiver*; to be called before it is handled."""
        kind = type(message)
        sender, numbers, words = _READERS[kind](self, actor, receiver, message)
        named = words if kind is Answer else f"{kind.__name__}{': ' if words else ''}{words}"
        return Said(sender, receiver, kind.__name__, numbers, f"{sender} -> {receiver}  {named}")

    # Of each kind: who said it, its numbers, and those in words.

    def _forward(self, _actor: Any, receiver: str, message: Forward) -> tuple[str, Numbers, str]:
        self._shown = message.way.trace
        return self._outputs(self._before(receiver), message.activations)

    def _predicted(self, _actor: Any, _receiver: str, message: Predicted) -> tuple[str, Numbers, str]:
        return self._outputs(self._layers[-1], message.outputs, message.sums)

    def _outputs(self, sender: str, outputs: Batch, sums: Batch | None = None) -> tuple[str, Numbers, str]:
        """Of a layer that shows its sums, these too."""
        activations = outputs[:, :-1].copy()
        if sums is None and self._shown is not None and sender in self._shown:
            sums = self._shown[sender][0]
        if sums is None:
            return sender, {"activations": activations}, written(activations)
        sums = sums.copy()
        return sender, {"z": sums, "a": activations}, f"z = {written(sums)}; a = {written(activations)}"

    def _backward(self, _actor: Any, receiver: str, message: Backward) -> tuple[str, Numbers, str]:
        place = self._layers.index(receiver) + 1
        sender = "trainer" if place == len(self._layers) else self._layers[place]
        return sender, *_errors(message.errors, at_sums=message.at_sums)

    def _before(self, layer: str) -> str:
        place = self._layers.index(layer)
        return self._layers[place - 1] if place else "trainer"

    def _activate(self, _actor: Any, receiver: str, message: Activate) -> tuple[str, Numbers, str]:
        inputs = message.inputs[:, :-1].copy()
        return _layer_of(receiver), {"inputs": inputs}, written(inputs)

    def _correct(self, _actor: Any, receiver: str, message: Correct) -> tuple[str, Numbers, str]:
        index = int(receiver.rpartition("/")[2])
        return _layer_of(receiver), *_errors(message.errors[:, index], at_sums=message.at_sums)

    def _change(self, _actor: Any, receiver: str, message: Change) -> tuple[str, Numbers, str]:
        return _layer_of(receiver), *_scale(message.scale)

    def _answer(self, actor: Any, receiver: str, message: Answer) -> tuple[str, Numbers, str]:
        # One object serves all answers of a neuron: it says what it says now.
        index, question = message.index, message.question
        numbers: Numbers = {}
        words = "changed"
        if type(question) is Activate:
            z, a = question.sums[:, index].copy(), question.outputs[:, index].copy()
            numbers, words = {"z": z}, f"z = {written(z)}"
            if not getattr(actor, "_is_coupled", False):  # else the layer makes the output of all sums
                numbers["a"] = a
                words += f", a = {written(a)}"
        elif type(question) is Correct:
            delta = question.deltas[:, index].copy()
            gradient = delta @ question.activated.inputs
            numbers, words = (
                {"delta": delta, "gradient": gradient},
                f"Correct: delta = {written(delta)}, gradient = {written(gradient)}",
            )
        return f"{receiver}/{index}", numbers, words

    def _measured(self, _actor: Any, _receiver: str, message: Measured) -> tuple[str, Numbers, str]:
        squares = np.array(message.squares)
        return FIRST_LEARNER, {"squares": squares}, f"squares of gradients = {written(squares)}"

    def _learnt(self, _actor: Any, _receiver: str, _message: Learnt) -> tuple[str, Numbers, str]:
        return FIRST_LEARNER, {}, ""

    def _apply(self, _actor: Any, _receiver: str, message: Apply) -> tuple[str, Numbers, str]:
        return "trainer", *_scale(message.scale)

    def _applied(self, _actor: Any, _receiver: str, message: Applied) -> tuple[str, Numbers, str]:
        return f"dense_{message.layer}", {}, ""


_READERS: Mapping[type, Callable[[Reader, Any, str, Any], tuple[str, Numbers, str]]] = {
    Forward: Reader._forward,  # noqa: SLF001 - its own methods
    Backward: Reader._backward,  # noqa: SLF001
    Activate: Reader._activate,  # noqa: SLF001
    Correct: Reader._correct,  # noqa: SLF001
    Change: Reader._change,  # noqa: SLF001
    Answer: Reader._answer,  # noqa: SLF001
    Predicted: Reader._predicted,  # noqa: SLF001
    Learnt: Reader._learnt,  # noqa: SLF001
    Measured: Reader._measured,  # noqa: SLF001
    Apply: Reader._apply,  # noqa: SLF001
    Applied: Reader._applied,  # noqa: SLF001
}


def written(numbers: Array) -> str:
    """Return *numbers* with four digits each, rows apart by semicolons; of many, the first."""
    rows = np.atleast_2d(numbers) if numbers.ndim != 1 else numbers[np.newaxis]
    left, parts = MOST_NUMBERS, []
    for row in rows:
        if left <= 0:
            break
        parts.append(", ".join(f"{number:.4g}" for number in row[:left]))
        left -= len(row)
    more = f" ... ({numbers.size} in all)" if numbers.size > MOST_NUMBERS else ""
    return "; ".join(parts) + more


def _errors(errors: Array, *, at_sums: bool) -> tuple[Numbers, str]:
    return {"errors": errors.copy()}, f"{'dL/dz' if at_sums else 'dL/da'} = {written(errors)}"


def _scale(scale: float) -> tuple[Numbers, str]:
    return {"scale": scale}, f"scale = {scale:.4g}"


def _layer_of(neuron: str) -> str:
    return neuron.partition("/")[0]
