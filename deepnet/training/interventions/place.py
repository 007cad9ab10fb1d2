"""Where an intervention takes place: a neuron, or all neurons of a layer."""

from typing import NamedTuple

from deepnet.errors import InputError
from deepnet.maths.addresses import neurons_of
from deepnet.maths.model import Chain


class Place(NamedTuple):
    """Neurons of one layer.

    Attributes:
        address: what they were named by.
        layer: the number of their dense layer.
        indices: theirs in it.
        is_layer: whether the layer was named, and not a neuron.
    """

    address: str
    layer: int
    indices: range
    is_layer: bool

    @property
    def layer_address(self) -> str:
        return f"dense_{self.layer}"


def place_in(model: Chain, address: str, network: str) -> Place:
    """Return the place that *address* names.

    Raises:
        InputError: there is no such layer or neuron in *network*; the message says which there are.
    """
    layer, indices = neurons_of(model, address, network)
    return Place(address, layer, indices, address in model.named_dense())


def require_layer(place: Place, what: str) -> None:
    """Raise InputError unless a layer was named: *what* is for whole layers."""
    if not place.is_layer:
        raise InputError(f"{what} is for a whole layer, {place.address} is a neuron: give {place.layer_address}")


def require_neuron(place: Place, what: str) -> None:
    """Raise InputError unless a neuron was named: *what* is for one."""
    if place.is_layer:
        raise InputError(f"{what} is for a neuron, {place.address} is a layer: give one such as {place.address}/0")
