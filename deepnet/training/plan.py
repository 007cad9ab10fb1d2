"""What one run is to do: a frozen value, checked when it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.checks import positive_number, whole_number, yes_or_no
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.choice import KERNELS, default_kernels
from deepnet.maths.losses import LOSSES, Loss, loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.optimizers import OPTIMIZERS, SGD, Optimizer
from deepnet.maths.schedules import SCHEDULES, Constant, Schedule
from deepnet.training.history import VALIDATION
from deepnet.training.patience import higher_is_better
from deepnet.training.rules import StopRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to learn, in what order, and until when.

    Args:
        until: when to stop.
        loss: a name from `deepnet.maths.losses`, or a Loss.
        optimizer: an SGD, an Adam, or another Optimizer.
        schedule: what becomes of the optimizer's learning rate while the run goes on.
        rules: what is done to a gradient before the optimizer sees it.
        batch_size: rows learnt together, 1 or more; the last batch of an epoch may be shorter ...
        drop_last: ... or is left out of it then.
        shuffle: whether each epoch has an order of its own, drawn from *seed*.
        seed: where the order comes from, and what a Dropout leaves out; 0 or more.
        pace: steps a second at most; None for as many as it can. What comes out does not depend on it.
        kernels: ``numba``, compiled, or ``numpy``: what computes; by default the first where it is installed. The last
            digits of the results differ, and neither who dies nor how many workers there are changes them.
        metrics: names from `deepnet.maths.metrics`, measured at the end of each epoch; those that the rule and the
            schedule look at are added.

    Raises:
        InputError: a value is out of its range.
        UnknownNameError: the loss, a metric or the kind of kernels is not known.
    """

    until: StopRule
    loss: Loss = field(default_factory=lambda: loss_named("mean_squared_error"))
    optimizer: Optimizer = field(default_factory=SGD)
    schedule: Schedule = field(default_factory=Constant)
    rules: GradientRules = field(default_factory=GradientRules)
    batch_size: int = 1
    drop_last: bool = False
    shuffle: bool = True
    seed: int = 0
    metrics: Sequence[str] = ()
    pace: float | None = None
    kernels: str = field(default_factory=default_kernels)

    def __post_init__(self) -> None:
        if not isinstance(self.until, StopRule):
            raise InputError(f"until must be an Until, such as Until(epochs=40), got {self.until!r}")
        if isinstance(self.optimizer, type):
            raise InputError(f"optimizer must be a value: write {self.optimizer.__name__}()")
        yes_or_no("shuffle", self.shuffle)
        yes_or_no("drop_last", self.drop_last)
        object.__setattr__(self, "batch_size", whole_number("batch_size", self.batch_size, at_least=1))
        object.__setattr__(self, "seed", whole_number("seed", self.seed, at_least=0))
        if self.pace is not None:
            object.__setattr__(self, "pace", positive_number("pace", self.pace))
        if isinstance(self.metrics, str) or not isinstance(self.metrics, Sequence):
            raise InputError(f"metrics must be a list of names, such as ['r2'], got {self.metrics!r}")
        if self.kernels not in KERNELS:
            raise UnknownNameError("kernels", str(self.kernels), KERNELS)
        for monitor in self.monitors:
            higher_is_better(monitor)  # raises if there is no such figure
        names = [*self._watched, *(metric_named(name).name for name in self.metrics)]
        object.__setattr__(self, "metrics", tuple(dict.fromkeys(names)))

    @property
    def monitors(self) -> tuple[str, ...]:
        """The figures of an epoch that the rule or the schedule looks at."""
        monitor = self.schedule.monitor
        return self.until.monitors if monitor is None else (*self.until.monitors, monitor)

    @property
    def needs_validation(self) -> bool:
        """Whether one of them is measured on rows held out."""
        return any(name.startswith(VALIDATION) for name in self.monitors)

    @property
    def _watched(self) -> tuple[str, ...]:
        """The metrics that the rule and the schedule look at."""
        names = (name.removeprefix(VALIDATION) for name in self.monitors)
        return tuple(name for name in names if name != "loss")

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain data that `plan_from_dict` takes back; its metrics are those that are not watched.

        Raises:
            InputError: a part of it is of your own making, and would not be the same after a file.
        """
        _require_kept("loss", self.loss, LOSSES)
        _require_kept("optimizer", self.optimizer, OPTIMIZERS)
        _require_kept("schedule", self.schedule, SCHEDULES)
        return {
            "until": self.until.to_dict(),
            "loss": self.loss.name,
            "optimizer": self.optimizer.to_dict(),
            "schedule": self.schedule.to_dict(),
            "rules": self.rules.to_dict(),
            "batch_size": self.batch_size,
            "drop_last": self.drop_last,
            "shuffle": self.shuffle,
            "seed": self.seed,
            "metrics": [name for name in self.metrics if name not in self._watched],
            "pace": self.pace,
            "kernels": self.kernels,
        }


def _require_kept(what: str, value: Any, known: Mapping[str, Any]) -> None:
    """Raise InputError unless *known* has *value*, or its class, under its name."""
    if known.get(value.name) not in (value, type(value)):
        advice = f"use one of {', '.join(known)}"
        raise InputError(f"the {what} {value.name!r} is of your own making and cannot be kept in a file: {advice}")
