"""The actor of a layer: what comes from the neighbouring layers it hands to its neurons, and gathers their answers."""

from typing import Any

import numpy as np
import pykka

from deepnet.actors.context import Context
from deepnet.actors.link import LayerLink
from deepnet.actors.messages import Activated, Applied, Apply, Backward, Corrected, Forward, Table
from deepnet.maths.activations import CoupledActivation, activation_named
from deepnet.maths.arrays import Batch
from deepnet.maths.kernels import layer as kernel
from deepnet.maths.kernels.rows import empty_batch


class LayerActor(LayerLink):
    """What the actors of a dense layer have in common, whatever its granularity.

    Args:
        context: what the actors of the network share.
        layer: its number among the dense layers.
    """

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, f"dense_{layer}")
        self._layer = layer
        self._spec = context.model.dense[layer]

    def _wants_sums(self, message: Forward) -> bool:
        """Whether somebody asks for the weighted sums of this layer."""
        return message.way.trace is not None or (message.way.end_sums and self._following is None)

    def _give(self, outputs: Batch, sums: Batch | None) -> None:
        """Show outputs, (rows, neurons + 1), and sums to those who look, and pass them on."""
        trace = self._forward_message.way.trace
        if trace is not None and sums is not None:
            trace[self.address] = (sums, outputs[:, :-1])
        self._pass_on(outputs, sums if self._following is None else None)

    def _pass_back(self, message: Backward, deltas: Batch, square: float | None) -> None:
        """Send back what *deltas*, (rows, neurons), mean for the layer before; *square* is that of the gradient."""
        bank = self._forward_message.bank
        self._send_back(
            message,
            lambda: kernel.upstream(deltas, self._context.vault.banks[bank].rows[self._layer]),
            message.squares if square is None else (*message.squares, square),
        )


class NeuronLayer(LayerActor):
    """The actor of a layer whose neurons are actors themselves.

    An activation that couples them, it does itself: the neurons keep their sums.
    """

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, layer)
        activation = activation_named(self._spec.activation)
        self._coupled = activation if isinstance(activation, CoupledActivation) else None
        self._neurons: list[pykka.ActorRef[Any]] = []
        self._directory_version = -1
        self._answered = bytearray(self._spec.neurons)
        self._awaited: type = Activated
        self._missing = 0
        self._outputs: Batch | None = None
        self._sums: Batch | None = None
        self._backward_message: Backward

    def on_receive(self, message: Any) -> None:
        _NEURON_LAYER[type(message)](self, message)

    def _forward(self, message: Forward) -> None:
        self._step, self._attempt = message.step, message.attempt
        outputs = self._prepared(message)
        sums = None
        if self._coupled is None and self._wants_sums(message):
            sums = np.empty((len(outputs), self._spec.neurons), dtype=outputs.dtype)
        self._forward_message = Forward(
            message.step, message.attempt, message.bank, message.way, message.activations, outputs, sums
        )
        self._broadcast(self._forward_message, Activated)

    def _prepared(self, message: Forward) -> Batch:
        """Return where the neurons are to write: the same array again and again, where that hurts nobody."""
        rows, dtype = len(message.activations), message.activations.dtype
        if message.way.trace is not None:  # whoever looks keeps what he is shown
            return empty_batch(rows, self._spec.neurons, dtype)
        outputs = self._outputs
        # A try that is played again gets a new one: a neuron that is late with the old one must not touch it.
        if outputs is None or len(outputs) != rows or message.attempt != 1:
            outputs = self._outputs = empty_batch(rows, self._spec.neurons, dtype)
        return outputs

    def _activated(self, message: Activated) -> None:
        if not self._is_last_answer(message):
            return
        forward = self._forward_message
        self._sums = forward.sums
        if self._coupled is not None:
            self._sums = forward.outputs[:, :-1].copy()
            forward.outputs[:, :-1] = self._coupled.value(self._sums)
        self._give(forward.outputs, self._sums if self._wants_sums(forward) else None)

    def _backward(self, message: Backward) -> None:
        if self._is_stale(message.step, message.attempt):
            return
        errors, at_sums = message.errors, message.at_sums
        if self._coupled is not None and not at_sums:
            assert self._sums is not None  # noqa: S101 - the forward half of this attempt has set them
            errors = self._coupled.delta(errors, self._sums, self._forward_message.outputs[:, :-1])
            at_sums = True
        self._backward_message = Backward(
            message.step,
            message.attempt,
            message.update,
            errors,
            at_sums,
            message.squares,
            np.empty_like(errors),
            np.empty(self._spec.neurons) if message.update.waits else None,
        )
        self._broadcast(self._backward_message, Corrected)

    def _corrected(self, message: Corrected) -> None:
        if self._is_last_answer(message):
            backward = self._backward_message
            square = float(backward.norms.sum()) if backward.norms is not None else None
            self._pass_back(backward, backward.deltas, square)

    def _apply(self, message: Apply) -> None:
        if not self._is_stale(message.step, message.attempt):
            self._broadcast(message, Applied)

    def _applied(self, message: Applied) -> None:
        if self._is_last_answer(message):
            self._context.send("trainer", Applied(message.step, message.attempt, self._layer))

    def _broadcast(self, message: Forward | Backward | Apply, awaited: type) -> None:
        """Send one message to all neurons; if one is dead, its successor will have the step played again."""
        if self.abandoned:
            return
        directory = self._context.directory
        if self._directory_version != directory.version:
            self._directory_version = directory.version
            refs = [directory.whereis(f"{self.address}/{index}") for index in range(self._spec.neurons)]
            self._neurons = [ref for ref in refs if ref is not None]
        count = self._spec.neurons
        self._answered = bytearray(count)
        self._awaited = awaited
        self._missing = count
        try:
            for ref in self._neurons:
                ref.tell(message)
        except pykka.ActorDeadError:
            self._directory_version = -1

    def _is_last_answer(self, message: Activated | Corrected | Applied) -> bool:
        """Note an answer; whether it was the last that was missing."""
        if type(message) is not self._awaited or self._is_stale(message.step, message.attempt):
            return False
        if self._answered[message.index]:
            return False
        self._answered[message.index] = 1
        self._missing -= 1
        return self._missing == 0


_NEURON_LAYER: Table = {
    Forward: NeuronLayer._forward,  # noqa: SLF001 - its own methods
    Backward: NeuronLayer._backward,  # noqa: SLF001
    Apply: NeuronLayer._apply,  # noqa: SLF001
    Activated: NeuronLayer._activated,  # noqa: SLF001
    Corrected: NeuronLayer._corrected,  # noqa: SLF001
    Applied: NeuronLayer._applied,  # noqa: SLF001
}
