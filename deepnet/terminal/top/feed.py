"""Where all comes from: a connection to a service that follows it live, and looks for it again when it is gone."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from deepnet.client.service import Service
from deepnet.errors import DeepnetError, ServiceError
from deepnet.terminal.top.changes import Wanted, make
from deepnet.terminal.top.news import Link, News
from deepnet.terminal.top.session import Look, Session

STALE_SECONDS = 3.0
"""After so long without a word from a service it is no longer taken to be live."""
WAITS = (0.2, 0.5, 1.0)
"""Seconds between one look for a lost service and the next; the last one again and again."""
ENDING_SECONDS = 5.0
"""How long the end of the threads is waited for."""
_MOST = 5000
"""Events that may wait to be taken."""


class Feed:
    """All that the screens need of a service. Its methods return at once, and may be called from any thread.

    Args:
        connect: makes a connection; called again when it is lost, so it must look where the service is each time.
        rate: how often a second the figures are sent.
        clock: tells seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Service],
        rate: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._states: dict[str, News] = {}
        self._appended: list[News] = []
        self._complaints: list[str] = []
        self._look = Look(None, ("networks",))
        self._session: Session | None = None
        self._heard: float | None = None
        self._reason = ""
        self._role = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deepnet-top", daemon=True)
        self._asking = ThreadPoolExecutor(1, "deepnet-top-asks")
        self._changing = ThreadPoolExecutor(1, "deepnet-top-changes")

    def start(self) -> None:
        """Begin to look for the service."""
        self._thread.start()

    def stop(self) -> None:
        """End the connection and the threads."""
        self._stopping.set()
        session = self._session
        if session is not None:
            session.close()
        for hands in (self._asking, self._changing):
            hands.shutdown(wait=False, cancel_futures=True)
        if self._thread.is_alive():
            self._thread.join(ENDING_SECONDS)

    # What the screens want.

    @property
    def link(self) -> Link:
        """How it stands with the connection."""
        age = 0.0 if self._heard is None else self._clock() - self._heard
        if self._session is not None:
            state = "stale" if age > STALE_SECONDS else "live"
        else:
            state = "connecting" if self._heard is None else "gone"
        return Link(state, age, self._reason, self._role)

    def look(self, look: Look) -> None:
        """Have what is looked at sent from now on, and nothing else."""
        if look != self._look:
            self._look = look
            self._later(self._subscribe)

    def set_rate(self, rate: float) -> None:
        """Have the figures sent that often a second."""
        self._rate = rate
        self._later(self._subscribe)

    def take(self) -> list[News]:
        """Return what has been told since the last time: of each state the newest, of what happens all."""
        with self._lock:
            states, self._states = self._states, {}
            appended, self._appended = self._appended, []
        return [*states.values(), *appended]

    def complaints(self) -> list[str]:
        """Return what went wrong since the last time, a line each."""
        with self._lock:
            complaints, self._complaints = self._complaints, []
        return complaints

    def change(self, verb: str, network: str, run: str | None, **arguments: Any) -> "Future[str]":
        """Have something changed, after what was asked for before; the answer is what was done, in one line.

        Its exception may be a DeepnetError: the service refuses, or is gone.
        """
        return self._changing.submit(self._change, Wanted(verb, network, run, arguments))

    def _change(self, wanted: Wanted) -> str:
        session = self._session
        if session is None:
            raise ServiceError(f"{wanted.verb.replace('_', ' ')} has to wait: the service is gone ({self._reason})")
        try:
            return make(wanted, session.ask)
        except ServiceError as error:
            if getattr(error, "status", None) == 403:
                self._role = "viewer"
            raise

    # The connection.

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._follow()
                failures = 0
            except (DeepnetError, OSError) as error:
                self._reason = " ".join(str(error).split())
                failures = failures + 1 if self._session is None else 0
            except Exception as error:  # noqa: BLE001 - a service of another version must not end the screens
                self._reason = f"what the service says cannot be read ({type(error).__name__}: {error}): is it newer?"
                failures += 1
            finally:
                self._end()
            self._stopping.wait(WAITS[min(failures, len(WAITS) - 1)])

    def _follow(self) -> None:
        """Connect, and take in what comes until the service is gone."""
        service = self._connect()
        try:
            session = Session(service, self._hear, self._complain)
        except BaseException:
            service.close()
            raise
        self._session, self._role, self._reason = session, session.role, "the connection ended"
        self._heard = self._clock()
        if self._stopping.is_set():
            return
        session.look(self._look, self._rate)
        session.follow(lambda network, run: self._later(lambda: session.refresh_run(network, run)))

    def _end(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _hear(self, news: News) -> None:
        self._heard = self._clock()
        with self._lock:
            if news.topic in {"events", "history"}:
                self._appended.append(news)
                del self._appended[:-_MOST]
            else:
                self._states[news.topic] = news

    def _complain(self, complaint: str) -> None:
        with self._lock:
            self._complaints.append(complaint)

    def _subscribe(self) -> None:
        session = self._session
        if session is not None:
            session.look(self._look, self._rate)

    def _later(self, do: Callable[[], None]) -> None:
        """Do something that asks the service, one after the other, in another thread."""

        def guarded() -> None:
            try:
                do()
            except (DeepnetError, OSError) as error:
                if self._session is not None and not self._stopping.is_set():
                    self._complain(str(error))

        if not self._stopping.is_set():
            self._asking.submit(guarded)
