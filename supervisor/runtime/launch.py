"""Starting the process of a child spec."""

from typing import Any, Final

import pykka

from supervisor.core.spec import ChildSpec
from supervisor.errors import BadSpecError
from supervisor.runtime.ref import ScheduledRef


class _Ignore:
    """What a start function returns that has nothing to start."""

    def __repr__(self) -> str:
        return "IGNORE"


IGNORE: Final = _Ignore()


def launch(spec: ChildSpec) -> pykka.ActorRef[Any] | None:
    """Start what *spec* says; return its ref, or None if it said IGNORE. Whatever its start raises gets out.

    Raises:
        BadSpecError: the start function returned something else, or the actor is not a ScheduledActor.
    """
    if callable(spec.start):
        started = spec.start()
    else:
        actor_class, args, kwargs = spec.start
        started = actor_class.start(*args, **kwargs)  # type: ignore[attr-defined]
    if isinstance(started, _Ignore):
        return None
    if not isinstance(started, ScheduledRef):
        if isinstance(started, pykka.ActorRef):
            started.stop(block=False)  # nobody else knows of it
        raise BadSpecError(f"start of child {spec.id!r} must give the ref of a ScheduledActor or IGNORE: {started!r}")
    return started
