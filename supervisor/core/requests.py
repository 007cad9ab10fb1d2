"""Requests to a supervisor that are refused, or answered, by looking alone."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Protocol

from supervisor.core import events
from supervisor.core.lifecycle import Life
from supervisor.core.spec import AutoShutdown, ChildSpec, check_specs
from supervisor.errors import (
    AlreadyPresent,
    AlreadyStarted,
    BadSpecError,
    ChildRestarting,
    ChildRunning,
    NotFound,
    SupervisorError,
)


class ChildView(Protocol):
    """What may be asked about a child."""

    spec: ChildSpec
    life: Life
    process: Any


def refuse(
    request: events.Request, children: Mapping[Any, ChildView], auto_shutdown: AutoShutdown = "never"
) -> SupervisorError | None:
    """Return why *request* cannot be met in the state the children are in, or None if it can."""
    match request:
        case events.StartChild(spec):
            return _refuse_start(spec, children, auto_shutdown)
        case events.TerminateChild(child_id) | events.GetChildSpec(child_id):
            return None if is_known(child_id, children) else NotFound(child_id)
        case events.RestartChild(child_id) | events.DeleteChild(child_id):
            if not is_known(child_id, children):
                return NotFound(child_id)
            in_the_way = {Life.RUNNING: ChildRunning, Life.RESTARTING: ChildRestarting}
            why = in_the_way.get(children[child_id].life)
            return why(child_id) if why else None
    return None


def _refuse_start(
    spec: ChildSpec, children: Mapping[Any, ChildView], auto_shutdown: AutoShutdown
) -> SupervisorError | None:
    try:
        check_specs([spec], auto_shutdown)
    except BadSpecError as error:
        return error
    child = children.get(spec.id)
    if child is None:
        return None
    return (AlreadyStarted if child.life is Life.RUNNING else AlreadyPresent)(spec.id)


def is_known(child_id: Any, children: Mapping[Any, ChildView]) -> bool:
    """Whether a child goes by *child_id*, which may be anything."""
    return isinstance(child_id, Hashable) and child_id in children


def serve_question(
    request: events.Request, children: Mapping[Any, ChildView], is_alive: Callable[[Any], bool] = bool
) -> Any:
    """Answer a request that changes nothing; *is_alive* tells of a process whether it is active."""
    match request:
        case events.WhichChildren():
            return [_info(child) for child in reversed(tuple(children.values()))]
        case events.CountChildren():
            return events.ChildCounts(
                specs=len(children),
                active=sum(child.process is not None and is_alive(child.process) for child in children.values()),
                supervisors=sum(child.spec.type == "supervisor" for child in children.values()),
                workers=sum(child.spec.type == "worker" for child in children.values()),
            )
        case events.GetChildSpec(child_id):
            return children[child_id].spec
    return NotFound(request)


def _info(child: ChildView) -> events.ChildInfo:
    process = "restarting" if child.life is Life.RESTARTING else child.process
    return events.ChildInfo(child.spec.id, process, child.spec.type)
