"""Starting the process of a child spec."""

from typing import Any, Final

import pykka

from supervisor.core.spec import ChildSpec
from supervisor.errors import BadSpecError
from supervisor.runtime.actor import ScheduledActor
from supervisor.runtime.foreign import adopt, start_watched
from supervisor.runtime.life import foreign_lives
from supervisor.runtime.ref import ScheduledRef


class _Ignore:
    """What a start function returns that has nothing to start."""

    def __repr__(self) -> str:
        return "IGNORE"


IGNORE: Final = _Ignore()


def launch(spec: ChildSpec) -> pykka.ActorRef[Any] | None:
    """Start what *spec* says; return its ref, or None if it said IGNORE. Whatever its start raises gets out.

    Raises:
        BadSpecError: the start function returned something else.
    """
    if callable(spec.start):
        started = spec.start()
    else:
        actor_class, args, kwargs = spec.start
        if issubclass(actor_class, ScheduledActor):
            started = actor_class.start(*args, **kwargs)
        else:
            started = start_watched(actor_class, args, dict(kwargs))
    if isinstance(started, _Ignore):
        return None
    if not isinstance(started, pykka.ActorRef):
        raise BadSpecError(f"start of child {spec.id!r} must give an ActorRef or IGNORE, gave {started!r}")
    if not isinstance(started, ScheduledRef) and started not in foreign_lives:
        adopt(started)
    return started
