"""The actor of a layer: what comes from the neighbouring layers it hands to its neurons, and gathers their answers."""

from typing import Any, ClassVar

import numpy as np

from deepnet.actors.context import Context
from deepnet.actors.layer import LayerActor
from deepnet.actors.messages import Activate, Answer, Applied, Apply, Backward, Change, Correct, Forward
from deepnet.actors.workspace import Workspace
from supervisor import Group


class NeuronLayer(LayerActor):
    """The actor of a layer whose neurons are actors themselves.

    An activation that couples them, it does itself: the neurons keep their sums.
    """

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, layer)
        self._neurons = Group(())
        self._directory_version = -1
        self._question: Any = None
        self._answered = bytearray()
        self._missing = 0
        self._workspace_now: Workspace
        self._activate: Activate
        self._correct: Correct

    def _forward(self, message: Forward) -> None:
        if message is self._forward_message:
            return
        self._step, self._attempt = message.step, message.attempt
        self._forward_message = message
        if message.way.setup is not self._setup:
            self._take_over(message.way.setup)
        work = self._workspace_now = self._workspace(message)
        committed, spare = self._banks(message)
        self._activate = Activate(
            message.step, message.attempt, self.actor_inbox, message.way.setup, message.way.kernels.forward_neuron,
            message.activations, committed, spare, work.sums, work.outputs,
        )  # fmt: skip
        self._ask(self._activate)

    def _activated(self) -> None:
        work = self._workspace_now
        if self._is_coupled:
            self._couple(work)
        self._give(work)

    def _backward(self, message: Backward) -> None:
        if message is self._backward_message or self._is_stale(message.step, message.attempt):
            return
        work, kernels = self._workspace_now, self._forward_message.way.kernels
        errors, at_sums = message.errors, message.at_sums
        if self._is_coupled and not at_sums:
            errors, at_sums = self._couple_back(message.errors, work), True
        norms = np.empty(self._spec.neurons) if message.update.waits else None
        self._backward_message = message
        self._correct = Correct(
            message.step, message.attempt, self.actor_inbox, self._activate, kernels,
            errors, at_sums, message.update, work.deltas, norms,
        )  # fmt: skip
        self._ask(self._correct)

    def _corrected(self) -> None:
        norms = self._correct.norms
        square = None if norms is None else float(norms.sum())
        self._pass_back(self._backward_message, self._workspace_now, self._activate.committed, square)

    def _apply(self, message: Apply) -> None:
        if not self._is_stale(message.step, message.attempt) and type(self._question) is not Change:
            self._ask(
                Change(message.step, message.attempt, self.actor_inbox, self._correct, message.optimizer, message.scale)
            )

    def _changed(self) -> None:
        self._trainer.send(Applied(self._step, self._attempt, self._layer))

    def _ask(self, question: Activate | Correct | Change) -> None:
        """Tell all neurons at once; if one is dead, its successor will have the step played again."""
        if self.abandoned:
            return
        neurons = self._spec.neurons
        self._question = question
        self._answered = bytearray(neurons)
        self._missing = neurons
        if self._directory_version != self._context.directory.version:
            self._look_up_neurons()
        if self._neurons.tell(question) < neurons:
            self._directory_version = -1

    def _look_up_neurons(self) -> None:
        directory = self._context.directory
        self._directory_version = directory.version
        refs = [directory.whereis(f"{self.address}/{index}") for index in range(self._spec.neurons)]
        self._neurons = Group(ref for ref in refs if ref is not None)

    def _answer(self, message: Answer) -> None:
        """Count it; answers to an older question, and such as have come twice, do not count."""
        if message.question is self._question:
            index, answered = message.index, self._answered
            if not answered[index]:
                answered[index] = 1
                self._missing = missing = self._missing - 1
                if not missing:
                    if self._context.courtesy.guests:
                        self._context.courtesy.give_way()
                    _NEXT[type(message.question)](self)

    handlers: ClassVar = {Answer: _answer, Forward: _forward, Backward: _backward, Apply: _apply}


_NEXT = {
    Activate: NeuronLayer._activated,  # noqa: SLF001 - its own methods
    Correct: NeuronLayer._corrected,  # noqa: SLF001
    Change: NeuronLayer._changed,  # noqa: SLF001
}
"""What follows when all neurons have answered."""
