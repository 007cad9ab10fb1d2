"""Finds turns that take too long: a handler that holds a worker others wait for."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pykka

from supervisor.runtime.clock import Clock

if TYPE_CHECKING:
    from supervisor.runtime.mailbox import Mailbox
    from supervisor.runtime.worker import Worker

LongTurn: TypeAlias = Callable[[pykka.ActorRef[Any], float], object]
"""Told who is at it, and for how many seconds at least."""

_log = logging.getLogger("pykka")


def log_long_turn(ref: pykka.ActorRef[Any], seconds: float) -> None:
    """Log a warning."""
    _log.warning("A turn of %s has taken %.3f s so far: others wait for its worker", ref, seconds)


_Spot: TypeAlias = tuple["Mailbox", int, int]


class _Seen(NamedTuple):
    """Where a worker was, since when it has been there at least, and whether that has been told."""

    spot: _Spot | None
    since: float
    told: bool = False


class Watchdog:
    """Looks at the workers from time to time; a turn that gets no further is reported once, while it lasts.

    An actor that handles one message after the other gets on, however long its turns are and its mail is.

    Args:
        workers: whose turns are watched; looking costs them nothing.
        seconds: how long one message of a turn may take.
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
        self._seen: dict[int, _Seen] = {}
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def stuck_seconds(self, place: int) -> float | None:
        """For how long at least the worker at *place* has been at one message; None if it was not seen there."""
        seen = self._seen.get(place)
        if seen is None or seen.spot is None or seen.spot != _spot(self._workers[place]):
            return None
        return self._clock.now() - seen.since

    def _run(self) -> None:
        while not self._closed.wait(self._seconds / 4):
            for place, worker in enumerate(self._workers):
                self._look(place, worker)

    def _look(self, place: int, worker: "Worker") -> None:
        spot, now = _spot(worker), self._clock.now()
        seen = self._seen.get(place)
        if spot is None or seen is None or seen.spot != spot:
            self._seen[place] = _Seen(spot, now)
            return
        actor = spot[0].actor
        if not seen.told and actor is not None and now - seen.since >= self._seconds:
            self._seen[place] = seen._replace(told=True)
            try:
                self._tell(actor.actor_ref, now - seen.since)
            except BaseException:  # noqa: BLE001 - the next long turn has to be found all the same
                _log.exception("The report of a long turn failed:")


def _spot(worker: "Worker") -> _Spot | None:
    """Where *worker* is; another one after each message. None if it is in no turn."""
    mailbox = worker.slot.mailbox
    return None if mailbox is None else (mailbox, worker.handled, mailbox.signals)
