"""What a run has come to, as plain data: its epochs, where it stands, its plan, and what it failed of."""

import builtins
from collections.abc import Mapping
from typing import Any

from deepnet import errors
from deepnet.actors.assignment import Failure
from deepnet.actors.context import InjectedCrashError
from deepnet.training.history import EpochRecord, record_from_dict
from deepnet.training.plain import plan_from_dict, rule_from_dict
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.position import position_from_dict as _position_from_dict
from deepnet.wire.numbers import plain

__all__ = [
    "epoch_from_dict",
    "epoch_to_dict",
    "failure_from_dict",
    "failure_to_dict",
    "plan_from_dict",
    "plan_to_dict",
    "position_from_dict",
    "position_to_dict",
    "rule_from_dict",
]

_BUILT_IN = [
    *("ArithmeticError", "FloatingPointError", "OverflowError", "ZeroDivisionError", "ValueError", "TypeError"),
    *("IndexError", "LookupError", "MemoryError", "RuntimeError", "AssertionError", "TimeoutError"),
]
_ERRORS: dict[str, type[Exception]] = {
    **{name: getattr(builtins, name) for name in _BUILT_IN},
    **{
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.DeepnetError) and kind is not errors.UnknownNameError
    },
    "InjectedCrashError": InjectedCrashError,
}
"""Errors that may be named: each is made of one text."""


def epoch_to_dict(record: EpochRecord) -> dict[str, Any]:
    """Return what an epoch came to as plain data that `epoch_from_dict` takes back."""
    return dict(plain(record.to_dict()))


def epoch_from_dict(data: Mapping[str, Any]) -> EpochRecord:
    """Return the record that `epoch_to_dict` described; a null is nan.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, OverflowError: the data describe none.
    """
    return record_from_dict(data)


def position_to_dict(position: Position) -> dict[str, Any]:
    """Return where a run stands as plain data that `position_from_dict` takes back, without its tallies."""
    return dict(plain(position.to_dict()))


def position_from_dict(data: Mapping[str, Any]) -> Position:
    """Return the position that `position_to_dict` described.

    Raises:
        InputError: the data describe no position.
    """
    return _position_from_dict(data)


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data that `deepnet.training.plain.plan_from_dict` takes back.

    Raises:
        InputError: a part of it is of your own making, and would not be the same elsewhere.
    """
    return dict(plain(plan.to_dict()))


def failure_to_dict(failure: Failure) -> dict[str, Any]:
    """Return what a run failed of as plain data that `failure_from_dict` takes back."""
    return {
        "address": failure.address,
        "step": failure.step,
        "rows": None if failure.rows is None else list(failure.rows),
        "error": {"type": type(failure.error).__name__, "message": str(failure.error)},
    }


def failure_from_dict(data: Mapping[str, Any]) -> Failure:
    """Return the failure that `failure_to_dict` described; an error of a kind that is not known becomes a RunError.

    Raises:
        KeyError, TypeError, ValueError: the data describe none.
    """
    kind, message = str(data["error"]["type"]), str(data["error"]["message"])
    known = _ERRORS.get(kind)
    rows = data["rows"]
    return Failure(
        str(data["address"]),
        int(data["step"]),
        None if rows is None else tuple(int(row) for row in rows),
        errors.RunError(f"{kind}: {message}") if known is None else known(message),
    )
