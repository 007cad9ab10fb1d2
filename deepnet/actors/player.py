"""Playing one step: its rows go in, its error comes out and goes back, and when all have learnt it is sealed."""

import math
from typing import Any

import numpy as np

from deepnet import events
from deepnet.actors.assignment import Assignment, Question
from deepnet.actors.context import Context
from deepnet.actors.grading import Grader
from deepnet.actors.line import Line
from deepnet.actors.messages import Applied, Apply, Backward, Forward, Learnt, Measured, Predicted, Update, Way
from deepnet.actors.vault import Bank
from deepnet.data.sources import Pair
from deepnet.maths.arrays import Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.choice import factors_of, kernels_named, rule_of
from deepnet.maths.losses import loss_named
from deepnet.maths.optimizers import SGD
from deepnet.training.course import Course
from deepnet.training.evaluation import merged, tally_of
from deepnet.training.position import Position
from deepnet.training.setup import Setup
from supervisor import ScheduledActor

_NO_FACTORS = np.empty(0)
_UNUSED = Update(SGD(), None, waits=True, rule=None, factors=_NO_FACTORS)
"""What errors are sent back with that nobody is to learn from: the gradients wait for ever."""


class StepPlayer(ScheduledActor):
    """The part of the trainer that plays steps, and questions, which are steps that nobody learns from.

    Args:
        context: what the actors of the network share.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        addresses = tuple(context.model.named_layers())
        self._first = Line(context.directory, addresses[0])
        self._last = Line(context.directory, addresses[-1])
        self._assignment: Assignment | None = None
        self._setup: Setup | None = None
        self._course: Course
        self._grader: Grader
        self._way: Way
        self._update: Update
        self._rule: int | None = None  # of the optimizer, for the kernels
        self._rules: GradientRules | None = None
        self._waits = False
        self._applied_layers: set[int] = set()
        self._question: Question | None = None
        self._latest: Any = None
        self._targets: Any = None
        self._loss = 0.0
        self._tallies: tuple[Any, ...] = ()
        self._under_way = False
        self._owes_step = False  # before somebody else gets the next moment: who asks on and on must not stop the run
        self._step = self._attempt = 0
        self._banks: tuple[Bank, Bank] | None = None  # into one of which the step under way is written

    def _take_over(self, setup: Setup) -> None:
        """Play from now on as *setup* says."""
        assignment = self._running()
        assert setup.plan is not None  # noqa: S101 - a run has one
        plan = assignment.plan = setup.plan
        assignment.source = assignment.source.cut(plan.batch_size, setup.recut)
        self._setup = setup
        self._tallies = ()
        self._course = Course(plan, assignment.source, assignment.handlers, assignment.history)
        kernels = kernels_named(plan.kernels, assignment.dtype)
        self._grader = Grader(plan.loss, setup, kernels)
        self._way = Way(kernels, setup, plan.seed, end_sums=self._grader.at_sums)
        self._rules = plan.rules or None
        self._waits = plan.rules.clip_norm is not None
        self._rule = rule_of(plan.optimizer) if self._rules is None else None

    def _play(self, position: Position, pair: Pair) -> None:
        """Send the rows of the next step on their way, for the first time or again."""
        inputs, self._targets = pair
        step, optimizer = position.step + 1, self._course.optimizer(position)
        factors = _NO_FACTORS if self._rule is None else factors_of(optimizer, step, self._way.kernels.dtype)
        self._update = Update(optimizer, self._rules, self._waits, self._rule, factors)
        self._send_forward(step, self._context.vault.next_attempt(), self._way, inputs)

    def _send_forward(self, step: int, attempt: int, way: Way, inputs: Batch) -> None:
        sealed = self._context.vault.sealed
        self._step, self._attempt, self._banks = step, attempt, sealed.banks
        self._under_way = True
        self._first.send(Forward(step, self._attempt, sealed.bank, way, inputs))

    def _predicted(self, message: Predicted) -> None:
        if self._is_stale(message) or self._has_come(message):
            return
        if self._question is not None:
            self._predicted_for(self._question, message)
            return
        assignment = self._running()
        self._loss, errors = self._grader.grade(message, self._targets)
        if self.abandoned:
            return
        if not math.isfinite(self._loss):
            self._diverged()
            return
        if assignment.source.rows is None:  # a stream cannot be measured again at the end of the epoch
            self._tallies = tally_of(message.outputs[:, :-1], self._targets, tuple(assignment.plan.metrics))
        self._last.send(Backward(self._step, self._attempt, self._update, errors, self._grader.at_sums))

    def _measured(self, message: Measured) -> None:
        """Every gradient is there, and so is the norm of all: let them be applied."""
        if self._is_stale(message) or self._has_come(message):
            return
        if self._question is not None:
            self._answer(self._question)
            return
        scale = self._running().plan.rules.norm_scale(message.squares)
        self._applied_layers = set()
        for address in self._context.model.named_dense():
            self._context.send(address, Apply(self._step, self._attempt, self._update.optimizer, scale))

    def _applied(self, message: Applied) -> None:
        if self._is_stale(message):
            return
        self._applied_layers.add(message.layer)
        if len(self._applied_layers) == len(self._context.model.dense):
            self._seal()

    def _learnt(self, message: Learnt) -> None:
        if not self._is_stale(message):
            self._seal()

    def _seal(self) -> None:
        context, vault, attempt = self._context, self._context.vault, self._attempt
        position = vault.sealed.position
        tallies = merged(position.tallies, self._tallies) if self._tallies else ()
        if not vault.seal(position.sealed(self._loss, len(self._targets), tallies), self._banks):
            self._replay()
            return
        self._under_way = False
        context.forget_crashes()
        if context.wounded_at is not None:
            context.healed()
        if context.watching.layers:
            context.watching.publish(self._step, attempt, vault.sealed)
        self._sealed(position.step + 1)

    def _replay(self) -> None:
        """Play the step again that is under way."""
        if self.abandoned:
            return
        position = self._context.vault.sealed.position
        pair = self._running().source.batch(position.epoch, position.batch)
        assert pair is not None  # noqa: S101 - the same batch that is under way
        self._play(position, pair)
        self._tell_replay()

    def _tell_replay(self) -> None:
        self._context.watchers.tell(events.StepReplayed(self._context.name, self._step, self._attempt))

    def _is_stale(self, message: Predicted | Learnt | Measured | Applied) -> bool:
        return message.attempt != self._attempt or message.step != self._step or not self._under_way or self.abandoned

    def _has_come(self, message: Predicted | Measured) -> bool:
        """Whether this very message was the last one, too: one that comes twice counts once."""
        latest, self._latest = self._latest, message
        return message is latest

    def _running(self) -> Assignment:
        assert self._assignment is not None  # noqa: S101 - nobody plays a step without a run
        return self._assignment

    # Questions.

    def _ask(self, question: Question) -> None:
        """Send the inputs of a question on their way: they are looked at, and nothing is learnt from them."""
        self._question = question
        question.trace.clear()
        vault, loss = self._context.vault, question.loss or loss_named("mean_squared_error")
        sealed = vault.sealed
        graded = self._question_grader = Grader(loss, sealed.setup, question.kernels)
        way = Way(question.kernels, sealed.setup, None, end_sums=graded.at_sums, trace=question.trace)
        attempt = -vault.next_attempt()  # so that what was said when that step was learnt cannot match
        self._send_forward(sealed.position.step, attempt, way, question.inputs)

    def _predicted_for(self, question: Question, message: Predicted) -> None:
        if question.targets is None:
            self._answer(question)
            return
        grader = self._question_grader
        _, errors = grader.grade(message, question.targets)
        self._last.send(Backward(self._step, self._attempt, _UNUSED, errors, grader.at_sums))

    # What the trainer decides.

    def _sealed(self, step: int) -> None:
        """*step* has just been sealed."""
        raise NotImplementedError

    def _answer(self, question: Question) -> None:
        """All that *question* asked is there."""
        raise NotImplementedError

    def _diverged(self) -> None:
        """The loss is no number."""
        raise NotImplementedError
