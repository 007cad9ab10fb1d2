"""What one run is to do: a frozen value, checked when it is made."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from deepnet.errors import InputError
from deepnet.maths.checks import whole_number, yes_or_no
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.optimizers import SGD, Optimizer
from deepnet.maths.schedules import Constant, Schedule
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
        metrics: names from `deepnet.maths.metrics`, measured at the end of each epoch; those that the rule and the
            schedule look at are added.

    Raises:
        InputError: a value is out of its range.
        UnknownNameError: the loss or a metric is not known.
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

    def __post_init__(self) -> None:
        if not isinstance(self.until, StopRule):
            raise InputError(f"until must be an Until, such as Until(epochs=40), got {self.until!r}")
        if isinstance(self.optimizer, type):
            raise InputError(f"optimizer must be a value: write {self.optimizer.__name__}()")
        yes_or_no("shuffle", self.shuffle)
        yes_or_no("drop_last", self.drop_last)
        whole_number("batch_size", self.batch_size, at_least=1)
        whole_number("seed", self.seed, at_least=0)
        if isinstance(self.metrics, str) or not isinstance(self.metrics, Sequence):
            raise InputError(f"metrics must be a list of names, such as ['r2'], got {self.metrics!r}")
        for monitor in self.monitors:
            higher_is_better(monitor)  # raises if there is no such figure
        watched = [name.removeprefix(VALIDATION) for name in self.monitors]
        names = [*(name for name in watched if name != "loss"), *(metric_named(name).name for name in self.metrics)]
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
