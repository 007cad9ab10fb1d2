"""The course of a run: given where it stands, what is next. It decides; the trainer actor does."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from deepnet.data.sources import Pair, Source
from deepnet.errors import InputError
from deepnet.maths.optimizers import Optimizer, scaled
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.schedules import Constant
from deepnet.training.handlers import Event, Handler, Moment, Verdict, ask
from deepnet.training.history import EpochRecord
from deepnet.training.plan import Plan
from deepnet.training.position import EPOCH_ENDS, Position
from deepnet.training.rules import Progress


class GoTo(NamedTuple):
    """Move on to this position; nothing is learnt by it."""

    position: Position


class PlayStep(NamedTuple):
    """Learn these rows."""

    pair: Pair


class CloseEpoch(NamedTuple):
    """Measure the epoch that is over, and record it."""


class End(NamedTuple):
    """The run is over."""

    state: str
    reason: str


_ITERATION_STARTED, _ITERATION_COMPLETED = Event.ITERATION_STARTED, Event.ITERATION_COMPLETED

Move: TypeAlias = GoTo | PlayStep | CloseEpoch | End


class Course:
    """The state machine of one run. All its state is the position and the history that it is shown.

    So whoever takes up a run in the middle makes another Course, and it goes on as this one would have.

    Args:
        plan: what to do.
        source: gives the batches.
        handlers: called at the events.
        history: a record of each complete epoch; whoever closes epochs appends to it.
    """

    def __init__(self, plan: Plan, source: Source, handlers: Sequence[Handler], history: Sequence[EpochRecord]) -> None:
        self._plan = plan
        self._source = source
        self._handlers = handlers
        self._history = history
        self._looks_between_epochs = plan.until.looks_between_epochs
        self._announced: Position | None = None  # whose next step the handlers have been told of, and let begin

    def next_move(
        self,
        position: Position,
        *,
        seconds: Callable[[], float],
        stop_asked: bool,
        parameters: Callable[[], tuple[LayerParameters, ...]],
    ) -> Move:
        """Return what is next.

        Args:
            position: where the run stands.
            seconds: tells how long it has been going on.
            stop_asked: whether somebody wants it to end.
            parameters: gives copies of the sealed parameters, for handlers.
        """
        stage = position.stage
        if stage is _ITERATION_STARTED or (stage is _ITERATION_COMPLETED and not self._handlers):
            return self._at_step(position, seconds, stop_asked, parameters)
        if stage is Event.COMPLETED:
            return End("finished", f"a handler halted the run after step {position.step}")
        if stage in EPOCH_ENDS:
            return self._at_epoch_end(position, seconds, parameters)
        return GoTo(position.after(self._verdict(position, parameters)))

    def completed(self, position: Position, parameters: Callable[[], tuple[LayerParameters, ...]]) -> None:
        """Tell the handlers that the run is over."""
        self._verdict(position._replace(stage=Event.COMPLETED), parameters)

    def last_learning_rate(self, position: Position) -> float:
        """Return the learning rate of the step before the end of an epoch at *position*."""
        before = position._replace(step=max(0, position.step - 1), stage=Event.ITERATION_STARTED)
        return self.optimizer(before).learning_rate

    def optimizer(self, position: Position) -> Optimizer:
        """Return the optimizer of the step after *position*, at the learning rate that the schedule says."""
        plan = self._plan
        schedule = plan.schedule
        if isinstance(schedule, Constant):
            return plan.optimizer
        monitor = schedule.monitor
        values = () if monitor is None else tuple(self._progress(position).figures(monitor))
        return scaled(plan.optimizer, schedule.factor(epoch=position.epoch, step=position.step + 1, values=values))

    def _progress(self, position: Position, seconds: float = 0.0) -> Progress:
        return Progress(position.complete_epochs, position.step, seconds, self._history)

    def _at_step(
        self,
        position: Position,
        seconds: Callable[[], float],
        stop_asked: bool,
        parameters: Callable[[], tuple[LayerParameters, ...]],
    ) -> Move:
        try:
            pair = self._source.batch(position.epoch, position.batch)
        except InputError as error:
            return End("failed", str(error))
        if pair is None:
            return GoTo(position.at_epoch_end())
        if self._looks_between_epochs:
            done = self._plan.until.reached(self._progress(position, seconds()))
            if done is not None:
                return End("finished", done)
        if stop_asked:
            return End("stopped", f"asked to stop after step {position.step}")
        if self._handlers and position != self._announced:  # a step that is waited for is asked about again
            due = position._replace(stage=Event.ITERATION_STARTED)
            verdict = self._verdict(due, parameters)
            if verdict is not Verdict.CONTINUE:
                return GoTo(due.after(verdict))
            self._announced = position
        return PlayStep(pair)

    def _at_epoch_end(
        self,
        position: Position,
        seconds: Callable[[], float],
        parameters: Callable[[], tuple[LayerParameters, ...]],
    ) -> Move:
        epoch = position.epoch
        if len(self._history) < epoch:
            return CloseEpoch()
        if epoch > 1 and self._history[epoch - 1].step == self._history[epoch - 2].step:
            return End("failed", f"epoch {epoch} was halted before its first step: let a handler continue")
        verdict = self._verdict(position, parameters)
        done = self._plan.until.reached(self._progress(position, seconds()))
        return GoTo(position.after(verdict)) if done is None else End("finished", done)

    def _verdict(self, position: Position, parameters: Callable[[], tuple[LayerParameters, ...]]) -> Verdict:
        """Tell the event that is due to those who handle it."""
        if not self._handlers:
            return Verdict.CONTINUE
        record = self._history[position.epoch - 1] if position.stage in EPOCH_ENDS else None
        moment = Moment(position.stage, position.epoch, position.step, position.mean_loss, record, parameters)
        return ask(self._handlers, moment, position.times)
