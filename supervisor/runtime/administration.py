"""Talking to a supervisor: each function asks it and waits for the answer, so none may be used inside a turn."""

from typing import Any

import pykka

from supervisor.core import events
from supervisor.core.reasons import ExitReason
from supervisor.core.spec import ChildSpec


def start_child(sup: pykka.ActorRef[Any], spec: ChildSpec) -> pykka.ActorRef[Any] | None:
    """Add a child after the others and start it; return its ref, or None if its start said IGNORE.

    Raises:
        AlreadyStarted: a child with that id is running.
        AlreadyPresent: one with that id is known, but not running.
        StartError: it could not be started; its spec is not kept.
        BadSpecError: it is significant, but the supervisor's auto_shutdown is never.
        pykka.ActorDeadError: the supervisor is gone.
    """
    ref: pykka.ActorRef[Any] | None = sup.ask(events.StartChild(spec), block=True)
    return ref


def terminate_child(sup: pykka.ActorRef[Any], child_id: Any) -> None:
    """Stop a child by its shutdown policy and keep its spec, unless it is temporary. Stopping it twice is no error.

    Raises:
        NotFound: no child has that id.
        pykka.ActorDeadError: the supervisor is gone.
    """
    sup.ask(events.TerminateChild(child_id), block=True)


def restart_child(sup: pykka.ActorRef[Any], child_id: Any) -> pykka.ActorRef[Any] | None:
    """Start a child that is down; return its ref, or None if its start said IGNORE.

    Raises:
        NotFound: no child has that id.
        ChildRunning: it is running.
        ChildRestarting: the supervisor is about to start it.
        StartError: it could not be started; its spec is kept.
        pykka.ActorDeadError: the supervisor is gone.
    """
    ref: pykka.ActorRef[Any] | None = sup.ask(events.RestartChild(child_id), block=True)
    return ref


def delete_child(sup: pykka.ActorRef[Any], child_id: Any) -> None:
    """Forget a child that is down.

    Raises:
        NotFound: no child has that id.
        ChildRunning: it is running: terminate it first.
        ChildRestarting: the supervisor is about to start it.
        pykka.ActorDeadError: the supervisor is gone.
    """
    sup.ask(events.DeleteChild(child_id), block=True)


def which_children(sup: pykka.ActorRef[Any]) -> list[events.ChildInfo]:
    """List the children, the newest first: id, process ("restarting" or None where there is none) and type.

    Raises:
        pykka.ActorDeadError: the supervisor is gone.
    """
    children: list[events.ChildInfo] = sup.ask(events.WhichChildren(), block=True)
    return children


def count_children(sup: pykka.ActorRef[Any]) -> events.ChildCounts:
    """Count specs, active children, supervisors and workers.

    Raises:
        pykka.ActorDeadError: the supervisor is gone.
    """
    counts: events.ChildCounts = sup.ask(events.CountChildren(), block=True)
    return counts


def get_child_spec(sup: pykka.ActorRef[Any], child_id: Any) -> ChildSpec:
    """Return the spec of a child, complete with its defaults.

    Raises:
        NotFound: no child has that id.
        pykka.ActorDeadError: the supervisor is gone.
    """
    spec: ChildSpec = sup.ask(events.GetChildSpec(child_id), block=True)
    return spec


def stop(sup: pykka.ActorRef[Any], reason: ExitReason = "normal", timeout: float | None = None) -> None:
    """Stop the children, last started first, then the supervisor; return when it is gone.

    Raises:
        pykka.Timeout: it takes longer than *timeout* seconds; it goes on all the same.
        pykka.ActorDeadError: the supervisor was gone already.
    """
    sup.ask(events.Stop(reason), block=True, timeout=timeout)
