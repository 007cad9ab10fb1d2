"""What one run is to do: a frozen value, checked when it is made."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from deepnet.errors import InputError
from deepnet.maths.checks import whole_number
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.optimizers import SGD, Optimizer
from deepnet.training.until import Until


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to learn, in what order, and until when.

    Args:
        until: when to stop.
        loss: a name from `deepnet.maths.losses`, or a Loss.
        optimizer: an SGD, an Adam, or another Optimizer.
        batch_size: rows learnt together, 1 or more; the last batch of an epoch may be shorter.
        shuffle: whether each epoch has an order of its own, drawn from *seed*.
        seed: where the order comes from, 0 or more.
        metrics: names from `deepnet.maths.metrics`, measured at the end of each epoch.

    Raises:
        InputError: a value is out of its range.
        UnknownNameError: the loss or a metric is not known.
    """

    until: Until
    loss: Loss = field(default_factory=lambda: loss_named("mean_squared_error"))
    optimizer: Optimizer = field(default_factory=SGD)
    batch_size: int = 1
    shuffle: bool = True
    seed: int = 0
    metrics: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.until, Until):
            raise InputError(f"until must be an Until, such as Until(epochs=40), got {self.until!r}")
        if isinstance(self.optimizer, type):
            raise InputError(f"optimizer must be a value: write {self.optimizer.__name__}()")
        if not isinstance(self.shuffle, bool):
            raise InputError(f"shuffle must be True or False, got {self.shuffle!r}")
        whole_number("batch_size", self.batch_size, at_least=1)
        whole_number("seed", self.seed, at_least=0)
        if isinstance(self.metrics, str) or not isinstance(self.metrics, Sequence):
            raise InputError(f"metrics must be a list of names, such as ['r2'], got {self.metrics!r}")
        object.__setattr__(self, "metrics", tuple(metric_named(name).name for name in self.metrics))
