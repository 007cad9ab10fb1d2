"""Neurons that join a layer, and one that leaves it."""

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from deepnet.errors import InputError, RunError
from deepnet.maths.activations import COUPLED
from deepnet.maths.arrays import Array
from deepnet.maths.checks import whole_number
from deepnet.maths.initializers import initializer_named
from deepnet.maths.model import Dense
from deepnet.maths.random import stream
from deepnet.maths.treatment import Treatment
from deepnet.training.interventions.applied import Applied, BestBefore, setup_of
from deepnet.training.interventions.place import Place, place_in, require_layer, require_neuron
from deepnet.training.interventions.resizing import inserted, removed
from deepnet.training.state import RunState

MOST_NEURONS = 100_000
"""That join at once."""


@dataclass(frozen=True, slots=True)
class Grow:
    """Let neurons join a layer in such a way that the network's outputs stay what they are.

    Their weights and biases are drawn as those of the grown layer are when a network begins; the weights that they go
    out by are 0, as are all their slots.

    Growth that preserves the function: Chen, Goodfellow, Shlens, Net2Net: accelerating learning via knowledge transfer
    (2016); there by copies of neurons, here by zeros.

    Args:
        address: of the layer.
        network: its name, for messages.
        neurons: how many, 1 to 100,000.
        seed: where their beginning is drawn from, 0 or more.

    Raises:
        InputError: a number is out of its range.
    """

    kind: ClassVar[str] = "grow"

    address: str
    network: str
    neurons: int
    seed: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "neurons", whole_number("neurons", self.neurons, at_least=1))
        object.__setattr__(self, "seed", whole_number("seed", self.seed, at_least=0))
        if self.neurons > MOST_NEURONS:
            raise InputError(f"neurons must be {MOST_NEURONS} or fewer at a time, got {self.neurons}")

    def applied(self, state: RunState) -> Applied:
        """Return what becomes of *state*; old and new are the numbers of neurons.

        Raises:
            InputError: this is no layer, it is the last one, or it has an activation that couples its neurons.
            RunError: all its neurons are frozen.
        """
        place = self._checked(state)
        present, layer = len(place.indices), place.layer
        grown = inserted(state, layer, present, self.neurons)
        rows = grown.rows[layer]  # new ones, which nobody else has
        rows[present:] = _drawn(setup_of(grown).model.dense[layer], self.seed, layer, present, rows.dtype.name)

        before = BestBefore.of(state)

        def undo(later: RunState) -> RunState:
            return replace(removed(later, layer, present, self.neurons), best=before.again(later))

        return Applied(grown, {"neurons": present}, {"neurons": present + self.neurons}, undo)

    def _checked(self, state: RunState) -> Place:
        setup = setup_of(state)
        place = place_in(setup.model, self.address, self.network)
        require_layer(place, "growing")
        _require_hidden(place, state)
        activation = setup.model.dense[place.layer].activation
        if activation in COUPLED:
            advice = "grow another, or set its activation first"
            raise InputError(f"{self.address} is {activation}, to whose sum each new neuron would add: {advice}")
        if all(setup.treatment(place.layer, index).frozen for index in place.indices):
            raise RunError(f"all neurons of {self.address} are frozen: thaw them before it grows")
        return place


@dataclass(frozen=True, slots=True)
class Prune:
    """Take a neuron out of its layer; those after it move up by one.

    Args:
        address: of the neuron.
        network: its name, for messages.
    """

    kind: ClassVar[str] = "prune"

    address: str
    network: str

    def applied(self, state: RunState) -> Applied:
        """Return what becomes of *state*; old and new are the numbers of neurons of the layer.

        Raises:
            InputError: this is no neuron, it is one of the last layer, or its layer has no other.
        """
        model = setup_of(state).model
        place = place_in(model, self.address, self.network)
        require_neuron(place, "pruning")
        _require_hidden(place, state)
        layer, index = place.layer, place.indices[0]
        neurons = model.dense[layer].neurons
        if neurons == 1:
            raise InputError(f"{self.address} is the last neuron of {place.layer_address}: lesion it instead")
        share, before = _share_of(state, layer, index), BestBefore.of(state)

        def undo(later: RunState) -> RunState:
            return replace(_put_back(later, layer, index, share), best=before.again(later))

        return Applied(removed(state, layer, index, 1), {"neurons": neurons}, {"neurons": neurons - 1}, undo)


class _Share(NamedTuple):
    """All that belongs to a neuron: its row and its column in the next layer, of the parameters and of each slot."""

    row: Array
    column: Array
    slots: tuple[tuple[Array, Array], ...]
    treatment: Treatment


def _require_hidden(place: Place, state: RunState) -> None:
    """Raise InputError if *place* is in the last layer."""
    if place.layer == len(state.rows) - 1:
        raise InputError(f"{place.layer_address} is the last layer: its neurons are the network's outputs, and stay")


def _drawn(layer: Dense, seed: int, number: int, present: int, dtype: str) -> Array:
    """Return the rows (layer.neurons - present, layer.inputs + 1) that the neurons after *present* begin with.

    The whole grown layer is drawn, and its end is taken: several initializers scale with the size of the layer.
    """
    weights = initializer_named(layer.initializer)(
        stream(seed, "grown weights", number, present), (layer.neurons, layer.inputs), dtype
    )
    bias = initializer_named(layer.bias_initializer)(
        stream(seed, "grown bias", number, present), (layer.neurons,), dtype
    )
    return np.column_stack((weights[present:], bias[present:]))


def _share_of(state: RunState, layer: int, index: int) -> _Share:
    def both(own: Array, following: Array) -> tuple[Array, Array]:
        return own[index].copy(), following[:, index].copy()

    slots = tuple(both(*pair) for pair in zip(state.slots[layer], state.slots[layer + 1], strict=True))
    row, column = both(state.rows[layer], state.rows[layer + 1])
    return _Share(row, column, slots, setup_of(state).treatment(layer, index))


def _put_back(state: RunState, layer: int, index: int, share: _Share) -> RunState:
    """Insert a neuron and all that belongs to it; slots of a run that has begun since are 0."""
    now = inserted(state, layer, index, 1)
    own, following = now.rows[layer], now.rows[layer + 1]  # new ones, as are the slots
    own[index], following[:, index] = share.row, share.column
    slots = list(zip(now.slots[layer], now.slots[layer + 1], strict=True))
    if len(slots) == len(share.slots):
        for (rows, columns), (row, column) in zip(slots, share.slots, strict=True):
            rows[index], columns[:, index] = row, column
    setup = setup_of(now).with_treatments(layer, {index: share.treatment})
    return replace(now, setup=setup)
