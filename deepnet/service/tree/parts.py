"""The parts of the service as actors: each has a thread of its own, for disks and sockets make one wait."""

import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import pykka

from deepnet.errors import StorageError
from deepnet.service.engine.engine import Engine

GATHER_SECONDS = 0.05
"""How long events are gathered before they are written together."""
AGAIN_SECONDS = 1.0
"""How long it takes until what could not be written is tried again."""
SWEEP_SECONDS = 60.0
"""How often is removed what nobody needs any more."""
STOP_SECONDS, CRASH_SECONDS = 3.0, 0.5
"""How long the face may take to say good-bye: when the service ends, and when another one waits to come up."""


class Die(NamedTuple):
    """Crash, to show that somebody heals."""


class KilledError(Exception):
    """Somebody had it die."""


class Server(Protocol):
    """What answers requests."""

    def start(self) -> None:
        """Return when it accepts connections."""

    def stop(self, seconds: float) -> None:
        """End within so many seconds, whatever its clients do."""


class Part(pykka.ThreadingActor):
    """An actor that crashes when it is told to."""

    use_daemon_thread = True

    def on_receive(self, message: Any) -> None:
        if isinstance(message, Die):
            raise KilledError("somebody had it die")
        self.handle(message)

    def handle(self, message: Any) -> None:
        """See to a message."""


class StoreKeeper(Part):
    """Opens the store anew whenever it comes up: a store that is broken is not used on."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def on_start(self) -> None:
        self._engine.store.reopen()


class EventWriter(Part):
    """Writes the events that wait, many at a time; what cannot be written waits on."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._log = engine.log

    def on_start(self) -> None:
        self._log.on_waiting = self._wake
        self._wake()

    def on_stop(self) -> None:
        with suppress(StorageError):
            self._log.write(last=True)

    def _wake(self) -> None:
        with suppress(pykka.ActorDeadError):  # its successor begins with what waits
            self.actor_ref.tell("write")

    def handle(self, _message: Any) -> None:
        time.sleep(GATHER_SECONDS)
        self._log.write()
        if self._log.problem:
            time.sleep(AGAIN_SECONDS)
        if self._log.waiting:
            self._wake()


class Checkpointer(Part):
    """Keeps networks that are at rest, and how their runs ended; removes what nobody needs any more.

    Args:
        engine: the service.
        waiting: names of networks to see to; whoever comes after a crash goes on with them.
    """

    def __init__(self, engine: Engine, waiting: deque[str]) -> None:
        super().__init__()
        self._engine = engine
        self._waiting = waiting
        self._timer: threading.Timer | None = None

    def on_start(self) -> None:
        self.actor_ref.tell("sweep")

    def on_stop(self) -> None:
        self._end_timer()

    def on_failure(self, *_exception: Any) -> None:
        self._end_timer()

    def handle(self, message: Any) -> None:
        while self._waiting:
            name = self._waiting[0]
            try:
                self._engine.settle(name)
            except StorageError:
                time.sleep(AGAIN_SECONDS)
                self.actor_ref.tell("settle")
                return
            with suppress(ValueError):
                self._waiting.remove(name)
        if message == "sweep":
            with suppress(StorageError):
                self._engine.sweep()
            self._timer = threading.Timer(SWEEP_SECONDS, self._tell_sweep)
            self._timer.daemon = True
            self._timer.start()

    def _tell_sweep(self) -> None:
        with suppress(pykka.ActorDeadError):
            self.actor_ref.tell("sweep")

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class ServerKeeper(Part):
    """Has the web server run; if that crashes, so does this, and another one comes up on the same sockets."""

    def __init__(self, make: Callable[[Callable[[BaseException], object]], Server]) -> None:
        super().__init__()
        self._make = make
        self._server: Server | None = None

    def on_start(self) -> None:
        self._server = self._make(self._crashed)
        self._server.start()

    def on_stop(self) -> None:
        if self._server is not None:
            self._server.stop(STOP_SECONDS)

    def on_failure(self, *_exception: Any) -> None:
        if self._server is not None:
            self._server.stop(CRASH_SECONDS)

    def _crashed(self, error: BaseException) -> None:
        with suppress(pykka.ActorDeadError):
            self.actor_ref.tell(error)

    def handle(self, message: Any) -> None:
        if isinstance(message, BaseException):
            raise message


PARTS: Collection[str] = ("store", "event_log", "checkpointer", "networks", "http")
"""The children of the root supervisor, in start order."""
