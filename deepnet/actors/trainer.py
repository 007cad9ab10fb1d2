"""The trainer: sends each batch in, gets its error out, seals the step, and decides by the plan what is next."""

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

import numpy as np

from deepnet import events
from deepnet.actors.assignment import Assignment, Failure, Question
from deepnet.actors.context import Context
from deepnet.actors.epochs import close_epoch, restore_best
from deepnet.actors.grading import Grader
from deepnet.actors.keeper import Keeper
from deepnet.actors.line import Line
from deepnet.actors.messages import (
    Applied,
    Apply,
    Asked,
    Assigned,
    Backward,
    Forward,
    Healed,
    Learnt,
    Measured,
    Poisoned,
    Predicted,
    StopAtSeal,
    Update,
    Waiting,
    Way,
)
from deepnet.actors.vault import Bank
from deepnet.data.files import listed
from deepnet.data.sources import Pair
from deepnet.errors import DeepnetError, RunError
from deepnet.maths.arrays import Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.choice import factors_of, kernels_named, rule_of
from deepnet.maths.parameters import LayerParameters
from deepnet.training.course import CloseEpoch, Course, End, GoTo, PlayStep
from deepnet.training.evaluation import merged, tally_of
from deepnet.training.position import Position
from deepnet.training.state import RunState
from supervisor import ScheduledActor

_NO_FACTORS = np.empty(0)


