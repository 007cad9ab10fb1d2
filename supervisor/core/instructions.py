"""What a supervisor may be told to do. The first three have an outcome, which comes back as an event."""

from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, TypeAlias

from supervisor.core.reasons import ExitReason
from supervisor.core.spec import ChildSpec


class Start(NamedTuple):
    """Start this child; the outcome is ChildUp, ChildIgnored or ChildFailed."""

    spec: ChildSpec


class AskToStop(NamedTuple):
    """Ask *process* to shut down; the outcome is ChildGone, or Overdue after *seconds* (None: never)."""

    process: Any
    seconds: float | None


class Kill(NamedTuple):
    """End *process* without asking it; the outcome is ChildGone."""

    process: Any


class AwaitEnd(NamedTuple):
    """A script waits for the end of any of *processes*, which have all been asked to stop. Nothing is to be done."""

    processes: AbstractSet[Any]


class Answer(NamedTuple):
    """Hand *value* to whoever called; an exception is to be raised there."""

    token: Any
    value: Any


class RetryLater(NamedTuple):
    """Send RetryDue back in *seconds*; 0 means as soon as what is waiting already has had its turn."""

    id: Any
    ticket: int
    seconds: float


class Ready(NamedTuple):
    """All children of the initial list are up."""


class Finish(NamedTuple):
    """All children are down: end for this reason."""

    reason: ExitReason


class ChildStarted(NamedTuple):
    """Report: a child is up."""

    id: Any
    process: Any
    restarts: int


class ChildTerminated(NamedTuple):
    """Report: a child ended by itself."""

    id: Any
    process: Any
    reason: ExitReason
    will_restart: bool


class ShutdownFailed(NamedTuple):
    """Report: a child that was to stop ended for another reason: it crashed, or was too slow and had to be killed."""

    id: Any
    process: Any
    reason: ExitReason


class StartFailed(NamedTuple):
    """Report: a child did not come up."""

    id: Any
    reason: ExitReason


class GaveUp(NamedTuple):
    """Report: there were too many restarts; *offender* is the child that died last."""

    offender: Any
    reason: ExitReason
    restarts: int


Report: TypeAlias = ChildStarted | ChildTerminated | ShutdownFailed | StartFailed | GaveUp
Instruction: TypeAlias = Start | AskToStop | Kill | Answer | RetryLater | Ready | Finish | Report
