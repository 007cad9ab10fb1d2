"""A fault of value: what goes wrong with the numbers of a neuron, when, and by what chance."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.checks import finite_number, non_negative_number, whole_number
from deepnet.maths.random import stream

VALUE_FAULTS = ("stuck_at", "noise", "byzantine", "bit_flip")
"""Faults that change numbers, and so the result."""

HIGHEST_BIT = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFault:
    """What goes wrong with a neuron's numbers; all chance in it is a function of seed, place and step.

    Args:
        kind: one of `VALUE_FAULTS`. ``stuck_at``: its output is *amount*. ``noise``: a normal deviate of standard
            deviation *amount* is added to each output. ``byzantine``: its outputs are uniform in -amount to amount.
            ``bit_flip``: after a step a bit of one of its weights is flipped, number *amount* of it, or any if below 0.
            Bit 0 is the last of the fraction, 31 the sign in float32 and 63 that in float64; a bit that the dtype does
            not have is not flipped.
        amount: see there.
        rate: the probability that it strikes at a step.
        first: the first step that it may strike at, from 1 ...
        last: ... and the last one; None for no last one.
        seed: where its chance begins, 0 or more.

    Raises:
        InputError: a number is out of its range; the message says which.
        UnknownNameError: there is no such kind.
    """

    kind: str
    amount: float
    rate: float = 1.0
    first: int = 1
    last: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in VALUE_FAULTS:
            raise UnknownNameError("fault of value", str(self.kind), VALUE_FAULTS)
        settle = object.__setattr__  # Python's own numbers: a numpy scalar would widen float32 arrays
        settle(self, "amount", _amount_of(self.kind, self.amount))
        settle(self, "rate", finite_number("the rate of a fault", self.rate))
        if not 0 < self.rate <= 1:
            raise InputError(f"the rate of a fault must be a probability above 0, up to 1, got {self.rate!r}")
        settle(self, "first", whole_number("the first step of a fault", self.first, at_least=1))
        if self.last is not None:
            settle(self, "last", whole_number("the last step of a fault", self.last, at_least=self.first))
        settle(self, "seed", whole_number("the seed of a fault", self.seed, at_least=0))

    @property
    def is_of_output(self) -> bool:
        """Whether it changes what the neuron gives, and not what it is."""
        return self.kind != "bit_flip"

    @property
    def holds_output(self) -> bool:
        """Whether, where it strikes, the output says nothing about the weighted sum any more."""
        return self.kind in {"stuck_at", "byzantine"}

    def strike(self, layer: int, index: int, step: int) -> np.random.Generator | None:
        """Return the chance that is left for its numbers if it strikes neuron *index* of *layer* at *step*, or None.

        Asked again, it gives the same answer and the same numbers.
        """
        if step < self.first or (self.last is not None and step > self.last):
            return None
        chance = stream(self.seed, f"{self.kind} fault", layer, index, step)
        return chance if chance.random() < self.rate else None

    def to_dict(self) -> dict[str, Any]:
        """Return the fault as plain data that `fault_from_dict` takes back."""
        return asdict(self)


def fault_from_dict(data: Mapping[str, Any]) -> ValueFault:
    """Return the fault that `ValueFault.to_dict` described.

    Raises:
        InputError: the data describe no fault.
    """
    try:
        return ValueFault(**data)
    except TypeError as error:
        raise InputError(f"these data describe no fault of value: {error}") from None


def _amount_of(kind: str, amount: object) -> float:
    """Return *amount* as a float, if a fault of this *kind* can have it."""
    name = f"the amount of a {kind} fault"
    if kind == "stuck_at":
        return finite_number(name, amount)
    if kind != "bit_flip":
        return non_negative_number(name, amount)
    number = finite_number(name, amount)
    if number > HIGHEST_BIT or not number.is_integer():
        raise InputError(
            f"{name} must be a bit, a whole number up to {HIGHEST_BIT}, or below 0 for any, got {amount!r}"
        )
    return number
