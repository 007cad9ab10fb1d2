"""Where a run stands: all that has to be known, besides parameters and plan, to go on from a sealed step."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from deepnet.errors import InputError
from deepnet.maths.checks import whole_number
from deepnet.training.handlers import Event, Verdict

_new = tuple.__new__
_ITERATION_COMPLETED = Event.ITERATION_COMPLETED


class Position(NamedTuple):
    """The state of a run after a sealed step; its stage is the event that is due next.

    Attributes:
        epoch: the epoch under way, from 1.
        batch: batches of it that have been learnt.
        step: sealed steps of the run.
        loss_sum: the losses of this epoch's batches, each times its rows, before their updates.
        rows_seen: rows of this epoch that have been learnt.
        stage: the event that comes next.
        tallies: of a stream, what its metrics have seen of this epoch.
        halted: epochs before this one that were halted.
        unplayed: steps of the run that were halted as they started.
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    rows_seen: int = 0
    stage: Event = Event.STARTED
    tallies: tuple[Any, ...] = ()
    halted: int = 0
    unplayed: int = 0

    def sealed(self, loss: float, rows: int, tallies: tuple[Any, ...] = ()) -> "Position":
        """The position once the step that learnt *rows* rows at *loss* is sealed."""
        epoch, batch, step, loss_sum, rows_seen, _, _, halted, unplayed = self
        return _new(  # Position(...), which is asked for at every step, at half its price
            Position,
            (
                epoch,
                batch + 1,
                step + 1,
                loss_sum + loss * rows,
                rows_seen + rows,
                _ITERATION_COMPLETED,
                tallies,
                halted,
                unplayed,
            ),
        )

    def after(self, verdict: Verdict) -> "Position":
        """The position once the event that is due has happened and its handlers have said *verdict*."""
        following = NEXT_STAGE[self.stage, verdict]
        if following is Event.EPOCH_STARTED and self.stage in EPOCH_ENDS:
            halted = self.halted + (self.stage is Event.EPOCH_HALTED)
            return Position(self.epoch + 1, step=self.step, stage=following, halted=halted, unplayed=self.unplayed)
        if self.stage is Event.ITERATION_STARTED:
            return self._replace(stage=following, unplayed=self.unplayed + 1)
        return self._replace(stage=following)

    def past_batch(self) -> "Position":
        """The position once the next batch of the epoch has been left out, for nobody can get past it."""
        return self._replace(batch=self.batch + 1)

    def at_epoch_end(self) -> "Position":
        """The position once the epoch has no more batches."""
        return self._replace(stage=Event.EPOCH_COMPLETED)

    @property
    def complete_epochs(self) -> int:
        """Epochs that are over, the one included whose end is due."""
        if self.stage is _ITERATION_COMPLETED:
            return self.epoch - 1
        return self.epoch if self.stage in EPOCH_ENDS else self.epoch - 1

    @property
    def times(self) -> int:
        """How often the event that is due has happened in the run, with this time."""
        match self.stage:
            case Event.ITERATION_STARTED:
                return self.step + self.unplayed + 1
            case Event.ITERATION_COMPLETED:
                return self.step
            case Event.EPOCH_STARTED:
                return self.epoch
            case Event.EPOCH_COMPLETED:
                return self.epoch - self.halted
            case Event.EPOCH_HALTED:
                return self.halted + 1
        return 1

    @property
    def mean_loss(self) -> float:
        """The mean loss of the epoch so far, each row counted once; nan before its first batch."""
        return self.loss_sum / self.rows_seen if self.rows_seen else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Return the position as plain data that `position_from_dict` takes back, without its tallies."""
        return {name: value for name, value in self._asdict().items() if name != "tallies"} | {"stage": str(self.stage)}


EPOCH_ENDS = (Event.EPOCH_COMPLETED, Event.EPOCH_HALTED)

NEXT_STAGE: dict[tuple[Event, Verdict], Event] = {
    (Event.STARTED, Verdict.CONTINUE): Event.EPOCH_STARTED,
    (Event.STARTED, Verdict.HALT_EPOCH): Event.EPOCH_STARTED,
    (Event.STARTED, Verdict.HALT_RUN): Event.COMPLETED,
    (Event.EPOCH_STARTED, Verdict.CONTINUE): Event.ITERATION_STARTED,
    (Event.EPOCH_STARTED, Verdict.HALT_EPOCH): Event.EPOCH_HALTED,
    (Event.EPOCH_STARTED, Verdict.HALT_RUN): Event.COMPLETED,
    # To continue from here is to play a step, whose seal leads on.
    (Event.ITERATION_STARTED, Verdict.HALT_EPOCH): Event.EPOCH_HALTED,
    (Event.ITERATION_STARTED, Verdict.HALT_RUN): Event.COMPLETED,
    (Event.ITERATION_COMPLETED, Verdict.CONTINUE): Event.ITERATION_STARTED,
    (Event.ITERATION_COMPLETED, Verdict.HALT_EPOCH): Event.EPOCH_HALTED,
    (Event.ITERATION_COMPLETED, Verdict.HALT_RUN): Event.COMPLETED,
    (Event.EPOCH_COMPLETED, Verdict.CONTINUE): Event.EPOCH_STARTED,
    (Event.EPOCH_COMPLETED, Verdict.HALT_EPOCH): Event.EPOCH_STARTED,
    (Event.EPOCH_COMPLETED, Verdict.HALT_RUN): Event.COMPLETED,
    (Event.EPOCH_HALTED, Verdict.CONTINUE): Event.EPOCH_STARTED,
    (Event.EPOCH_HALTED, Verdict.HALT_EPOCH): Event.EPOCH_STARTED,
    (Event.EPOCH_HALTED, Verdict.HALT_RUN): Event.COMPLETED,
}
"""The state machine of a run: from the event that was due, and what its handlers said, to the next one."""

_LEAST = {"epoch": 1, "batch": 0, "step": 0, "rows_seen": 0, "halted": 0, "unplayed": 0}


def position_from_dict(data: Mapping[str, Any], tallies: tuple[Any, ...] = ()) -> Position:
    """Return the position that `Position.to_dict` described, with these tallies.

    Raises:
        InputError: the data describe no position.
    """
    try:
        counts = {name: whole_number(name, data[name], at_least=least) for name, least in _LEAST.items()}
        loss_sum, stage = float(data["loss_sum"]), Event(data["stage"])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no position: {error!r}") from None
    if strange := set(data) - {*Position._fields}:
        raise InputError(f"a position has no {min(strange)!r}")
    return Position(**counts, loss_sum=loss_sum, stage=stage, tallies=tallies)
