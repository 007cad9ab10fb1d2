"""How a network is brought up: everything but its layers and its parameters, checked."""

from collections.abc import Callable
from dataclasses import dataclass

from deepnet import events
from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.checks import positive_number, whole_number
from deepnet.maths.kernels.choice import KERNELS
from deepnet.training.setup import GRANULARITIES


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StartOptions:
    """The options of `deepnet.start`, which says what they mean.

    Raises:
        InputError: one of them cannot be used; the message says why.
    """

    name: str | None
    seed: int
    granularity: str
    dtype: str
    max_restarts: int
    max_seconds: int
    workers: int
    turn_seconds: float | None
    order: Callable[[int], int] | None
    watcher: Callable[[events.Event], object] | None
    kernels: str | None

    def __post_init__(self) -> None:
        if self.name is not None and not isinstance(self.name, str):
            raise InputError(f"name must be text, got {self.name!r}")
        if self.granularity not in GRANULARITIES:
            raise UnknownNameError("granularity", str(self.granularity), GRANULARITIES)
        if self.watcher is not None and not callable(self.watcher):
            raise InputError(f"watcher must be callable with an event, got {self.watcher!r}")
        if self.kernels is not None and self.kernels not in KERNELS:
            raise UnknownNameError("kernels", str(self.kernels), KERNELS)
        whole_number("seed", self.seed, at_least=0)
        whole_number("workers", self.workers, at_least=1 if self.order is None else 0)
        if self.turn_seconds is not None:
            positive_number("turn_seconds", self.turn_seconds)
        whole_number("max_restarts", self.max_restarts, at_least=0)
        whole_number("max_seconds", self.max_seconds, at_least=1)
