"""What can happen to a supervisor: news of its children, the clock, and requests."""

from typing import Any, NamedTuple, TypeAlias

from supervisor.core.reasons import ExitReason
from supervisor.core.spec import ChildSpec


class Begin(NamedTuple):
    """Start the children of the initial list."""


class ChildUp(NamedTuple):
    """A start succeeded: *process* is the child now."""

    id: Any
    process: Any


class ChildIgnored(NamedTuple):
    """A start function said IGNORE: there is no process, and that is no failure."""

    id: Any


class ChildFailed(NamedTuple):
    """A start failed."""

    id: Any
    reason: ExitReason


class ChildGone(NamedTuple):
    """*process*, which was up, has ended."""

    process: Any
    reason: ExitReason


class Overdue(NamedTuple):
    """*process* was asked to stop and has used up its time."""

    process: Any


class RetryDue(NamedTuple):
    """It is time to start a child that is to be restarted, unless its ticket has become void meanwhile."""

    id: Any
    ticket: int


class Stop(NamedTuple):
    """Stop all children, then end for this reason."""

    reason: ExitReason


class StartChild(NamedTuple):
    """Add this child after the others and start it; answers with its process, or None if it was ignored."""

    spec: ChildSpec


class TerminateChild(NamedTuple):
    """Stop the child but keep its spec (a temporary child's spec goes)."""

    id: Any


class RestartChild(NamedTuple):
    """Start a child that is down; answers with its process, or None if it was ignored."""

    id: Any


class DeleteChild(NamedTuple):
    """Forget a child that is down."""

    id: Any


class WhichChildren(NamedTuple):
    """List the children, the newest first."""


class CountChildren(NamedTuple):
    """Count specs, active children, supervisors and workers."""


class GetChildSpec(NamedTuple):
    """Answer with the spec of a child."""

    id: Any


Request: TypeAlias = (
    StartChild | TerminateChild | RestartChild | DeleteChild | WhichChildren | CountChildren | GetChildSpec
)


class Call(NamedTuple):
    """A request, with what the answer is to be handed to."""

    request: Request
    token: Any


Event: TypeAlias = Begin | ChildUp | ChildIgnored | ChildFailed | ChildGone | Overdue | RetryDue | Stop | Call


class ChildInfo(NamedTuple):
    """One row of `which_children`."""

    id: Any
    process: Any
    """The process, "restarting", or None."""
    type: str


class ChildCounts(NamedTuple):
    """The answer to `count_children`."""

    specs: int
    active: int
    supervisors: int
    workers: int
