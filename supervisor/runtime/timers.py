"""All that waits for a moment: one timetable, and one thread that keeps it once there is something in it."""

import logging
import threading
from collections.abc import Callable

from supervisor.core.timetable import Entry, Timetable
from supervisor.runtime.clock import Clock

_log = logging.getLogger("pykka")


class Timers:
    """Does things later. Actions must be quick, like putting a message into a mailbox; what they raise is logged.

    Args:
        clock: tells the time.
        threaded: keep the time in a thread of its own; otherwise somebody calls `run_due`.
        name: what the thread is called.
    """

    def __init__(self, clock: Clock, *, threaded: bool, name: str) -> None:
        self._clock = clock
        self._threaded = threaded
        self._name = name
        self._timetable = Timetable()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def after(self, seconds: float, action: Callable[[], object]) -> Entry:
        """Do *action* in *seconds* from now, at the earliest; its entry can be cancelled."""
        with self._changed:
            entry = self._timetable.add(self._clock.now() + seconds, action)
            if self._threaded and not self._closed:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._keep, name=self._name, daemon=True)
                    self._thread.start()
                elif self._timetable.next_due() == entry.due:
                    self._changed.notify()
        return entry

    def next_due(self) -> float | None:
        """When the next thing is to be done, on the clock; None if there is none."""
        with self._changed:
            return self._timetable.next_due()

    def run_due(self) -> None:
        """Do what is due."""
        with self._changed:
            actions = self._timetable.take_due(self._clock.now())
        for action in actions:
            try:
                action()
            except BaseException:  # noqa: BLE001 - the others have to be done all the same, and those to come
                _log.exception("A timer's action failed:")

    def close(self) -> None:
        """Do nothing any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _keep(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                due = self._timetable.next_due()
                now = self._clock.now()
                if due is None or due > now:
                    # A lock waits no longer than this; then it looks again.
                    self._changed.wait(None if due is None else min(due - now, threading.TIMEOUT_MAX))
                    continue
            self.run_due()
