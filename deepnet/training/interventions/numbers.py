"""Setting the numbers of a neuron, or of all neurons of a layer: weights and biases."""

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from deepnet.errors import InputError
from deepnet.maths.arrays import Array, require_shape
from deepnet.maths.checks import whole_number
from deepnet.training.interventions.applied import Applied
from deepnet.training.interventions.layers import with_entries
from deepnet.training.interventions.place import Place, require_neuron
from deepnet.training.state import RunState


def set_weights(state: RunState, place: Place, value: Any) -> Applied:
    """Set the weights (inputs,) of a neuron, or some by the number of the input, or those of a layer.

    Raises:
        InputError: a weight is not finite in the dtype of the network, or there is no such input.
        ShapeError: they are of another shape; the message names both.
    """
    if isinstance(value, Mapping):
        return _set_some(state, place, value)
    rows = state.rows[place.layer]
    shape = (len(place.indices), rows.shape[1] - 1)
    values = finite(f"weights of {place.address}", value, rows.dtype, *(shape if place.is_layer else shape[1:]))
    written = _written(state, place, slice(0, -1), values)
    return written if place.is_layer else written._replace(old=written.old[0])


def set_bias(state: RunState, place: Place, value: Any) -> Applied:
    """Set the bias of a neuron, or those of a layer (neurons,), or one number for all of it.

    Raises:
        InputError: a bias is not finite in the dtype of the network.
        ShapeError: they are of another shape; the message names both.
    """
    rows, count = state.rows[place.layer], len(place.indices)
    shape = (count,) if place.is_layer and not isinstance(value, Real) else ()
    values = np.broadcast_to(finite(f"bias of {place.address}", value, rows.dtype, *shape), (count,)).copy()
    written = _written(state, place, -1, values)
    return written if place.is_layer else written._replace(old=float(written.old[0]), new=float(values[0]))


def finite(name: str, value: Any, dtype: np.dtype[Any], *shape: int) -> Array:
    """Return a copy of *value* that has this dtype and shape and is finite.

    Raises:
        InputError: it is made of something else than numbers, or one is nan or infinite in *dtype*.
        ShapeError: it has another shape.
    """
    try:
        given = np.asarray(value)
    except ValueError as error:  # rows of different lengths
        raise InputError(f"{name} must be numbers: {error}") from None
    if given.dtype.kind not in "iuf":
        raise InputError(f"{name} must be {'numbers' if shape else 'a number'}, got {given.dtype}")
    require_shape(name, given, *shape)
    with np.errstate(over="ignore", under="ignore"):  # what becomes infinite is refused by name
        copy: Array = np.array(given, dtype=dtype, order="C")
    if not np.isfinite(copy).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(copy))[0])
        where = f"at {place} it" if shape else "it"
        raise InputError(f"{name} must be finite in {dtype}: {where} is {copy[place]}")
    return copy


def _set_some(state: RunState, place: Place, value: Mapping[Any, Any]) -> Applied:
    """Set the weights of a neuron whose inputs are numbered."""
    require_neuron(place, "a mapping of weights by the number of the input")
    rows = state.rows[place.layer]
    inputs = [whole_number(f"an input of {place.address}", number, at_least=0) for number in value]
    if not inputs:
        raise InputError(f"the mapping of weights of {place.address} is empty: give some, such as {{0: 0.5}}")
    if max(inputs) > rows.shape[1] - 2:
        raise InputError(f"{place.address} has no input {max(inputs)}: its inputs are 0 to {rows.shape[1] - 2}")
    weights = [finite(f"weight {number} of {place.address}", weight, rows.dtype) for number, weight in value.items()]
    written = _written(state, place, inputs, np.array(weights))
    old, new = (dict(zip(inputs, array.ravel().tolist(), strict=True)) for array in (written.old, written.new))
    return written._replace(old=old, new=new)


def _written(state: RunState, place: Place, columns: Any, values: Array) -> Applied:
    """Write *values* into *columns* of a copy of the rows of *place*."""
    rows = state.rows[place.layer].copy()
    part = rows[place.indices.start : place.indices.stop]
    old = part[:, columns].copy()
    part[:, columns] = values

    def undo(later: RunState) -> RunState:
        return _written(later, place, columns, old).state

    return Applied(replace(state, rows=with_entries(state.rows, {place.layer: rows})), old, values, undo)
