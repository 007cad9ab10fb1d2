"""Messages that are sent later."""

from contextlib import suppress
from threading import TIMEOUT_MAX
from typing import Any

import pykka

from supervisor.core.timetable import Entry
from supervisor.runtime.ref import ScheduledRef
from supervisor.runtime.scheduler import Scheduler


def send_after(ref: pykka.ActorRef[Any], seconds: float, message: Any) -> Entry:
    """Tell *ref* the *message* in *seconds*, at the earliest; ``cancel()`` what is returned to have it not sent.

    An actor that has ended by then is not told, and nobody else is either.

    Raises:
        ValueError: *seconds* is negative, or more than a thread can wait.
    """
    if not 0 <= seconds <= TIMEOUT_MAX:
        raise ValueError(f"seconds must be from 0 to {TIMEOUT_MAX:.0f}, got {seconds!r}")

    def send() -> None:
        with suppress(pykka.ActorDeadError):
            ref.tell(message)

    scheduler = ref.actor_inbox.scheduler if isinstance(ref, ScheduledRef) else Scheduler.default()
    return scheduler.timers.after(seconds, send)
