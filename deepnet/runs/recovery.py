"""What a fault did to a run, and how the run got over it: errors beside those of the undisturbed run."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from deepnet.actors.faults import DELIVERY_FAULTS

GIVEN_UP = "given up"
"""The state of a run that took too long."""
HARDLY = 0.9
"""An error above this share of that of the mean alone is one of a network that has hardly learnt."""


@dataclass(frozen=True, slots=True)
class Level:
    """What goes wrong, and how much.

    Attributes:
        fault: one of `deepnet.runs.injecting.FAULTS`.
        rate: the probability that it strikes at a message or, if it is of value, at a step.
        amount: see `deepnet.runs.changing.Changing.inject`; None for what is usual, or where it means nothing.
    """

    fault: str
    rate: float
    amount: float | None = None

    @property
    def is_of_delivery(self) -> bool:
        """Whether it must not change one bit."""
        return self.fault in DELIVERY_FAULTS


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run that was disturbed for some epochs, beside the same run undisturbed.

    Attributes:
        level: what went wrong.
        seed: of the network and of the fault.
        first: the first epoch of the fault, 2 or more ...
        last: ... and the last one.
        errors: at the end of each epoch, from the first; fewer if the run ended early; may be nan or infinite.
        undisturbed: the same of the undisturbed run; all of them, and finite.
        same_weights: whether the weights at the end have the same bits; None if the run did not get there.
        state: how the run ended: ``finished``, ``failed``, or ``given up`` where it took too long.
        reason: why.
        replays: how many steps were played again, for somebody had died or a message was lost.
        seconds: how long it took.
    """

    level: Level
    seed: int
    first: int
    last: int
    errors: tuple[float, ...]
    undisturbed: tuple[float, ...]
    same_weights: bool | None
    state: str
    reason: str
    replays: int
    seconds: float

    @property
    def is_wrong(self) -> bool:
        """Whether something happened that must not: a fault of delivery that changed the result.

        A run that did not get to its end is judged by the epochs that it has.
        """
        same = self.same_weights is not False and self.errors == self.undisturbed[: len(self.errors)]
        return self.level.is_of_delivery and not same

    @property
    def is_finished(self) -> bool:
        """Whether it got to its end."""
        return self.state == "finished"

    @property
    def is_missing(self) -> bool:
        """Whether it tells nothing of the end: given up, or not finished though the fault was of delivery.

        That wrong values made the error nan is a result.
        """
        return self.state == GIVEN_UP or (self.level.is_of_delivery and not self.is_finished)

    @property
    def before(self) -> float:
        """The error just before the fault."""
        return self.undisturbed[self.first - 2]

    @property
    def times_at_worst(self) -> float:
        """The largest ratio to the undisturbed error of the same epoch, from the first epoch of the fault on.

        nan if it did not get so far.
        """
        pairs = zip(self.errors[self.first - 1 :], self.undisturbed[self.first - 1 :], strict=False)
        return max((_times(now, then) for now, then in pairs), default=math.nan)

    @property
    def times_at_the_end(self) -> float:
        """The ratio to the undisturbed error at the end of the run; nan if it did not get there."""
        return _times(self.at_the_end, self.undisturbed[-1])

    @property
    def at_its_end(self) -> float:
        """The error at the end of the last epoch of the fault, which is measured with it; nan without one."""
        return self.errors[self.last - 1] if len(self.errors) >= self.last else math.nan

    @property
    def at_the_end(self) -> float:
        """The error at the end of the run; nan if it did not get there."""
        return self.errors[-1] if len(self.errors) == len(self.undisturbed) else math.nan

    def recovered_after(self, within: float) -> int | None:
        """Count the epochs after the fault from which on the error stays near the undisturbed one, up to the last.

        Near is at most *within* percent above it, epoch by epoch. 0 if it is so with the fault still there; None if
        it is not so at the end, or the run did not get there. To have been near once is not enough: the undisturbed
        error may just have stood on a plateau.
        """
        if not self.is_finished:
            return None
        pairs = zip(self.errors[self.last - 1 :], self.undisturbed[self.last - 1 :], strict=True)
        near = [now <= then * (1 + within / 100) for now, then in pairs]
        away = max((epoch for epoch, is_near in enumerate(near) if not is_near), default=-1)
        return away + 1 if near[-1] else None

    def to_dict(self, within: float) -> dict[str, Any]:
        """Return the figures and the errors of each epoch as plain data; what is no finite number is None."""
        return {
            "fault": self.level.fault,
            "rate": self.level.rate,
            "amount": self.level.amount,
            "seed": self.seed,
            "before": self.before,
            "at_its_end": _plain(self.at_its_end),
            "at_the_end": _plain(self.at_the_end),
            "undisturbed_at_the_end": self.undisturbed[-1],
            "times_at_worst": _plain(self.times_at_worst),
            "times_at_the_end": _plain(self.times_at_the_end),
            "recovered_after": self.recovered_after(within),
            "same_weights": self.same_weights,
            "state": self.state,
            "reason": self.reason,
            "replays": self.replays,
            "seconds": self.seconds,
            "errors": [_plain(error) for error in self.errors],
            "undisturbed": list(self.undisturbed),
        }


