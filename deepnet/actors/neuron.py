"""A neuron is an actor: it holds its row, and computes its own sum, activation, error and update from messages."""

from typing import ClassVar

import numpy as np

from deepnet.actors.context import Context
from deepnet.actors.messages import Activate, Answer, Change, Correct
from deepnet.maths.activations import CoupledActivation, activation_named
from deepnet.maths.arrays import Vector
from deepnet.maths.kernels.codes import activation_code
from deepnet.maths.optimizers import Optimizer
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
        self._index = index
        activation = context.model.dense[layer].activation
        coupled = isinstance(activation_named(activation), CoupledActivation)
        self._activation = activation_code("identity" if coupled else activation)
        self._reply = Answer(index)
        self._activated: Activate | None = None
        self._corrected: Correct | None = None  # while its gradient waits for the norm of all
        self._gradient: Vector

    def on_start(self) -> None:
        self._context.directory.register(self.address, self.actor_ref)

    def _activate(self, message: Activate) -> None:
        message.compute(message.inputs, message.committed, self._activation, self._index, message.sums, message.outputs)
        self._activated = message
        reply, answers = self._reply, message.answers  # Mailbox.post without the call: all say it twice a step
        reply.question = message
        answers.messages.append(reply)
        if not answers.taken:
            answers.notify()

    def _correct(self, message: Correct) -> None:
        activated, update = message.activated, message.update
        if activated is not self._activated:  # this incarnation has not seen the first half of that try
            return
        self._activated = None
        if update.rule is None:
            self._correct_by_hand(message)
        else:
            message.kernels.learn_neuron(
                message.errors, message.at_sums, self._activation, self._index, activated.inputs, activated.sums,
                activated.outputs, message.deltas, activated.committed, activated.spare, update.rule, update.factors,
            )  # fmt: skip
        reply, answers = self._reply, message.answers  # Mailbox.post without the call: all say it twice a step
        reply.question = message
        answers.messages.append(reply)
        if not answers.taken:
            answers.notify()

    def _correct_by_hand(self, message: Correct) -> None:
        """Do what the kernels have no single function for: rules for the gradient, an optimizer of one's own."""
        activated, update, index = message.activated, message.update, self._index
        row = activated.committed[0, index]
        gradient = np.empty_like(row)
        message.kernels.backward_neuron(
            message.errors, message.at_sums, self._activation, index, activated.inputs, activated.sums,
            activated.outputs, message.deltas, gradient,
        )  # fmt: skip
        if update.rules is not None:
            gradient = update.rules.of_rows(row, gradient)
        if message.norms is not None:
            self._corrected, self._gradient = message, gradient
            message.norms[index] = gradient @ gradient
        else:
            self._change_row(message, update.optimizer, gradient)

    def _change(self, message: Change) -> None:
        if message.corrected is not self._corrected:
            return
        self._change_row(message.corrected, message.optimizer, self._gradient * message.scale)
        self._corrected = None
        self._reply.question = message
        message.answers.post(self._reply)

    def _change_row(self, correct: Correct, optimizer: Optimizer, gradient: Vector) -> None:
        """Write what the committed row and slots become into the spare ones."""
        committed, spare = correct.activated.committed[:, self._index], correct.activated.spare[:, self._index]
        optimizer.update(correct.step, committed[0], gradient, tuple(committed[1:]), spare[0], tuple(spare[1:]))

    handlers: ClassVar = {Activate: _activate, Correct: _correct, Change: _change}
