"""Addresses of neurons: ``dense_0/3`` is neuron 3 of the first dense layer."""

import re

from deepnet.errors import InputError
from deepnet.maths.model import Chain

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


def neuron_addresses(model: Chain) -> tuple[str, ...]:
    """Return the addresses of all neurons, first layer first."""
    return tuple(
        f"{address}/{index}" for address, layer in model.named_dense().items() for index in range(layer.neurons)
    )


def place_of(model: Chain, address: str, network: str) -> tuple[int, int]:
    """Return the number of the dense layer and the index in it that *address* names.

    Raises:
        InputError: there is no such neuron in *network*; the message says which there are.
    """
    layers = model.named_dense()
    layer, _, index = str(address).partition("/")
    # One neuron, one address: dense_0/03 is nobody's.
    if layer not in layers or not _NUMBER.fullmatch(index) or int(index) >= layers[layer].neurons:
        ranges = ", ".join(
            f"{name}/0 to {name}/{dense.neurons - 1}" if dense.neurons > 1 else f"{name}/0"
            for name, dense in layers.items()
        )
        raise InputError(f"{network} has no neuron {address!r}: there are {ranges}")
    return list(layers).index(layer), int(index)


def neurons_of(model: Chain, address: str, network: str) -> tuple[int, range]:
    """Return the number of the dense layer that *address* names, or names a neuron of, and the indices it is about.

    Raises:
        InputError: there is no such layer or neuron in *network*; the message says which there are.
    """
    layers = list(model.named_dense())
    if address in layers:
        layer = layers.index(address)
        return layer, range(model.dense[layer].neurons)
    try:
        layer, index = place_of(model, address, network)
    except InputError as error:
        raise InputError(f"{error}; and the layers {', '.join(layers)}") from None
    return layer, range(index, index + 1)
