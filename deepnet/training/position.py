"""Where a run stands: all that has to be known, besides parameters and plan, to go on from a sealed step."""

from typing import Any, NamedTuple

from deepnet.training.handlers import Event, Verdict


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
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    rows_seen: int = 0
    stage: Event = Event.STARTED
    tallies: tuple[Any, ...] = ()

    def sealed(self, loss: float, rows: int, tallies: tuple[Any, ...] = ()) -> "Position":
        """The position once the step that learnt *rows* rows at *loss* is sealed."""
        return Position(
            self.epoch,
            self.batch + 1,
            self.step + 1,
            self.loss_sum + loss * rows,
            self.rows_seen + rows,
            Event.ITERATION_COMPLETED,
            tallies,
        )

    def after(self, verdict: Verdict) -> "Position":
        """The position once the event that is due has happened and its handlers have said *verdict*."""
        following = NEXT_STAGE[self.stage, verdict]
        if following is Event.EPOCH_STARTED and self.stage in EPOCH_ENDS:
            return Position(epoch=self.epoch + 1, step=self.step, stage=following)
        return self._replace(stage=following)

    def at_epoch_end(self) -> "Position":
        """The position once the epoch has no more batches."""
        return self._replace(stage=Event.EPOCH_COMPLETED)

    @property
    def complete_epochs(self) -> int:
        """Epochs that are over, the one included whose end is due."""
        return self.epoch if self.stage in EPOCH_ENDS else self.epoch - 1

    @property
    def times(self) -> int:
        """How often the event that is due has happened in the run, with this time."""
        match self.stage:
            case Event.ITERATION_STARTED:
                return self.step + 1
            case Event.ITERATION_COMPLETED:
                return self.step
            case Event.STARTED | Event.COMPLETED:
                return 1
        return self.epoch

    @property
    def mean_loss(self) -> float:
        """The mean loss of the epoch so far, each row counted once; nan before its first batch."""
        return self.loss_sum / self.rows_seen if self.rows_seen else float("nan")


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
