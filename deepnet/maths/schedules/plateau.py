"""A schedule that watches how the run goes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from deepnet.errors import InputError
from deepnet.maths.checks import yes_or_no
from deepnet.maths.metrics import metric_named
from deepnet.maths.schedules.schedule import ScheduleOptions


@dataclass(frozen=True, slots=True)
class ReduceOnPlateau(ScheduleOptions):
    """The learning rate is multiplied by *gamma* whenever the monitored figure no longer gets better.

    An epoch is better if its figure beats the best so far by more than *min_delta*. After more than *patience*
    epochs in a row that are not, the factor becomes max(gamma * factor, minimum), and epochs are counted afresh,
    but for the next *cooldown* ones, which do not count. An epoch whose figure is nan is not better.

    It depends on nothing but the figures, so a run that is played again gets the same factors.

    Args:
        gamma: what a plateau multiplies the learning rate by, above 0 and below 1.
        patience: how many epochs without getting better are borne, 0 or more.
        min_delta: what counts as better, in the unit of the figure, 0 or more.
        minimum: the factor never falls below this.
        cooldown: how many epochs after a change do not count.
        higher_is_better: whether the figure is to rise, as an accuracy is, or to fall, as a loss is. Unless it is
            given it is what the metric of that name says.
        monitor: which figure: ``loss``, the name of a metric, or either with ``validation_`` before it.

    Source: torch.optim.lr_scheduler.ReduceLROnPlateau with threshold_mode="abs" and eps=0, whose factor is *gamma*,
    threshold is *min_delta*, min_lr is *minimum* times the learning rate, and mode "max" is *higher_is_better*.

    Raises:
        InputError: an option is outside its range.
        UnknownNameError: there is no such figure, and it is not given whether it is to rise; the message lists the
            metrics.
    """

    name: ClassVar[str] = "reduce_on_plateau"

    gamma: float = 0.1
    patience: int = 10
    min_delta: float = 1e-4
    minimum: float = 0.0
    cooldown: int = 0
    higher_is_better: bool | None = None
    monitor: str = "loss"

    def __post_init__(self) -> None:
        ScheduleOptions.__post_init__(self)
        if self.gamma == 1:
            raise InputError("gamma must be below 1, or a plateau changes nothing, got 1")
        _require_name(self.monitor)
        yes_or_no("higher_is_better", self.rises)

    @property
    def rises(self) -> bool:
        """Whether the figure is better when it is higher."""
        if self.higher_is_better is not None:
            return self.higher_is_better
        name = self.monitor.removeprefix("validation_")
        return name != "loss" and metric_named(name).higher_is_better

    def factor(self, *, epoch: int, step: int, values: Sequence[float] = ()) -> float:  # noqa: ARG002 - the others need them
        return _folded(self, tuple(values))


def _require_name(monitor: object) -> None:
    if not isinstance(monitor, str) or not monitor:
        raise InputError(f"monitor must be the name of a figure, such as 'loss', got {monitor!r}")


@lru_cache(maxsize=16)  # all steps of an epoch ask for the same
def _folded(schedule: ReduceOnPlateau, values: tuple[float, ...]) -> float:
    """Return the factor after epochs with these figures."""
    sign = -1.0 if schedule.rises else 1.0
    factor, best, bad_epochs, cooling = 1.0, math.inf, 0, 0
    for value in values:
        if sign * value < best - schedule.min_delta:
            best, bad_epochs = sign * value, 0
        else:
            bad_epochs += 1
        if cooling:
            cooling, bad_epochs = cooling - 1, 0
        if bad_epochs > schedule.patience:
            factor = max(factor * schedule.gamma, schedule.minimum)
            cooling, bad_epochs = schedule.cooldown, 0
    return factor
