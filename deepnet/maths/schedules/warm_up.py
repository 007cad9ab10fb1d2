"""A slow beginning, and another schedule after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from deepnet.maths.schedules.schedule import Schedule, ScheduleOptions, position, require_schedule


@dataclass(frozen=True, slots=True)
class WarmUp(ScheduleOptions):
    """From *start* times the learning rate up to all of it, in a line over *length* epochs (or steps); then *then*.

    factor = start + (1 - start) * t / length, where t epochs (or steps) came before, while t < length.

    After that it is 1, or what *then* says. Of what the warm-up counts, epochs or steps, *then* counts those after
    it only, and of the other all since the run began; it sees the values of the epochs that it counts.

    Source: torch.optim.lr_scheduler.LinearLR, and SequentialLR with it and *then*; Goyal et al., Accurate, large
    minibatch SGD: training ImageNet in 1 hour (2017), section 2.2.

    Raises:
        InputError: length is not a whole number of 1 or more, start is not above 0 and at most 1, or then is
            no schedule.
        UnknownNameError: per is neither epoch nor step.
    """

    name: ClassVar[str] = "warm_up"

    length: int
    start: float = 1 / 3
    then: Schedule | None = None
    per: str = "epoch"

    def __post_init__(self) -> None:
        ScheduleOptions.__post_init__(self)
        if self.then is not None:
            require_schedule("then", self.then)

    @property
    def monitor(self) -> str | None:
        return None if self.then is None else self.then.monitor

    def factor(self, *, epoch: int, step: int, values: Sequence[float] = ()) -> float:
        done = position(self.per, epoch, step)
        if done < self.length:
            return self.start + (1 - self.start) * done / self.length
        if self.then is None:
            return 1.0
        if self.per == "step":
            return self.then.factor(epoch=epoch, step=step - self.length, values=values)
        return self.then.factor(epoch=epoch - self.length, step=step, values=values[self.length :])

    def to_dict(self) -> dict[str, Any]:
        then = None if self.then is None else self.then.to_dict()
        return {"name": self.name, "length": self.length, "start": self.start, "then": then, "per": self.per}