class Spread(NamedTuple):
    """Mean and range of a figure over the seeds; nan without any."""

    mean: float
    low: float
    high: float


class Errors(NamedTuple):
    """Errors over the seeds, as the attributes of `Outcome` of these names say."""

    times_at_worst: Spread
    at_the_end: Spread
    times_at_the_end: Spread


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """What a level of a fault did, over all seeds.

    Attributes:
        level: what went wrong.
        runs: how many there are.
        errors: of those runs that have them.
        recoveries: for each run its epochs until it had recovered for good, or None.
        same_weights: how many ended with the bits of the undisturbed run.
        failed: how many did not get to their end.
        wrong: how many a fault of delivery changed.
    """

    level: Level
    runs: int
    errors: Errors
    recoveries: tuple[int | None, ...]
    same_weights: int
    failed: int
    wrong: int

    @property
    def recovered(self) -> tuple[int, ...]:
        """The epochs of those that have recovered."""
        return tuple(epochs for epochs in self.recoveries if epochs is not None)


def spread(values: Iterable[float]) -> Spread:
    """Return mean and range of what is finite among *values*."""
    finite = [value for value in values if math.isfinite(value)]
    return Spread(math.fsum(finite) / len(finite), min(finite), max(finite)) if finite else Spread(*[math.nan] * 3)


def by_level(outcomes: Sequence[Outcome], within: float) -> tuple[LevelFigures, ...]:
    """Return the figures of each level, in the order in which they come.

    Args:
        outcomes: of the runs.
        within: so many percent above the undisturbed error count as recovered.
    """
    levels: dict[Level, list[Outcome]] = {}
    for outcome in outcomes:
        levels.setdefault(outcome.level, []).append(outcome)
    return tuple(
        LevelFigures(
            level,
            len(runs),
            Errors(
                spread(run.times_at_worst for run in runs),
                spread(run.at_the_end for run in runs),
                spread(run.times_at_the_end for run in runs),
            ),
            tuple(run.recovered_after(within) for run in runs),
            sum(run.same_weights is True for run in runs),
            sum(not run.is_finished for run in runs),
            sum(run.is_wrong for run in runs),
        )
        for level, runs in levels.items()
    )


def undisturbed_errors(outcomes: Sequence[Outcome]) -> Errors:
    """Return the errors of the undisturbed runs that belong to *outcomes*."""
    runs = {one.seed: one for one in outcomes}.values()
    return Errors(spread([1.0]), spread(one.undisturbed[-1] for one in runs), spread([1.0]))


def hardly_learnt(outcomes: Sequence[Outcome], mean_alone: float) -> tuple[int, ...]:
    """Return the seeds whose undisturbed run ended hardly better than the mean: faults had nothing to spoil there.

    Args:
        outcomes: of the runs.
        mean_alone: the error of the mean of the targets as the answer to every row.
    """
    ends = {one.seed: one.undisturbed[-1] for one in outcomes}
    return tuple(seed for seed, error in ends.items() if error > HARDLY * mean_alone)


def _times(now: float, then: float) -> float:
    """Return the ratio; where both are 0, they are the same."""
    if then == 0:
        return 1.0 if now == 0 else (math.nan if math.isnan(now) else math.inf)
    return now / then


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None
