"""Where a run stands: all that has to be known, besides parameters and plan, to go on from a sealed step."""

from dataclasses import dataclass

from deepnet.data.batches import batch_count, batch_slice
from deepnet.training.plan import Plan


@dataclass(frozen=True, slots=True)
class Position:
    """The state of a run after a sealed step.

    Attributes:
        epoch: the epoch under way, from 1.
        batch: batches of it that have been learnt.
        step: sealed steps of the run.
        loss_sum: the losses of this epoch's batches, each times its rows, before their updates.
        rows_seen: rows of this epoch that have been learnt.
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    rows_seen: int = 0

    def epoch_is_complete(self, plan: Plan, rows: int) -> bool:
        return self.batch >= batch_count(rows, plan.batch_size)

    def batch_slice(self, plan: Plan, rows: int) -> slice:
        """Which part of the epoch's order the next step learns."""
        return batch_slice(self.batch, plan.batch_size, rows)

    def sealed(self, loss: float, rows: int) -> "Position":
        """The position once the step that learnt *rows* rows at *loss* is sealed."""
        return Position(self.epoch, self.batch + 1, self.step + 1, self.loss_sum + loss * rows, self.rows_seen + rows)

    def next_epoch(self) -> "Position":
        return Position(epoch=self.epoch + 1, step=self.step)

    @property
    def mean_loss(self) -> float:
        """The mean loss of the epoch so far, each row counted once; nan before its first batch."""
        return self.loss_sum / self.rows_seen if self.rows_seen else float("nan")


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch came to.

    Attributes:
        epoch: its number, from 1.
        step: the steps sealed by its end.
        loss: the mean loss over its rows, each measured just before its own update.
        metrics: measured on all training rows with the weights sealed at its end; those that were asked for.
        validation: the same on the rows that were held out; empty without any.
    """

    epoch: int
    step: int
    loss: float
    metrics: dict[str, float]
    validation: dict[str, float]
