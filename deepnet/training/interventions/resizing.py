"""More and fewer neurons in a layer: their rows, the columns that they feed in the next layer, and their slots."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.treatment import Treatment
from deepnet.training.interventions.applied import setup_of
from deepnet.training.interventions.layers import with_dense, with_entries
from deepnet.training.state import RunState


def inserted(state: RunState, layer: int, place: int, count: int) -> RunState:
    """Return *state* with *count* neurons of zeros more in *layer*, the first of which has the index *place*.

    The layer is not the last one. What the best epoch was is dropped: its parameters are of another shape.
    """

    def more(array: Array, axis: int) -> Array:
        shape = list(array.shape)
        shape[axis] = count
        before, after = np.split(array, [place], axis)
        return np.concatenate((before, np.zeros(shape, dtype=array.dtype), after), axis)

    shifted = {
        index + count * (index >= place): treatment for index, treatment in setup_of(state).treatments[layer].items()
    }
    return _resized(state, layer, count, more, shifted)


def removed(state: RunState, layer: int, place: int, count: int) -> RunState:
    """Return *state* without the *count* neurons of *layer* from the index *place* on; the contrary of `inserted`."""

    def fewer(array: Array, axis: int) -> Array:
        return np.delete(array, slice(place, place + count), axis)

    shifted = {
        index - count * (index >= place): treatment
        for index, treatment in setup_of(state).treatments[layer].items()
        if not place <= index < place + count
    }
    return _resized(state, layer, -count, fewer, shifted)


def _resized(
    state: RunState,
    layer: int,
    change: int,
    resize: Callable[[Array, int], Array],
    treatments: dict[int, Treatment],
) -> RunState:
    """Resize the rows of *layer* and the columns of the next one, in the parameters and in every slot."""
    setup, following = setup_of(state), layer + 1
    own, after = setup.model.dense[layer], setup.model.dense[following]
    neurons = own.neurons + change
    changed = {layer: replace(own, neurons=neurons), following: replace(after, inputs=neurons)}

    axes = {layer: 0, following: 1}
    rows = {number: np.ascontiguousarray(resize(state.rows[number], axis)) for number, axis in axes.items()}
    slots = {
        number: tuple(np.ascontiguousarray(resize(slot, axis)) for slot in state.slots[number])
        for number, axis in axes.items()
    }
    return replace(
        state,
        rows=with_entries(state.rows, rows),
        slots=with_entries(state.slots, slots),
        best=None,
        setup=replace(
            setup,
            model=with_dense(setup.model, changed),
            treatments=with_entries(setup.treatments, {layer: treatments}),
        ),
    )
