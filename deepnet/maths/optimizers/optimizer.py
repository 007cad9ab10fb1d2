"""What every optimizer has and does, and the checks that their hyper-parameters share."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, ClassVar, Protocol, runtime_checkable

from deepnet.maths.arrays import Array
from deepnet.maths.checks import decay_rate, non_negative_number, positive_number, yes_or_no


@runtime_checkable
class Optimizer(Protocol):
    """What every optimizer, a frozen dataclass of hyper-parameters, has and does."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    name: ClassVar[str]

    @property
    def slots(self) -> tuple[str, ...]:
        """What it remembers of each parameter, one array each, in the order in which `update` takes them."""
        ...

    @property
    def learning_rate(self) -> float: ...

    def update(
        self,
        step: int,
        parameters: Array,
        gradient: Array,
        slots: Sequence[Array],
        new_parameters: Array,
        new_slots: Sequence[Array],
        /,
    ) -> None:
        """Write what *parameters* and *slots* become at *step*.

        Args:
            step: which step this is, from 1.
            parameters: any shape; only read.
            gradient: dL/d(parameters), the same shape; only read.
            slots: one array of the same shape per name in `Optimizer.slots`; only read.
            new_parameters: written; the same shape, sharing no memory with what is read.
            new_slots: written; likewise.
        """
        ...

    def to_dict(self) -> dict[str, Any]:
        """Return the optimizer as plain data that `optimizer_from_dict` takes back."""
        ...


CHECKS: dict[str, Callable[[str, object], float]] = {
    "learning_rate": positive_number,
    "learning_rate_decay": non_negative_number,
    "momentum": decay_rate,
    "momentum_decay": non_negative_number,
    "nesterov": yes_or_no,
    "rho": decay_rate,
    "beta_1": decay_rate,
    "beta_2": decay_rate,
    "epsilon": positive_number,
    "weight_decay": non_negative_number,
}
"""What each hyper-parameter may be, whichever optimizer has it."""


class HyperParameters:
    """The part that optimizers inherit: checked when made, and plain data on request."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]
    name: ClassVar[str]

    def __post_init__(self) -> None:
        # The checks also make Python floats: a numpy scalar left there would widen float32 arrays.
        for field in fields(self):
            object.__setattr__(self, field.name, CHECKS[field.name](field.name, getattr(self, field.name)))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, **asdict(self)}


def scaled(optimizer: Optimizer, factor: float) -> Optimizer:
    """Return *optimizer* with its learning rate times *factor*, 0 or more; its slots stay what they are."""
    if factor == 1:
        return optimizer
    slowed = copy.copy(optimizer)
    object.__setattr__(slowed, "learning_rate", optimizer.learning_rate * factor)  # 0 too, where a schedule ends
    return slowed
