"""What can be read of a network at one moment: frozen records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from deepnet.actors.context import Death
from deepnet.actors.watching import Activity
from deepnet.maths.arrays import Batch, Vector
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import ValueFault
from deepnet.runs.formula import formula
from deepnet.training.setup import Setup


class LayerActivations(NamedTuple):
    """What the neurons of a layer made of some inputs, a column a neuron."""

    sums: Batch
    """(rows, neurons): the weighted sums z."""
    outputs: Batch
    """(rows, neurons): the outputs a = f(z)."""


@dataclass(frozen=True, slots=True)
class NeuronState:
    """One neuron at a sealed step.

    Attributes:
        address: such as ``dense_0/3``.
        layer: the layer's number, from 0.
        index: the neuron's number in its layer, from 0.
        weights: (inputs,), a copy.
        bias: its bias.
        slots: what the optimizer remembers, by its names: (inputs + 1,) each, of the weights and then of the bias.
        activation: the name of its activation.
        rate: what the learning rate of the run is multiplied by for it.
        frozen: whether its weights and bias stay what they are.
        lesioned: what its output is held at; None if it is not.
        faults: what goes wrong with its numbers.
        step: the sealed step that all this is of.
        restarts: how often its actor has been restarted.
        deaths: how its actors died lately, oldest first: reason, time and step of each.
        mailbox: messages that wait for its actor; None while it has none, or is computed by its layer.
        messages: handled by the actor that it has now; None as for the mailbox.
        history: what it did at its last steps, oldest first; empty unless somebody watches it.
    """

    address: str
    layer: int
    index: int
    weights: Vector
    bias: float
    slots: Mapping[str, Vector]
    activation: str
    rate: float
    frozen: bool
    lesioned: float | None
    faults: tuple[ValueFault, ...]
    step: int
    restarts: int
    deaths: tuple[Death, ...]
    mailbox: int | None
    messages: int | None
    history: tuple[Activity, ...] = ()

    def __str__(self) -> str:
        manner = [f"rate {self.rate:g}"] * (self.rate != 1) + ["frozen"] * self.frozen
        manner += [] if self.lesioned is None else [f"held at {self.lesioned:g}"]
        manner += [f"{self.restarts} restart{'s' * (self.restarts != 1)}"] + [fault.kind for fault in self.faults]
        numbers = f"weights {_short(self.weights)}, bias {self.bias:.4g}"
        return f"{self.address} at step {self.step}: {self.activation}, {numbers}, {', '.join(manner)}"

    @property
    def incarnation(self) -> int:
        """Which actor it is that goes by the address, from 1."""
        return self.restarts + 1

    @property
    def last(self) -> Activity | None:
        """What it did at the last step that somebody watched: input, sum, output, delta and gradient."""
        return self.history[-1] if self.history else None

    def formula(self, digits: int = 4) -> str:
        """Return the arithmetic of the neuron with its numbers: forward and, while it is watched, back."""
        last = self.last
        row = np.append(self.weights, self.bias) if last is None else last.row
        return formula(
            address=self.address,
            weights=row[:-1],
            bias=float(row[-1]),
            activation=self.activation,
            held=self.lesioned,
            frozen=self.frozen,
            inputs=None if last is None else last.inputs,
            sum=None if last is None else last.sum,
            output=None if last is None else last.output,
            delta=None if last is None else last.delta,
            gradient=None if last is None else last.gradient,
            digits=digits,
        )


@dataclass(frozen=True, slots=True)
class NetworkCut:
    """All neurons of a network at one sealed step.

    Attributes:
        step: the sealed step.
        epoch: the epoch under way then.
        model: the layers, as they were then.
        parameters: (weights, bias) of each dense layer, first layer first; copies.
        setup: what was settled besides.
    """

    step: int
    epoch: int
    model: Chain
    parameters: tuple[LayerParameters, ...]
    setup: Setup

    def __iter__(self) -> Iterator[tuple[str, Vector, float]]:
        """Address, weights and bias of each neuron, first layer first."""
        for address, layer in zip(self.model.named_dense(), self.parameters, strict=True):
            for index, (weights, bias) in enumerate(zip(layer.weights, layer.bias, strict=True)):
                yield f"{address}/{index}", weights, float(bias)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody has done to a network or its run.

    Attributes:
        kind: what, in a word: set, grow, prune, inject, rewind, undo, kill, pause, resume, step, stop.
        address: to whom: a neuron, a layer, ``network`` or ``run``.
        step: the sealed step between which and the next one it took effect.
        old: how it was.
        new: how it is since.
        messages: those that were handled, if it was by messages that the run was played on.
    """

    kind: str
    address: str
    step: int
    old: Any
    new: Any
    messages: tuple[Any, ...] = ()

    def __str__(self) -> str:
        if isinstance(self.old, dict) and isinstance(self.new, dict):
            what = ", ".join(f"{name} {_short(self.old.get(name))} -> {_short(new)}" for name, new in self.new.items())
        else:
            what = f"{_short(self.old)} -> {_short(self.new)}"
        return f"{self.kind} {self.address} after step {self.step}: {what}"


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """A network at one moment.

    Attributes:
        name: the network's name.
        layers: for each layer its address, inputs, neurons, activation and parameters.
        neurons: how many there are.
        parameters: how many numbers are learnt.
        dtype: float32 or float64.
        granularity: neuron or layer; or mixed.
        state: idle before the first run; then what `Run.state` says.
        epoch: epochs of the last run that are over.
        step: the last sealed step of that run.
        loss: the mean loss of its last complete epoch, or None.
        metrics: those measured at the end of that epoch.
        learning_rate: of its optimizer, or None.
        restarts: of all actors together.
        messages: handled by all actors together.
    """

    name: str
    layers: tuple[tuple[str, int, int, str, int], ...]
    neurons: int
    parameters: int
    dtype: str
    granularity: str
    state: str
    epoch: int
    step: int
    loss: float | None
    metrics: dict[str, float]
    learning_rate: float | None
    restarts: int
    messages: int


def _short(value: Any) -> str:
    """Return *value* for a line: numbers with four digits, of many the first ones."""
    if isinstance(value, np.ndarray):
        return f"({', '.join(f'{number:.4g}' for number in value.ravel()[:6])}{', ...' * (value.size > 6)})"
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
