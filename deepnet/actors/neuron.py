"""A neuron is an actor: it holds its row, and computes its own sum, activation, error and update from messages."""

from typing import ClassVar

import numpy as np

from deepnet.actors.context import Context
from deepnet.actors.messages import Activate, Answer, Change, Correct
from deepnet.actors.treating import change_row, delta_of
from deepnet.maths.activations import CoupledActivation, activation_named
from deepnet.maths.arrays import Vector
from deepnet.maths.kernels.codes import activation_code
from deepnet.maths.optimizers import Optimizer
from deepnet.maths.treatment import UNTREATED, Treatment, flip_bits, is_calm, treat_outputs
from deepnet.training.setup import Setup
from supervisor import ScheduledActor


class Neuron(ScheduledActor):
    """Neuron *index* of dense layer *layer*.

    Its parameters are one row in each of the vault's banks: it reads the committed one and writes the spare one.
    Of an activation that couples the layer it does its own part only, which is to keep its sum.

    Attributes:
        handled: messages that it has handled.
    """

    def __init__(self, context: Context, address: str, layer: int, index: int) -> None:
        super().__init__()
        self.address = address
        self.handled = 0
        self._context = context
        self._layer = layer
        self._index = index
        self._setup: Setup
        self._take_over(context.setup)
        self._reply = Answer(index)
        self._activated: Activate | None = None
        self._corrected: Correct | None = None  # while its gradient waits for the norm of all
        self._gradient: Vector

    def _take_over(self, setup: Setup) -> None:
        """Be from now on what *setup* says."""
        self._setup = setup
        self._layer_activation = setup.model.dense[self._layer].activation
        self._treatment = setup.treatments[self._layer].get(self._index)
        own = None if self._treatment is None else self._treatment.activation
        coupled = isinstance(activation_named(self._layer_activation), CoupledActivation)
        self._activation = activation_code("identity" if coupled else own or self._layer_activation)
        self._is_alone = not coupled  # what is done to outputs of a layer that couples them is done by the layer

    def on_start(self) -> None:
        self._context.directory.register(self.address, self.actor_ref)

    def _activate(self, message: Activate) -> None:
        if message is self._activated:  # it came twice; the layer may have made more of what was written
            return
        if message.setup is not self._setup:
            self._take_over(message.setup)
        message.compute(message.inputs, message.committed, self._activation, self._index, message.sums, message.outputs)
        if self._treatment is not None and self._is_alone:
            treated = {self._index: self._treatment}
            treat_outputs(treated, self._layer, message.step, message.sums, message.outputs)
        self._activated = message
        self.handled += 1
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
        self.handled += 1
        treatment = self._treatment
        if treatment is not None and is_calm(treatment, self._layer, self._index, message.step):
            treatment = None
        if update.rule is None or treatment is not None:
            self._correct_by_hand(message, treatment)
        else:
            message.kernels.learn_neuron(
                message.errors, message.at_sums, self._activation, self._index, activated.inputs, activated.sums,
                activated.outputs, message.deltas, activated.committed, activated.spare, update.rule, update.factors,
            )  # fmt: skip
            if self._treatment is not None:
                flip_bits({self._index: self._treatment}, self._layer, message.step, activated.spare[0])
        reply, answers = self._reply, message.answers  # Mailbox.post without the call: all say it twice a step
        reply.question = message
        answers.messages.append(reply)
        if not answers.taken:
            answers.notify()

    def _correct_by_hand(self, message: Correct, treatment: Treatment | None) -> None:
        """Do what the kernels have no single function for: gradient rules, an optimizer of one's own, a treatment."""
        activated, update, index = message.activated, message.update, self._index
        row = activated.committed[0, index]
        gradient = np.empty_like(row)
        if treatment is None or message.at_sums:
            message.kernels.backward_neuron(
                message.errors, message.at_sums, self._activation, index, activated.inputs, activated.sums,
                activated.outputs, message.deltas, gradient,
            )  # fmt: skip
        else:
            errors, sums = message.errors[:, index], activated.sums[:, index]
            delta = delta_of(treatment, self._layer, index, message.step, self._layer_activation, errors, sums)
            message.deltas[:, index] = delta
            gradient = delta @ activated.inputs
        if update.rules is not None:
            gradient = update.rules.of_rows(row, gradient)
        if treatment is not None and not treatment.learns:
            gradient = np.zeros_like(row)
        if message.norms is not None:
            self._corrected, self._gradient = message, gradient
            message.norms[index] = gradient @ gradient
        else:
            self._change_row(message, update.optimizer, gradient)

    def _change(self, message: Change) -> None:
        if message.corrected is not self._corrected:
            return
        self.handled += 1
        self._change_row(message.corrected, message.optimizer, self._gradient * message.scale)
        self._corrected = None
        self._reply.question = message
        message.answers.post(self._reply)

    def _change_row(self, correct: Correct, optimizer: Optimizer, gradient: Vector) -> None:
        """Write what the committed row and slots become into the spare ones."""
        activated, index, treatment = correct.activated, self._index, self._treatment
        committed, spare = activated.committed[:, index], activated.spare[:, index]
        change_row(treatment or UNTREATED, optimizer, correct.step, committed, gradient, spare)
        if treatment is not None:
            flip_bits({index: treatment}, self._layer, correct.step, activated.spare[0])

    handlers: ClassVar = {Activate: _activate, Correct: _correct, Change: _change}
