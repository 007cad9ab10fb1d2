"""The actor of a layer that computes all its neurons itself, with one product: granularity ``layer``."""

from typing import Any

from deepnet.actors.context import Context
from deepnet.actors.layer import LayerActor
from deepnet.actors.messages import Backward, Forward, Table
from deepnet.actors.vault import Bank
from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Batch
from deepnet.maths.kernels import layer as kernel
from deepnet.maths.kernels.rows import with_ones


class KernelLayer(LayerActor):
    """A whole layer as one actor. Its neurons are rows of the banks, as ever, but have no mailbox of their own."""

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, layer)
        self._activation = activation_named(self._spec.activation)
        self._banks: tuple[Bank, Bank]
        self._sums: Batch
        self._outputs: Batch

    def on_receive(self, message: Any) -> None:
        _KERNEL_LAYER[type(message)](self, message)

    def _forward(self, message: Forward) -> None:
        self._step, self._attempt = message.step, message.attempt
        self._forward_message = message
        self._banks = self._context.vault.banks  # made anew for each run: both halves of a step need the same
        rows = self._banks[message.bank].rows[self._layer]
        self._sums, self._outputs = kernel.forward(message.activations, rows, self._activation)
        self._pass_on(with_ones(self._outputs))

    def _backward(self, message: Backward) -> None:
        if self._is_stale(message.step, message.attempt):
            return
        forward = self._forward_message
        deltas, gradient = kernel.backward(
            message.errors, self._sums, self._outputs, forward.activations, self._activation
        )
        rows, slots = self._banks[forward.bank].layer(self._layer)
        new_rows, new_slots = self._banks[1 - forward.bank].layer(self._layer)
        message.optimizer.update(message.step, rows, gradient, slots, new_rows, new_slots)
        self._pass_back(message, deltas)


_KERNEL_LAYER: Table = {Forward: KernelLayer._forward, Backward: KernelLayer._backward}  # noqa: SLF001 - its own methods
