"""What is asked for: a network, and a run of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepnet.errors import InputError
from deepnet.maths.losses import Loss
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import Optimizer
from deepnet.maths.schedules import Schedule
from deepnet.training.rules import StopRule

LONGEST_NAME = 48
"""A network's name; those of its runs are longer by a number."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NetworkSpec:
    """A network to be created; what is not said here is as `deepnet.start` says.

    Attributes:
        name: ``[a-z0-9][a-z0-9_-]*``, up to 48 characters; made up if None.
        model: the layers.
        seed: where all its chance begins.
        granularity: neuron or layer.
        dtype: float32 or float64.
        kernels: numba or numpy; None for what is usual here. A network keeps to what it began with.
        parameters: (weights, bias) of each layer to begin with; drawn if None.
        about: plain facts for whoever uses it, such as how a table is prepared for it.
    """

    name: str | None = None
    model: Chain
    seed: int = 0
    granularity: str = "neuron"
    dtype: str = "float32"
    kernels: str | None = None
    parameters: Sequence[tuple[Any, Any]] | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RunSpec:
    """A run to begin; what it is to do is as `deepnet.Network.train` says.

    Attributes:
        inputs: (rows, model.inputs); None where a data set is named.
        targets: (rows, model.outputs).
        dataset: the name of a data set of the service, or of a built-in one.
        target: its column to learn, where it is a table.
        ignore: columns of it to leave out.
        missing: what to do about missing values in it: ``"error"``, ``"drop"`` or ``"mean"``.
        validation: a share of the rows, or a pair of inputs and targets.
        paused: whether it rests before its first step.
    """

    inputs: Any = None
    targets: Any = None
    dataset: str | None = None
    target: str | None = None
    ignore: Sequence[str] = ()
    missing: str = "error"
    until: StopRule
    loss: str | Loss = "mean_squared_error"
    optimizer: str | Optimizer = "sgd"
    schedule: str | Schedule = "constant"
    clip_value: float | None = None
    clip_norm: float | None = None
    l1: float = 0.0
    l2: float = 0.0
    batch_size: int = 1
    drop_last: bool = False
    shuffle: bool = True
    validation: Any = None
    metrics: Sequence[str] = ()
    pace: float | None = None
    paused: bool = False

    def __post_init__(self) -> None:
        if (self.inputs is None) != (self.targets is None):
            raise InputError("inputs and targets belong together: give both, or the name of a data set")
        if (self.inputs is None) == (self.dataset is None):
            raise InputError("a run needs rows: give inputs and targets, or the name of a data set, and not both")

    def how(self) -> dict[str, Any]:
        """The keyword arguments of `Network.train` that say what to do, whatever the rows."""
        names = (
            "until",
            "loss",
            "optimizer",
            "schedule",
            "clip_value",
            "clip_norm",
            "l1",
            "l2",
            "batch_size",
            "drop_last",
            "shuffle",
            "metrics",
            "pace",
        )
        return {name: getattr(self, name) for name in names}
