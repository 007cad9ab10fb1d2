"""The trainer: decides by the plan what is next, plays it, and sees to those who want a moment between two steps."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from deepnet.actors.assignment import Failure, Hold, Question, Rest
from deepnet.actors.context import Context
from deepnet.actors.epochs import close_epoch, restore_best, tell_health
from deepnet.actors.keeper import Keeper
from deepnet.actors.messages import (
    Applied,
    Asked,
    Assigned,
    Due,
    GoOn,
    Healed,
    Interrupt,
    Learnt,
    Measured,
    Poisoned,
    Predicted,
    StopAtSeal,
    Waiting,
)
from deepnet.actors.player import StepPlayer
from deepnet.data.files import listed
from deepnet.errors import DeepnetError, RunError
from deepnet.maths.parameters import LayerParameters
from deepnet.training.course import CloseEpoch, End, GoTo, PlayStep
from deepnet.training.position import Position
from deepnet.training.state import RunState
from supervisor import send_after
from supervisor.core.timetable import Entry


class Trainer(StepPlayer):
    """Hosts one run after another. All that it must not forget is in the vault and the assignment.

    So a trainer that dies is restarted and goes on: from the sealed step, with the next attempt.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._alarm: Entry | None = None  # for the next step, where the run has a pace

    def on_start(self) -> None:
        # The run is taken up by mail: what goes wrong in a handler is a death, which is counted and ends a run that
        # cannot go on. Here it would be a start that failed, which is tried again until the whole network gives up.
        self._context.directory.register("trainer", self.actor_ref)

    def on_receive(self, message: Any) -> None:
        if not self.abandoned:  # one that was given up as hung, and comes to, must not touch the vault
            _TABLE[type(message)](self, message)

    # Deciding what is next.

    def _begin(self, _message: Assigned | None = None) -> None:
        """Take up the run that the context holds, where the vault says it stands; without one, the agenda."""
        context, assignment = self._context, self._context.assignment
        if not context.is_up:  # somebody else may still have to come up, unheard: Assigned follows when all are there
            return
        if assignment is None or assignment.state != "running":
            if context.agenda and not self._under_way:
                self._attend()
            return
        if assignment is self._assignment:
            return
        self._assignment = assignment
        begun = context.vault.run is assignment
        if not begun:
            context.take_up(assignment)
            context.forget_crashes()
        self._take_over(context.setup)
        if context.poisoned() is not None:
            self._poison(context.vault.sealed.position.step + 1)
            return
        self._next()
        if begun and self._under_way and self._attempt > 1 and self._question is None:
            self._tell_replay()

    def _next(self) -> None:
        """Go on after a seal: see to the agenda, then make the moves that the course says, up to the next step."""
        assignment, vault, context = self._running(), self._context.vault, self._context
        owes, self._owes_step = self._owes_step, False
        if context.agenda and not owes and self._attend():
            return
        if vault.sealed.setup is not self._setup:  # somebody has changed something
            self._take_over(vault.sealed.setup)
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
            if isinstance(move, PlayStep):  # nearly always
                rest = assignment.rest
                if rest is not None and rest.holds(position):
                    self._lie_down(rest)
                    return
                if assignment.rested_since is not None:
                    assignment.get_up()
                pace = assignment.plan.pace
                if pace is None or rest is not None or not self._must_wait(pace, position.step + 1):
                    self._play(position, move.pair)
                return
            if not self._make(move, position):
                return

    def _make(self, move: GoTo | CloseEpoch | End, position: Position) -> bool:
        """Make a move that is no step; False if there is nothing more to be done for now."""
        assignment, vault, context = self._running(), self._context.vault, self._context
        match move:
            case GoTo(further):
                vault.move(further)
                return True
            case CloseEpoch():
                if vault.is_finite():
                    close_epoch(context, assignment, position, self._course.last_learning_rate(position))
                    return True
                self._diverged()
            case End(state, reason):
                # In mid-epoch nobody has looked at the weights yet.
                if state == "failed" or vault.is_finite():
                    self._end(state, reason)
                else:
                    self._diverged()
        return False

    def _sealed_parameters(self) -> tuple[LayerParameters, ...]:
        return self._context.vault.read().parameters

    def _sealed(self, step: int) -> None:
        assignment = self._running()
        keeper, rest = assignment.keeper, assignment.rest
        if rest is not None:
            rest.count(step, len(self._targets))
        if keeper is not None and keeper.is_due(step):
            self._keep(keeper)
        self._context.courtesy.give_way(at_once=keeper is not None and keeper.waiting is not None)
        self._next()

    def _keep(self, keeper: Keeper, *, is_last: bool = False) -> None:
        """Copy the sealed state for the checkpointer to make safe."""
        keeper.waiting = self._context.state_of(self._running()), is_last
        self._context.send("checkpointer", Waiting())

    def _lie_down(self, rest: Rest) -> None:
        """Play no step until somebody says so."""
        assignment = self._running()
        if assignment.rested_since is None:
            # A new vault shall begin here: where the run rests, people look, and change things.
            self._context.restart_from(self._context.state_of(assignment), assignment)
            if assignment.keeper is not None:
                self._keep(assignment.keeper)
        assignment.lie_down(rest)
        if self._context.agenda:
            self._attend()

    def _must_wait(self, pace: float, step: int) -> bool:
        """Have somebody call when it is time for *step*, unless it is; meanwhile the trainer is free.

        Whoever plays a run step by step, and has it rest again, need not wait.
        """
        seconds = self._running().pace.wait(pace, step, self.actor_inbox.scheduler.clock.now())
        if not seconds:
            return False
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = send_after(self.actor_ref, seconds, Due())
        if self._context.agenda:  # of those who would have had to let a step pass first
            self._attend()
        return True

    def _due(self, _message: Due) -> None:
        """Go on, unless somebody has done that before, or will: who has the network held, or is being answered."""
        if self._assignment is not None and not self._under_way and not self._is_held():
            self._next()

    # Those who want a moment.

    def _attend(self) -> bool:
        """See to who is first on the agenda; False if he has given up waiting, and nobody else is there."""
        while True:
            try:
                first = self._context.agenda[0]
            except IndexError:
                return False
            if isinstance(first, Question) and self._context.by_message:
                self._refuse_questions()
                continue
            if isinstance(first, Question):
                self._ask(first)
                return True
            first.reached.set()
            if self._context.agenda and self._context.agenda[0] is first:
                return True

    def _refuse_questions(self) -> None:
        """While a step is played message by message those of a question would have to wait for them."""
        if self._context.by_message:
            for item in tuple(self._context.agenda):
                if isinstance(item, Question):
                    with suppress(ValueError):  # whoever asked may have given up waiting
                        self._context.agenda.remove(item)
                    item.error = RunError("the run stands in the middle of a step: step('batch') ends that, or resume")
                    item.answered.set()

    def _asked(self, _message: Asked | None = None) -> None:
        """See to the agenda at once, if no step is under way; else it is done at the next seal."""
        if self._under_way:
            if self._question is None:
                self._refuse_questions()
            return
        if self._assignment is None:
            self._begin()  # a run may have been begun whose news is still under way
        elif self._context.agenda:
            self._attend()

    def _interrupted(self, _message: Interrupt) -> None:
        """Give up the try at the step under way, of which nobody knows when it ends: it will be played anew."""
        if self._question is None:
            self._under_way = False
        self._asked()

    def _go_on(self, message: GoOn) -> None:
        """Somebody has done what he had the network held for, or wants the run to get up."""
        if self._under_way or self._is_held():
            return
        if self._assignment is None:
            self._begin()
            return
        self._refuse_questions()
        self._owes_step = message.owes_step
        self._next()

    def _is_held(self) -> bool:
        """Whether somebody is changing the network, who will say when he is done."""
        agenda = self._context.agenda
        return bool(agenda) and isinstance(agenda[0], Hold) and agenda[0].reached.is_set()

    def _answer(self, question: Question, error: DeepnetError | None = None) -> None:
        """Let whoever asked go on, and then the run."""
        with suppress(ValueError):  # whoever asked may have given up waiting
            self._context.agenda.remove(question)
        self._question = None
        self._under_way = False
        self._context.forget_crashes()
        question.error = error
        question.answered.set()
        self._after_question()

    def _after_question(self) -> None:
        if self._assignment is not None:
            self._next()
        else:
            self._begin()

    # What goes wrong.

    def _healed(self, _message: Healed) -> None:
        """Someone who may have lost a message of this step is back: play it again."""
        if not self._under_way:
            return
        if self._question is None:
            self._replay()
        elif self._question in self._context.agenda:
            self._ask(self._question)
        else:  # whoever asked has given up waiting
            self._question = None
            self._under_way = False
            self._after_question()

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
            f"{what} at step {step}: {self._advice()}; the weights of step {vault.sealed.position.step} are kept",
            kept=False,  # whoever resumes had better begin where all was well
        )

    def _advice(self) -> str:
        """Return what to do about numbers that are none."""
        if any(treatment.faults for of_layer in self._context.setup.treatments for treatment in of_layer.values()):
            return "faults are injected into its neurons, undo them; or try a lower learning rate"
        return "try a lower learning rate"

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
            tell_health(context, assignment)
        self._under_way = False
        self._assignment = None
        if context.vault.is_finite():  # so that a new vault does not forget what has been learnt
            sealed = context.vault.sealed
            context.restart_from(RunState.at_rest(self._sealed_parameters(), sealed.position, sealed.setup), None)
        context.forget_crashes()
        context.end_run(assignment, state, reason)
        self._begin()  # those who want a moment, or the next run

    handlers: ClassVar = {Learnt: StepPlayer._learnt, Predicted: StepPlayer._predicted}  # noqa: SLF001 - its own


_TABLE: dict[type, Callable[[Trainer, Any], None]] = {
    Applied: Trainer._applied,  # noqa: SLF001 - its own methods
    Asked: Trainer._asked,  # noqa: SLF001
    Assigned: Trainer._begin,  # noqa: SLF001
    Due: Trainer._due,  # noqa: SLF001
    GoOn: Trainer._go_on,  # noqa: SLF001
    Interrupt: Trainer._interrupted,  # noqa: SLF001
    Healed: Trainer._healed,  # noqa: SLF001
    Learnt: Trainer._learnt,  # noqa: SLF001
    Measured: Trainer._measured,  # noqa: SLF001
    Poisoned: Trainer._poisoned,  # noqa: SLF001
    Predicted: Trainer._predicted,  # noqa: SLF001
    StopAtSeal: Trainer._stop_at_seal,  # noqa: SLF001
}