class Trainer(ScheduledActor):
    """Hosts one run after another. All that it must not forget is in the vault and the assignment.

    So a trainer that dies is restarted and goes on: from the sealed step, with the next attempt.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        addresses = tuple(context.model.named_layers())
        self._first = Line(context.directory, addresses[0])
        self._last = Line(context.directory, addresses[-1])
        self._assignment: Assignment | None = None
        self._course: Course
        self._grader: Grader
        self._way: Way
        self._update: Update
        self._rule: int | None = None  # of the optimizer, for the kernels
        self._rules: GradientRules | None = None
        self._waits = False
        self._applied_layers: set[int] = set()
        self._question: Question | None = None
        self._targets: Any = None
        self._loss = 0.0
        self._tallies: tuple[Any, ...] = ()
        self._under_way = False
        self._step = self._attempt = 0
        self._banks: tuple[Bank, Bank] | None = None  # into one of which the step under way is written

    def on_start(self) -> None:
        # The run is taken up by mail: what goes wrong in a handler is a death, which is counted and ends a run that
        # cannot go on. Here it would be a start that failed, which is tried again until the whole network gives up.
        self._context.directory.register("trainer", self.actor_ref)

    def on_receive(self, message: Any) -> None:
        if not self.abandoned:  # one that was given up as hung, and comes to, must not touch the vault
            _TABLE[type(message)](self, message)

    # Deciding what is next.

    def _begin(self, _message: Assigned | None = None) -> None:
        """Take up the run that the context holds, where the vault says it stands; without one, the questions."""
        assignment = self._context.assignment
        if assignment is None or assignment.state != "running":
            self._asked()
            return
        if assignment is self._assignment:
            return
        self._assignment = assignment
        plan = assignment.plan
        self._course = Course(plan, assignment.source, assignment.handlers, assignment.history)
        kernels = kernels_named(plan.kernels, assignment.dtype)
        self._grader = Grader(plan.loss, self._context.model.dense[-1].activation, kernels)
        self._way = Way(kernels, plan.seed, end_sums=self._grader.at_sums)
        self._rules = plan.rules or None
        self._waits = plan.rules.clip_norm is not None
        self._rule = rule_of(plan.optimizer) if self._rules is None else None
        vault = self._context.vault
        begun = vault.run is assignment
        if not begun:
            point = self._context.restart_point
            if point.run is assignment:
                vault.take_up(assignment, point.state)
            else:
                vault.begin(assignment, plan.optimizer)
            self._context.forget_crashes()
        if self._context.poisoned() is not None:
            self._poison(vault.sealed.position.step + 1)
            return
        self._next()
        if begun and self._under_way and self._attempt > 1 and self._question is None:
            self._tell_replay()

    def _next(self) -> None:
        """Go on after a seal: answer who has asked, then make the moves that the course says, up to the next step."""
        assignment, vault, context = self._running(), self._context.vault, self._context
        if context.questions:
            self._play_question()
            return
        while True:
            position = vault.sealed.position
            move = self._course.next_move(
                position,
                seconds=assignment.elapsed,
                stop_asked=assignment.stop_asked,
                parameters=self._sealed_parameters,
            )
            if self.abandoned:  # a handler or a stream has hung for too long: another trainer has taken over
                return
            if type(move) is PlayStep:  # nearly always
                self._play(position, move.pair)
                return
            match move:
                case GoTo(position):
                    vault.move(position)
                case CloseEpoch():
                    if not vault.is_finite():
                        self._diverged()
                        return
                    close_epoch(context, assignment, position, self._course.last_learning_rate(position))
                case End(state, reason):
                    # In mid-epoch nobody has looked at the weights yet.
                    if state == "failed" or vault.is_finite():
                        self._end(state, reason)
                    else:
                        self._diverged()
                    return

    def _sealed_parameters(self) -> tuple[LayerParameters, ...]:
        return self._context.vault.read().parameters

    def _asked(self, _message: Asked | None = None) -> None:
        """Answer who has asked at once, if no run is under way; else it is done at the next seal."""
        if self._assignment is None and not self._under_way and self._context.questions:
            self._play_question()

    # One step.

    def _play(self, position: Position, pair: Pair) -> None:
        """Send the rows of the next step on their way, for the first time or again."""
        inputs, self._targets = pair
        step, optimizer = position.step + 1, self._course.optimizer(position)
        factors = _NO_FACTORS if self._rule is None else factors_of(optimizer, step, self._way.kernels.dtype)
        self._update = Update(optimizer, self._rules, self._waits, self._rule, factors)
        self._send_forward(step, self._way, inputs)

    def _send_forward(self, step: int, way: Way, inputs: Batch) -> None:
        vault = self._context.vault
        self._step, self._attempt, self._banks = step, vault.next_attempt(), vault.banks
        self._under_way = True
        self._first.send(Forward(step, self._attempt, vault.sealed.bank, way, inputs))

    def _predicted(self, message: Predicted) -> None:
        if self._is_stale(message):
            return
        if self._question is not None:
            self._answer(self._question)
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
        if self._is_stale(message):
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
        vault = self._context.vault
        position = vault.sealed.position
        tallies = merged(position.tallies, self._tallies) if self._tallies else ()
        if not vault.seal(position.sealed(self._loss, len(self._targets), tallies), self._banks):
            self._replay()
            return
        self._under_way = False
        self._context.forget_crashes()
        if self._context.wounded_at is not None:
            self._context.healed()
        keeper = self._running().keeper
        if keeper is not None and keeper.is_due(position.step + 1):
            self._keep(keeper)
        self._context.courtesy.give_way(at_once=keeper is not None and keeper.waiting is not None)
        self._next()

    def _keep(self, keeper: Keeper, *, is_last: bool = False) -> None:
        """Copy the sealed state for the checkpointer to make safe."""
        assignment, vault = self._running(), self._context.vault
        bank, position = vault.snapshot(), vault.sealed.position
        history = tuple(assignment.history[: position.complete_epochs])
        state = RunState(position, bank.rows, bank.slots, history, assignment.best, assignment.elapsed())
        keeper.waiting = state, is_last
        self._context.send("checkpointer", Waiting())

    def _is_stale(self, message: Predicted | Learnt | Measured | Applied) -> bool:
        return message.attempt != self._attempt or message.step != self._step or not self._under_way or self.abandoned

    # Questions.

    def _play_question(self) -> None:
        """Send the inputs of the oldest question on their way: they are looked at, and nothing is learnt from them."""
        try:
            self._question = self._context.questions[0]
        except IndexError:  # whoever asked has given up waiting
            self._question = None
            self._under_way = False
            if self._assignment is not None:
                self._next()
            return
        self._question.trace.clear()
        self._send_forward(
            self._context.vault.sealed.position.step,
            Way(self._question.kernels, None, trace=self._question.trace),
            self._question.inputs,
        )

    def _answer(self, question: Question, error: DeepnetError | None = None) -> None:
        """Let whoever asked go on, and then the run."""
        with suppress(ValueError):  # whoever asked may have given up waiting
            self._context.questions.remove(question)
        self._question = None
        self._under_way = False
        self._context.forget_crashes()
        question.error = error
        question.answered.set()
        if self._assignment is not None:
            self._next()
        else:
            self._asked()

    # What goes wrong.

    def _healed(self, _message: Healed) -> None:
        """Someone who may have lost a message of this step is back: play it again."""
        if not self._under_way:
            return
        if self._question is not None:
            self._play_question()
        else:
            self._replay()

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

    def _diverged(self) -> None:
        """The loss, or a weight, is no number any more: stop, and keep weights that are."""
        vault = self._context.vault
        position = vault.sealed.position
        what = f"the loss became {self._loss}" if self._under_way else "a weight became infinite"
        step = self._step if self._under_way else position.step
        if not vault.is_finite():
            # Nothing of the next step has been written yet, so the spare bank still is the step before.
            vault.fall_back(Position(position.epoch, step=position.step - 1))
            if not vault.is_finite():  # an infinite weight may pass unseen for long: a sigmoid of it is 1
                vault.restore(self._context.restart_point.state)
        self._end(
            "failed",
            f"{what} at step {step}: try a lower learning rate; "
            f"the weights of step {vault.sealed.position.step} are kept",
            kept=False,  # whoever resumes had better begin where all was well
        )

    def _poisoned(self, _message: Poisoned) -> None:
        if self._under_way:
            self._poison(self._step)

    def _poison(self, step: int) -> None:
        """End the run if somebody cannot get past *step*; a count that was taken back since says nobody."""
        poisoned = self._context.poisoned()
        if poisoned is None:
            return
        address, crash = poisoned
        told = str(crash).removesuffix(".")
        if self._question is not None:
            self._answer(self._question, RunError(f"{address} died again and again at step {step}: {told}"))
            return
        assignment, position = self._running(), self._context.vault.sealed.position
        rows = assignment.source.row_numbers(position.epoch, position.batch)
        assignment.failure = Failure(address, step, rows, crash.exception)
        over = f"batch {position.batch} of epoch {position.epoch}"
        if rows:
            over += f" ({'row' if len(rows) == 1 else 'rows'} {listed(rows)})"
        where = f"step {step}, over {over}" if rows != () else f"the end of epoch {position.epoch}"
        self._end("failed", f"{address} died again and again at {where}: {told}")

    def _stop_at_seal(self, _message: StopAtSeal) -> None:
        """The assignment says so too; this only wakes a trainer that has nothing under way."""
        if self._assignment is not None and not self._under_way:
            self._next()

    def _end(self, state: str, reason: str, *, kept: bool = True) -> None:
        assignment, context = self._running(), self._context
        if assignment.keeper is not None:
            if kept:
                self._keep(assignment.keeper, is_last=True)
            else:
                assignment.keeper.finish()
        if state != "failed":
            self._course.completed(context.vault.sealed.position, self._sealed_parameters)
            if self.abandoned:
                return
            reason += restore_best(context, assignment)
        self._under_way = False
        self._assignment = None
        if context.vault.is_finite():  # so that a new vault does not forget what has been learnt
            context.restart_from(RunState.at_rest(self._sealed_parameters(), context.vault.sealed.position), None)
        context.forget_crashes()
        context.end_run(assignment, state, reason)
        self._asked()

    def _running(self) -> Assignment:
        assert self._assignment is not None  # noqa: S101 - nobody plays a step without a run
        return self._assignment

    handlers: ClassVar = {Learnt: _learnt, Predicted: _predicted}


_TABLE: dict[type, Callable[[Trainer, Any], None]] = {
    Applied: Trainer._applied,  # noqa: SLF001 - its own methods
    Asked: Trainer._asked,  # noqa: SLF001
    Assigned: Trainer._begin,  # noqa: SLF001
    Healed: Trainer._healed,  # noqa: SLF001
    Learnt: Trainer._learnt,  # noqa: SLF001
    Measured: Trainer._measured,  # noqa: SLF001
    Poisoned: Trainer._poisoned,  # noqa: SLF001
    Predicted: Trainer._predicted,  # noqa: SLF001
    StopAtSeal: Trainer._stop_at_seal,  # noqa: SLF001
}
