"""Stop rules that look at how a figure goes from epoch to epoch."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from deepnet.maths.checks import non_negative_number, whole_number, yes_or_no
from deepnet.maths.metrics import metric_named
from deepnet.training.history import VALIDATION
from deepnet.training.rules import Best, Progress, StopRule


def higher_is_better(monitor: str) -> bool:
    """Return whether the figure called *monitor* is good when it is high.

    Raises:
        UnknownNameError: there is no such figure; the message lists the metrics.
    """
    name = monitor.removeprefix(VALIDATION)
    return name != "loss" and metric_named(name).higher_is_better


def best_epoch(figures: Iterable[float], *, highest: bool, min_delta: float = 0.0) -> int:
    """Return the number, from 1, of the last epoch that was better than the best before it by *min_delta*; 0 if none.

    A nan is never better.
    """
    best, epoch = float("-inf"), 0
    for number, figure in enumerate(figures, start=1):
        value = figure if highest else -figure
        if value > best + min_delta or (epoch == 0 and value == value):  # noqa: PLR0124 - a nan does not equal itself
            best, epoch = value, number
    return epoch


@dataclass(frozen=True, slots=True)
class Patience(StopRule):
    """Early stopping: holds once *monitor* has not got better for so many epochs.

    Args:
        epochs: how long to wait, 1 or more.
        monitor: ``loss``, a metric, or ``validation_`` and one of these.
        min_delta: better by no more than this is not better.
        restore_best: end with the weights of the best epoch, whatever ends the run, instead of the last one's.

    Source: tf.keras.callbacks.EarlyStopping; Goodfellow, Bengio, Courville, Deep Learning (2016), algorithm 7.1.

    Raises:
        InputError: a number is out of its range.
        UnknownNameError: there is no such figure.
    """

    kind: ClassVar[str] = "patience"

    epochs: int
    monitor: str = "loss"
    min_delta: float = 0.0
    restore_best: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "epochs", whole_number("the epochs of a Patience", self.epochs, at_least=1))
        higher_is_better(self.monitor)
        object.__setattr__(self, "min_delta", non_negative_number("min_delta", self.min_delta))
        yes_or_no("restore_best", self.restore_best)

    @property
    def monitors(self) -> tuple[str, ...]:
        return (self.monitor,)

    @property
    def best_kept(self) -> Best | None:
        return Best(self.monitor, higher_is_better(self.monitor), self.min_delta) if self.restore_best else None

    def reached(self, progress: Progress) -> str | None:
        if progress.epochs <= self.epochs:
            return None
        best = best_epoch(
            progress.figures(self.monitor), highest=higher_is_better(self.monitor), min_delta=self.min_delta
        )
        if progress.epochs - best < self.epochs:
            return None
        if best == 0:
            return f"{self.monitor} was no number in any of {progress.epochs} epochs"
        figure = progress.history[best - 1].figure(self.monitor)
        return f"{self.monitor} has not got better for {self.epochs} epochs: best {figure:.6g} in epoch {best}"


@dataclass(frozen=True, slots=True)
class Plateau(StopRule):
    """Holds once *monitor* has stayed the same for so many epochs: all its values lie within *min_delta*.

    Args:
        epochs: how many, 2 or more.
        monitor: ``loss``, a metric, or ``validation_`` and one of these.
        min_delta: what still counts as the same, 0 or more.

    Raises:
        InputError: a number is out of its range.
        UnknownNameError: there is no such figure.
    """

    kind: ClassVar[str] = "plateau"

    epochs: int
    monitor: str = "loss"
    min_delta: float = 1e-4

    def __post_init__(self) -> None:
        object.__setattr__(self, "epochs", whole_number("the epochs of a Plateau", self.epochs, at_least=2))
        higher_is_better(self.monitor)
        object.__setattr__(self, "min_delta", non_negative_number("min_delta", self.min_delta))

    @property
    def monitors(self) -> tuple[str, ...]:
        return (self.monitor,)

    def reached(self, progress: Progress) -> str | None:
        if progress.epochs < self.epochs:
            return None
        figures = list(islice(progress.figures(self.monitor), progress.epochs - self.epochs, None))
        # max and min pass over a nan or not, depending on where it stands.
        if any(map(math.isnan, figures)) or not max(figures) - min(figures) <= self.min_delta:
            return None
        return f"{self.monitor} has stayed within {self.min_delta:g} for {self.epochs} epochs"
