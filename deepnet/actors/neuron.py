"""A neuron is an actor: it holds its row, and computes its own sum, activation, error and update from messages."""

from typing import Any

from deepnet.actors.context import Context
from deepnet.actors.deliver import deliver
from deepnet.actors.messages import Activated, Applied, Apply, Backward, Corrected, Forward, Table
from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.kernels import neuron as kernel
from supervisor import ScheduledActor


class Neuron(ScheduledActor):
    """Neuron *index* of dense layer *layer*.

    Its parameters are one row in each of the vault's banks: it reads the committed one and writes the spare one.
    Of an activation that couples the layer it does its own part only, which is to keep its sum.
    """

    def __init__(self, context: Context, address: str, layer: int, index: int) -> None:
        super().__init__()
        self.address = address
        self._context = context
        self._layer = layer
        self._index = index
        self._layer_address = f"dense_{layer}"
        self._activation = activation_named(context.model.dense[layer].activation).of_neuron
        self._banks: list[tuple[Array, tuple[Array, ...]]] = []  # row and slots in each of the two banks
        self._bank = 0
        self._step = self._attempt = -1
        self._inputs: Batch
        self._sums: Vector
        self._outputs: Vector
        self._gradient: Vector | None = None  # while it waits for the norm of all

    def on_start(self) -> None:
        self._layer_ref = self._context.directory.whereis(self._layer_address)
        self._context.directory.register(self.address, self.actor_ref)

    def on_receive(self, message: Any) -> None:
        _TABLE[type(message)](self, message)

    def _forward(self, message: Forward) -> None:
        vault_banks = self._context.vault.banks
        if self._seen_banks is not vault_banks:
            self._look_up_rows(vault_banks)
        inputs, bank, index = message.activations, message.bank, self._index
        sums, outputs = kernel.forward(inputs, self._banks[bank][0], self._activation)
        message.outputs[:, index] = outputs
        if message.sums is not None:
            message.sums[:, index] = sums
        self._inputs, self._sums, self._outputs, self._bank = inputs, sums, outputs, bank
        self._step, self._attempt = message.step, message.attempt
        self._gradient = None
        self._answer(Activated(message.step, message.attempt, index))

    def _backward(self, message: Backward) -> None:
        if self._is_stale(message):
            return
        index, update, inputs = self._index, message.update, self._inputs
        errors = message.errors[:, index]
        if message.at_sums:
            delta, gradient = errors, kernel.gradient_of(errors, inputs)
        else:
            delta, gradient = kernel.backward(errors, self._sums, self._outputs, inputs, self._activation)
        message.deltas[:, index] = delta
        committed, spare = self._banks[self._bank], self._banks[1 - self._bank]
        if update.rules is not None:
            gradient = update.rules.of_rows(committed[0], gradient)
        if update.waits:
            self._gradient = gradient
            message.norms[index] = gradient @ gradient
        else:
            kernel.update(update.optimizer, message.step, gradient, committed, spare)
        self._answer(Corrected(message.step, message.attempt, index))

    def _apply(self, message: Apply) -> None:
        if self._is_stale(message) or self._gradient is None:
            return
        gradient = self._gradient * message.scale
        kernel.update(message.optimizer, message.step, gradient, self._banks[self._bank], self._banks[1 - self._bank])
        self._answer(Applied(message.step, message.attempt, self._index))

    def _is_stale(self, message: Backward | Apply) -> bool:
        """Whether it belongs to a try whose first half this incarnation has not seen, or which is over."""
        return message.attempt != self._attempt or message.step != self._step

    _seen_banks: Any = None

    def _look_up_rows(self, banks: Any) -> None:
        """Find this neuron's place in the vault's banks, which are made anew for each run."""
        self._seen_banks = banks
        self._banks = [bank.neuron(self._layer, self._index) for bank in banks]

    def _answer(self, message: Activated | Corrected | Applied) -> None:
        layer = self._layer_ref
        if layer is None or layer.actor_stopped.is_set():
            layer = self._layer_ref = self._context.directory.whereis(self._layer_address)
        if layer is not None:
            deliver(layer, message)


_TABLE: Table = {
    Forward: Neuron._forward,  # noqa: SLF001 - its own methods
    Backward: Neuron._backward,  # noqa: SLF001
    Apply: Neuron._apply,  # noqa: SLF001
}
