"""Finds turns that take too long: a handler that holds a worker others wait for."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import pykka

from supervisor.runtime.clock import Clock

if TYPE_CHECKING:
    from supervisor.runtime.worker import Worker

LongTurn: TypeAlias = Callable[[pykka.ActorRef[Any], float], object]
"""Told who is at it, and for how many seconds at least."""

_log = logging.getLogger("pykka")


def log_long_turn(ref: pykka.ActorRef[Any], seconds: float) -> None:
    """Log a warning."""
    _log.warning("A turn of %s has taken %.3f s so far: others wait for its worker", ref, seconds)


class Watchdog:
    """Looks at the workers from time to time; each long turn is reported once, while it lasts.

    Args:
        workers: whose turns are watched; looking costs them nothing.
        seconds: how long a turn may take.
        tell: told of those that take longer.
        clock: tells the time.
        name: what its thread is called.
    """

    def __init__(self, workers: "Sequence[Worker]", seconds: float, tell: LongTurn, clock: Clock, name: str) -> None:
        self._workers = workers
        self._seconds = seconds
        self._tell = tell
        self._clock = clock
        self._closed = threading.Event()
        self._seen: dict[int, tuple[Any, int, float, bool]] = {}  # worker: mailbox, handled, since, told
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(self._seconds / 4):
            for index, worker in enumerate(self._workers):
                self._look(index, worker)

    def _look(self, index: int, worker: "Worker") -> None:
        mailbox, handled, now = worker.slot.mailbox, worker.handled, self._clock.now()
        seen = self._seen.get(index)
        if mailbox is None or seen is None or seen[:2] != (mailbox, handled):
            self._seen[index] = (mailbox, handled, now, False)
            return
        _, _, since, told = seen
        actor = mailbox.actor
        if not told and actor is not None and now - since >= self._seconds:
            self._seen[index] = (mailbox, handled, since, True)
            try:
                self._tell(actor.actor_ref, now - since)
            except BaseException:  # noqa: BLE001 - the next long turn has to be found all the same
                _log.exception("The report of a long turn failed:")
