"""What every schedule has and does, and the checks that their options share."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from numbers import Real
from typing import Any, ClassVar, Protocol, runtime_checkable

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.checks import non_negative_number, whole_number

UNITS = ("epoch", "step")
"""What a schedule may count."""


@runtime_checkable
class Schedule(Protocol):
    """What every schedule, a frozen dataclass of options, has and does."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    name: ClassVar[str]

    @property
    def monitor(self) -> str | None:
        """The figure that `factor` has to be given the values of, or None if it needs none."""
        ...

    def factor(self, *, epoch: int, step: int, values: Sequence[float] = ()) -> float:
        """Return what the optimizer's learning rate is multiplied by: 0 or more, and 1 or less.

        Args:
            epoch: in which epoch, from 1.
            step: at which step of the run, from 1.
            values: the monitored figure at the end of each complete epoch, the first one first.
        """
        ...

    def to_dict(self) -> dict[str, Any]:
        """Return the schedule as plain data that `schedule_from_dict` takes back."""
        ...


def require_schedule(name: str, value: object) -> Schedule:
    """Return *value*, or raise InputError unless it is a schedule; a kind of schedule is none."""
    if not isinstance(value, Schedule) or isinstance(value, type):
        raise InputError(f"{name} must be a schedule, such as Cosine(length=20), got {value!r}")
    return value


def position(per: str, epoch: int, step: int) -> int:
    """Return how many epochs or steps came before."""
    return (epoch if per == "epoch" else step) - 1


def counted(name: str, value: object) -> int:
    """Return *value* as an int, or raise InputError unless it is a whole number of 1 or more."""
    return whole_number(name, value, at_least=1)


def counted_from_0(name: str, value: object) -> int:
    """Return *value* as an int, or raise InputError unless it is a whole number of 0 or more."""
    return whole_number(name, value, at_least=0)


def shrinking(name: str, value: object) -> float:
    """Return *value* as a float, or raise InputError unless it is a number above 0 and at most 1."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) <= 1:
        raise InputError(f"{name} must be a number above 0 and at most 1, got {value!r}")
    return float(value)


def share(name: str, value: object) -> float:
    """Return *value* as a float, or raise InputError unless it is a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise InputError(f"{name} must be a number from 0 to 1, got {value!r}")
    return float(value)


def unit(_name: str, value: object) -> str:
    """Return *value*, or raise UnknownNameError unless it is one of `UNITS`."""
    if isinstance(value, str) and value in UNITS:
        return value
    raise UnknownNameError("unit of a schedule", value if isinstance(value, str) else repr(value), UNITS)


CHECKS: dict[str, Callable[[str, object], object]] = {
    "every": counted,
    "length": counted,
    "gamma": shrinking,
    "start": shrinking,
    "minimum": share,
    "patience": counted_from_0,
    "cooldown": counted_from_0,
    "min_delta": non_negative_number,
    "per": unit,
}
"""What each option may be, whichever schedule has it; an option that is not here is its schedule's own to check."""


class ScheduleOptions:
    """The part that schedules inherit: checked when made, and plain data on request."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]
    name: ClassVar[str]

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name in CHECKS:
                object.__setattr__(self, field.name, CHECKS[field.name](field.name, getattr(self, field.name)))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, **asdict(self)}
