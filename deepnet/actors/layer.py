"""The actor of a layer: what comes from the neighbouring layers it hands to its neurons, and gathers their answers."""

from typing import Any

import numpy as np
import pykka

from deepnet.actors.context import Context
from deepnet.actors.messages import Activated, Backward, Corrected, Forward, Learnt, Predicted, Table
from deepnet.maths.arrays import Batch
from deepnet.maths.kernels import layer as kernel
from deepnet.maths.kernels.rows import empty_batch
from supervisor import ScheduledActor


class LayerActor(ScheduledActor):
    """What the actors of a layer have in common, whatever its granularity: their place in the chain."""

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__()
        self.address = f"dense_{layer}"
        self._context = context
        self._layer = layer
        self._spec = context.model[layer]
        self._is_last = layer == len(context.model) - 1
        self._forward_message: Forward
        self._step = self._attempt = -1

    def on_start(self) -> None:
        self._context.directory.register(self.address, self.actor_ref)

    def _pass_on(self, outputs: Batch) -> None:
        """Send the outputs, (rows, neurons + 1), to the next layer, or to the trainer without their ones."""
        message = self._forward_message
        if self._is_last:
            self._context.send("trainer", Predicted(message.step, message.attempt, outputs[:, :-1]))
        else:
            following = Forward(message.step, message.attempt, message.bank, outputs)
            self._context.send(f"dense_{self._layer + 1}", following)

    def _pass_back(self, message: Backward, deltas: Batch) -> None:
        """Send what the layer before has to answer for, or tell the trainer that this was the first."""
        if self._layer == 0:
            self._context.send("trainer", Learnt(message.step, message.attempt))
        else:
            rows = self._context.vault.banks[self._forward_message.bank].rows[self._layer]
            errors = kernel.upstream(deltas, rows)
            previous = Backward(message.step, message.attempt, message.optimizer, errors)
            self._context.send(f"dense_{self._layer - 1}", previous)

    def _is_stale(self, step: int, attempt: int) -> bool:
        return attempt != self._attempt or step != self._step


class NeuronLayer(LayerActor):
    """The actor of a layer whose neurons are actors themselves."""

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, layer)
        self._neurons: list[pykka.ActorRef[Any]] = []
        self._directory_version = -1
        self._answered = bytearray(self._spec.neurons)
        self._missing = 0
        self._outputs: Batch | None = None
        self._backward_message: Backward | None = None

    def on_receive(self, message: Any) -> None:
        _NEURON_LAYER[type(message)](self, message)

    def _forward(self, message: Forward) -> None:
        rows = len(message.activations)
        outputs = self._outputs
        # A try that is played again gets a new array: a neuron that is late with the old one must not touch it.
        if outputs is None or len(outputs) != rows or message.attempt != 1:
            outputs = self._outputs = empty_batch(rows, self._spec.neurons, message.activations.dtype)
        self._step, self._attempt = message.step, message.attempt
        self._backward_message = None
        self._forward_message = Forward(message.step, message.attempt, message.bank, message.activations, outputs)
        self._broadcast(self._forward_message)

    def _backward(self, message: Backward) -> None:
        if self._is_stale(message.step, message.attempt):
            return
        deltas = np.empty_like(message.errors)
        self._backward_message = Backward(message.step, message.attempt, message.optimizer, message.errors, deltas)
        self._broadcast(self._backward_message)

    def _activated(self, message: Activated) -> None:
        if self._backward_message is None and self._is_last_answer(message):
            self._pass_on(self._forward_message.outputs)

    def _corrected(self, message: Corrected) -> None:
        backward = self._backward_message
        if backward is not None and self._is_last_answer(message):
            self._pass_back(backward, backward.deltas)

    def _broadcast(self, message: Forward | Backward) -> None:
        """Send one message to all neurons; if one is dead, its successor will have the step played again."""
        directory = self._context.directory
        if self._directory_version != directory.version:
            self._directory_version = directory.version
            refs = [directory.whereis(f"{self.address}/{index}") for index in range(self._spec.neurons)]
            self._neurons = [ref for ref in refs if ref is not None]
        count = self._spec.neurons
        self._answered = bytearray(count)
        self._missing = count
        try:
            for ref in self._neurons:
                ref.tell(message)
        except pykka.ActorDeadError:
            self._directory_version = -1

    def _is_last_answer(self, message: Activated | Corrected) -> bool:
        """Note an answer; whether it was the last that was missing."""
        if self._is_stale(message.step, message.attempt) or self._answered[message.index]:
            return False
        self._answered[message.index] = 1
        self._missing -= 1
        return self._missing == 0


_NEURON_LAYER: Table = {
    Forward: NeuronLayer._forward,  # noqa: SLF001 - its own methods
    Backward: NeuronLayer._backward,  # noqa: SLF001
    Activated: NeuronLayer._activated,  # noqa: SLF001
    Corrected: NeuronLayer._corrected,  # noqa: SLF001
}
