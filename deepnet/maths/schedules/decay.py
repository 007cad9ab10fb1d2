"""Schedules that know from the start where they go: held, in stairs, by a power, along a cosine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from deepnet.maths.schedules.schedule import ScheduleOptions, position


@dataclass(frozen=True, slots=True)
class Constant(ScheduleOptions):
    """The learning rate stays as it is."""

    name: ClassVar[str] = "constant"
    monitor: ClassVar[str | None] = None

    def factor(self, *, epoch: int, step: int, values: Sequence[float] = ()) -> float:  # noqa: ARG002 - the others need them
        return 1.0


@dataclass(frozen=True, slots=True)
class StepDecay(ScheduleOptions):
    """Stairs: after each *every* epochs (or steps) the learning rate is multiplied by *gamma*.

    factor = gamma^floor(t / every), where t epochs (or steps) came before.

    Source: torch.optim.lr_scheduler.StepLR, whose step_size is *every*.

    Raises:
        InputError: every is not a whole number of 1 or more, or gamma is not above 0 and at most 1.
        UnknownNameError: per is neither epoch nor step.
    """

    name: ClassVar[str] = "step_decay"
    monitor: ClassVar[str | None] = None

    every: int
    gamma: float = 0.1
    per: str = "epoch"

    def factor(self, *, epoch: int, step: int, values: Sequence[float] = ()) -> float:  # noqa: ARG002 - the others need them
        return float(self.gamma ** (position(self.per, epoch, step) // self.every))


@dataclass(frozen=True, slots=True)
class Exponential(ScheduleOptions):
    """After each epoch (or step) the learning rate is multiplied by *gamma*.

    factor = gamma^t, where t epochs (or steps) came before.

    Source: torch.optim.lr_scheduler.ExponentialLR.

    Raises:
        InputError: gamma is not above 0 and at most 1.
        UnknownNameError: per is neither epoch nor step.
    """

    name: ClassVar[str] = "exponential"
    monitor: ClassVar[str | None] = None

    gamma: float
    per: str = "epoch"

    def factor(self, *, epoch: int, step: int, values: Sequence[float] = ()) -> float:  # noqa: ARG002 - the others need them
        return float(self.gamma ** position(self.per, epoch, step))


@dataclass(frozen=True, slots=True)
class Cosine(ScheduleOptions):
    """Half a wave, from the whole learning rate down to *minimum* times it, where it stays.

    factor = minimum + (1 - minimum) * (1 + cos(pi * min(t, length) / length)) / 2,
    where t epochs (or steps) came before.

    Source: torch.optim.lr_scheduler.CosineAnnealingLR with T_max = length and eta_min = minimum * learning rate, which
    rises again after T_max, where this one stays; Loshchilov and Hutter, SGDR: stochastic gradient descent with warm
    restarts (2017), equation 5.

    Raises:
        InputError: length is not a whole number of 1 or more, or minimum is not from 0 to 1.
        UnknownNameError: per is neither epoch nor step.
    """

    name: ClassVar[str] = "cosine"
    monitor: ClassVar[str | None] = None

    length: int
    minimum: float = 0.0
    per: str = "epoch"

    def factor(self, *, epoch: int, step: int, values: Sequence[float] = ()) -> float:  # noqa: ARG002 - the others need them
        done = position(self.per, epoch, step)
        if done >= self.length:
            return self.minimum
        return self.minimum + (1 - self.minimum) * (1 + math.cos(math.pi * done / self.length)) / 2
