"""A neuron is an actor: it holds its row, and computes its own sum, activation, error and update from messages."""

from typing import Any

from deepnet.actors.context import Context
from deepnet.actors.deliver import deliver
from deepnet.actors.messages import Activated, Backward, Corrected, Forward, Table
from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.kernels import neuron as kernel
from deepnet.maths.optimizers import Optimizer
from supervisor import ScheduledActor


class Neuron(ScheduledActor):
    """Neuron *index* of layer *layer*.

    Its parameters are one row in each of the vault's banks: it reads the committed one and writes the spare one.
    """

    def __init__(self, context: Context, address: str, layer: int, index: int) -> None:
        super().__init__()
        self.address = address
        self._context = context
        self._layer = layer
        self._index = index
        self._layer_address = f"dense_{layer}"
        self._activation = activation_named(context.model[layer].activation)
        self._optimizer: Optimizer | None = None
        self._banks: list[tuple[Array, tuple[Array, ...]]] = []  # row and slots in each of the two banks
        self._bank = 0
        self._step = self._attempt = -1
        self._inputs: Batch
        self._sums: Vector
        self._outputs: Vector

    def on_start(self) -> None:
        self._layer_ref = self._context.directory.whereis(self._layer_address)
        self._context.directory.register(self.address, self.actor_ref)

    def on_receive(self, message: Any) -> None:
        _TABLE[type(message)](self, message)

    def _forward(self, message: Forward) -> None:
        vault_banks = self._context.vault.banks
        if self._seen_banks is not vault_banks:
            self._look_up_rows(vault_banks)
        inputs, bank = message.activations, message.bank
        sums, outputs = kernel.forward(inputs, self._banks[bank][0], self._activation)
        message.outputs[:, self._index] = outputs
        self._inputs, self._sums, self._outputs, self._bank = inputs, sums, outputs, bank
        self._step, self._attempt = message.step, message.attempt
        self._answer(Activated(message.step, message.attempt, self._index))

    def _backward(self, message: Backward) -> None:
        if message.attempt != self._attempt or message.step != self._step:
            return  # it belongs to a try whose first half this incarnation has not seen, or which is over
        index, bank = self._index, self._bank
        delta, gradient = kernel.backward(
            message.errors[:, index], self._sums, self._outputs, self._inputs, self._activation
        )
        message.deltas[:, index] = delta
        kernel.update(message.optimizer, message.step, gradient, self._banks[bank], self._banks[1 - bank])
        self._answer(Corrected(message.step, message.attempt, index))

    _seen_banks: Any = None

    def _look_up_rows(self, banks: Any) -> None:
        """Find this neuron's place in the vault's banks, which are made anew for each run."""
        self._seen_banks = banks
        self._banks = [bank.neuron(self._layer, self._index) for bank in banks]

    def _answer(self, message: Activated | Corrected) -> None:
        layer = self._layer_ref
        if layer is None or layer.actor_stopped.is_set():
            layer = self._layer_ref = self._context.directory.whereis(self._layer_address)
        if layer is not None:
            deliver(layer, message)


_TABLE: Table = {Forward: Neuron._forward, Backward: Neuron._backward}  # noqa: SLF001 - its own methods
