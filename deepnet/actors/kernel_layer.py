"""The actor of a layer that computes all its neurons itself, with one product: granularity ``layer``."""

from typing import Any

from deepnet.actors.context import Context
from deepnet.actors.layer import LayerActor
from deepnet.actors.messages import Applied, Apply, Backward, Forward, Table
from deepnet.actors.vault import Bank
from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.kernels import layer as kernel
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.optimizers import Optimizer


class KernelLayer(LayerActor):
    """A whole layer as one actor. Its neurons are rows of the banks, as ever, but have no mailbox of their own."""

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, layer)
        self._activation = activation_named(self._spec.activation)
        self._banks: tuple[Bank, Bank]
        self._sums: Batch
        self._outputs: Batch
        self._gradient: Array | None = None  # while it waits for the norm of all

    def on_receive(self, message: Any) -> None:
        _KERNEL_LAYER[type(message)](self, message)

    def _forward(self, message: Forward) -> None:
        self._step, self._attempt = message.step, message.attempt
        self._forward_message = message
        self._gradient = None
        self._banks = self._context.vault.banks  # made anew for each run: both halves of a step need the same
        rows = self._banks[message.bank].rows[self._layer]
        self._sums, self._outputs = kernel.forward(message.activations, rows, self._activation)
        self._give(with_ones(self._outputs), self._sums if self._wants_sums(message) else None)

    def _backward(self, message: Backward) -> None:
        if self._is_stale(message.step, message.attempt):
            return
        forward, update = self._forward_message, message.update
        if message.at_sums:
            deltas, gradient = message.errors, kernel.gradient_of(message.errors, forward.activations)
        else:
            deltas, gradient = kernel.backward(
                message.errors, self._sums, self._outputs, forward.activations, self._activation
            )
        if update.rules is not None:
            gradient = update.rules.of_rows(self._banks[forward.bank].rows[self._layer], gradient)
        square = None
        if update.waits:
            self._gradient = gradient
            square = float((gradient * gradient).sum(dtype=float))
        else:
            self._change(update.optimizer, message.step, gradient)
        self._pass_back(message, deltas, square)

    def _apply(self, message: Apply) -> None:
        if self._is_stale(message.step, message.attempt) or self._gradient is None:
            return
        self._change(message.optimizer, message.step, self._gradient * message.scale)
        self._context.send("trainer", Applied(message.step, message.attempt, self._layer))

    def _change(self, optimizer: Optimizer, step: int, gradient: Array) -> None:
        """Write what the committed rows and slots become into the spare ones."""
        bank = self._forward_message.bank
        rows, slots = self._banks[bank].layer(self._layer)
        new_rows, new_slots = self._banks[1 - bank].layer(self._layer)
        optimizer.update(step, rows, gradient, slots, new_rows, new_slots)


_KERNEL_LAYER: Table = {
    Forward: KernelLayer._forward,  # noqa: SLF001 - its own methods
    Backward: KernelLayer._backward,  # noqa: SLF001
    Apply: KernelLayer._apply,  # noqa: SLF001
}
