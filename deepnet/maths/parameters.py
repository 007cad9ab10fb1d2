"""The numbers a network learns: where they begin, how given ones are checked, and what identifies them."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from deepnet.errors import InputError, ShapeError
from deepnet.maths.arrays import Array, Vector, Weights, require_dtype, require_shape
from deepnet.maths.checks import whole_number
from deepnet.maths.initializers import initializer_named
from deepnet.maths.model import Chain
from deepnet.maths.random import stream


class LayerParameters(NamedTuple):
    """What one layer learns; a neuron's share is its row."""

    weights: Weights
    bias: Vector


def initial_parameters(model: Chain, seed: int, dtype: str) -> tuple[LayerParameters, ...]:
    """Draw what each dense layer begins with, first layer first.

    Every layer draws from streams of its own, so its beginning does not depend on the other layers.

    Raises:
        InputError: the seed is not a whole number of 0 or more.
        UnknownNameError: the dtype is none of float32 and float64.
    """
    require_dtype(dtype)
    seed = whole_number("seed", seed, at_least=0)
    return tuple(
        LayerParameters(
            initializer_named(layer.initializer)(
                stream(seed, "initial weights", index), (layer.neurons, layer.inputs), dtype
            ),
            initializer_named(layer.bias_initializer)(stream(seed, "initial bias", index), (layer.neurons,), dtype),
        )
        for index, layer in enumerate(model.dense)
    )


def checked_parameters(
    model: Chain, parameters: Sequence[tuple[ArrayLike, ArrayLike]], dtype: str
) -> tuple[LayerParameters, ...]:
    """Return copies of *parameters*, (weights, bias) of each dense layer, that fit *model*.

    Raises:
        InputError: a layer is no pair, or a value is no number, or is nan or infinite in *dtype*.
        ShapeError: the shapes are not the model's; the message names the layer and both shapes.
        UnknownNameError: the dtype is none of float32 and float64.
    """
    require_dtype(dtype)
    if len(parameters) != len(model.dense):
        raise ShapeError(f"parameters of {len(parameters)} layers were given, the model has {len(model.dense)}")
    checked = []
    for (address, layer), pair in zip(model.named_dense().items(), parameters, strict=True):
        try:
            weights, bias = pair
        except (TypeError, ValueError):
            raise InputError(f"the parameters of {address} must be a pair of weights and bias") from None
        checked.append(
            LayerParameters(
                _checked(f"{address} weights", weights, dtype, layer.neurons, layer.inputs),
                _checked(f"{address} bias", bias, dtype, layer.neurons),
            )
        )
    return tuple(checked)


def _checked(name: str, values: ArrayLike, dtype: str, *shape: int) -> Array:
    """Return a contiguous copy of *values* that has this shape and is finite."""
    try:
        given = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise InputError(f"{name} must be an array of numbers: {error}") from None
    if given.dtype.kind not in "iuf":
        raise InputError(f"{name} must be an array of numbers, got {given.dtype}")
    require_shape(name, given, *shape)
    # A number too large for the dtype becomes inf, which is refused by name below.
    with np.errstate(over="ignore", under="ignore"):
        copy: Array = np.array(given, dtype=dtype, order="C")
    if not np.isfinite(copy).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(copy))[0])
        raise InputError(f"{name} must be finite in {dtype}: at {place} it is {copy[place]}")
    return copy


def fingerprint(parameters: Iterable[LayerParameters]) -> str:
    """Return a name for these very bits: equal for equal parameters, on every machine.

    SHA-256, in hex, of the little-endian bytes of each layer's weights, row after row, then its
    bias, first layer first.
    """
    digest = hashlib.sha256()
    for layer in parameters:
        for array in layer:
            digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return digest.hexdigest()
