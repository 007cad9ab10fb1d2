"""The actor of a Dropout layer: it has no neurons and learns nothing, it only leaves outputs out."""

from typing import ClassVar

from deepnet.actors.context import Context
from deepnet.actors.link import LayerLink
from deepnet.actors.messages import Backward, Forward
from deepnet.maths.arrays import Batch
from deepnet.maths.dropout import dropout_mask
from deepnet.maths.kernels.rows import with_ones


class DropoutLayer(LayerLink):
    """Which outputs it leaves out follows from the seed of the run, its own number and the step."""

    def __init__(self, context: Context, address: str, rate: float) -> None:
        super().__init__(context, address)
        self._rate = rate
        self._number = int(address.rpartition("_")[2])
        self._mask: Batch

    def _forward(self, message: Forward) -> None:
        if message is self._forward_message:
            return
        self._step, self._attempt = message.step, message.attempt
        self._forward_message = message
        seed = message.way.seed
        if seed is None:
            self._pass_on(message.activations)
            return
        activations = message.activations[:, :-1]
        rows, neurons = activations.shape
        self._mask = dropout_mask(
            self._rate, (rows, neurons), activations.dtype, seed=seed, layer=self._number, step=message.step
        )
        self._pass_on(with_ones(activations * self._mask))

    def _backward(self, message: Backward) -> None:
        if message is self._backward_message or self._is_stale(message.step, message.attempt):
            return
        self._backward_message = message
        learns = self._forward_message.way.seed is not None
        self._send_back(message, lambda: message.errors * self._mask if learns else message.errors, message.squares)

    handlers: ClassVar = {Forward: _forward, Backward: _backward}
