"""What can be read of a network at one moment: frozen records."""

from dataclasses import dataclass
from typing import NamedTuple

from deepnet.maths.arrays import Batch, Vector


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
        activation: the name of its activation.
        step: the sealed step that weights and bias are of.
        restarts: how often its actor has been restarted.
        mailbox: messages that wait for its actor; None while it has none, or is computed by its layer.
    """

    address: str
    layer: int
    index: int
    weights: Vector
    bias: float
    activation: str
    step: int
    restarts: int
    mailbox: int | None


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """A network at one moment.

    Attributes:
        name: the network's name.
        layers: for each layer its address, inputs, neurons, activation and parameters.
        neurons: how many there are.
        parameters: how many numbers are learnt.
        dtype: float32 or float64.
        granularity: neuron or layer.
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
