"""The log of what happens: heard from any thread at once, written down soon after by one."""

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from deepnet.errors import StorageError
from deepnet.events import Event, Intervened, RunEnded
from deepnet.service.store.places import without_place
from deepnet.service.store.plain_data import plain_data
from deepnet.service.store.rows import NewEvent
from deepnet.service.store.store import Store
from deepnet.service.store.throttle import Throttle
from deepnet.service.store.who import who_acts

MOST_WAITING = 100_000
KEEP = 100_000
"""So many of the newest events are kept."""
TRIM_EVERY = 1000

_COLUMNS = frozenset({"network", "address", "step"})
_SECRETS = frozenset({"path"})
"""Facts of this machine that are nobody's business who looks at a network."""


class EventLog:
    """Hears what happens, and writes it into the store.

    Attributes:
        on_waiting: called in the thread of whoever is heard, when something begins to wait: see to it that `write` is
            called soon, and be quick.
        problem: why the last `write` could not; empty if it could.
        lost_in_all: events that were never written, since this began.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.time,
        *,
        keep: int = KEEP,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._most_waiting = most_waiting
        self._lock = threading.Lock()  # for a moment only: nobody who is heard waits for the disk
        self._waiting: deque[NewEvent] = deque()
        self._throttles: dict[str, Throttle] = {}
        self._runs: dict[str, str] = {}
        self._announced = False
        self._lost = 0
        self.lost_in_all = 0
        self._writing = threading.Lock()
        self._batch: list[NewEvent] = []
        self._untrimmed = 0
        self._wakes: tuple[_Wake, ...] = ()
        self.on_waiting: Callable[[], None] = lambda: None
        self.problem = ""

    # Hearing.

    def follow_run(self, network: str, run: str | None) -> None:
        """From now on what *network* tells belongs to that run; None: to none, and nothing of it is remembered."""
        with self._lock:
            if run is not None:
                self._runs[network] = run
                return
            throttle = self._throttles.pop(network, None)
            owed = [] if throttle is None else self._owed(network, throttle, self._clock())
            self._runs.pop(network, None)
        self._put(owed)

    def hear(self, network: str, event: Event) -> None:
        """Take down what a network tells. It never waits for the disk and never raises."""
        try:
            now = self._clock()
            with self._lock:
                run = self._runs.get(network)
                throttle = self._throttles.setdefault(network, Throttle())
                ended = isinstance(event, RunEnded)
                owed = self._owed(network, throttle, now) if ended or throttle.is_over(now) else []
                passed = throttle.passed(event, now)
                if ended:
                    del self._throttles[network]
            self._put([*owed, *(self._as_new(one, network, run, now) for one in passed)])
        except Exception:  # noqa: BLE001 - those who learn must not suffer for it
            self._lose(1)

    def note(
        self,
        kind: str,
        /,
        *,
        network: str | None = None,
        run: str | None = None,
        address: str | None = None,
        step: int | None = None,
        who: str | None = None,
        **data: Any,
    ) -> None:
        """Take down something of the service's own. It never waits for the disk and never raises.

        Args:
            kind: in small letters, such as ``network_created``.
            network: which it is about.
            run: which run; None for the one that the network is in.
            address: of a neuron or a layer.
            step: the step that it was at.
            who: who did it; None for whoever is behind this call.
            **data: whatever else there is to say.
        """
        try:
            if run is None and network is not None:
                run = self._runs.get(network)
            now, who = self._clock(), who or who_acts()
            self._put([NewEvent(now, kind, network, run, address, step, who, self._told(data))])
        except Exception:  # noqa: BLE001 - whoever does something need not care for its being noted
            self._lose(1)

    def _as_new(self, event: Event, network: str, run: str | None, now: float) -> NewEvent:
        facts = event._asdict()
        data = {name: value for name, value in facts.items() if name not in _COLUMNS and name not in _SECRETS}
        who = who_acts() if isinstance(event, Intervened) else None
        return NewEvent(
            now, _kind(type(event)), network, run, facts.get("address"), facts.get("step"), who, self._told(data)
        )

    def _told(self, data: dict[str, Any]) -> dict[str, Any]:
        folder = self._store.path.parent
        return {
            name: without_place(value, folder) if isinstance(value, str) else value
            for name, value in plain_data(data).items()
        }

    def _owed(self, network: str, throttle: Throttle, now: float) -> list[NewEvent]:
        left_out = throttle.taken()
        if not left_out:
            return []
        kinds = {_kind(of): count for of, count in left_out.items()}
        data = {"count": left_out.total(), "kinds": kinds}
        return [NewEvent(now, "events_left_out", network, self._runs.get(network), data=data)]

    def _put(self, rows: list[NewEvent]) -> None:
        if not rows:
            return
        with self._lock:
            room = max(0, self._most_waiting - len(self._waiting) - len(self._batch))
            self._waiting.extend(rows[:room])
            self._lost += len(rows[room:])
            self.lost_in_all += len(rows[room:])
            begins, self._announced = not self._announced, True
        if begins:
            with suppress(Exception):
                self.on_waiting()

    def _lose(self, count: int) -> None:
        with self._lock:
            self._lost += count
            self.lost_in_all += count

    # Writing.

    @property
    def waiting(self) -> int:
        """How many events are not written yet; if there are any after a `write`, call it again within a second."""
        with self._lock:
            owed = sum(bool(throttle.left_out) for throttle in self._throttles.values())
            return len(self._waiting) + len(self._batch) + owed + bool(self._lost)

    def write(self, *, last: bool = False) -> int:
        """Write all that waits, all or nothing; return how many events that were.

        If the store cannot, they wait on, `problem` says why, and 0 is returned.

        Args:
            last: whether nothing comes after it, so that what is being counted is written too.
        """
        with self._writing:
            rows, lost = self._gathered(last)
            if not rows:
                return 0
            try:
                ids = self._store.events.append(rows)
            except StorageError as error:
                self.problem = str(error)
                return 0
            self.problem = ""
            with self._lock:
                self._batch.clear()
                self._lost -= lost
            self._trim(len(ids))
        self._wake(ids[-1])
        return len(ids)

    def _gathered(self, last: bool) -> tuple[list[NewEvent], int]:
        now = self._clock()
        with self._lock:
            self._announced = False
            self._batch += self._waiting
            self._waiting.clear()
            for network, throttle in self._throttles.items():
                if last or throttle.is_over(now):
                    self._batch += self._owed(network, throttle, now)
            lost = self._lost
            rows = list(self._batch)
        if lost:
            rows.append(NewEvent(now, "events_lost", data={"count": lost}))
        return rows, lost

    def _trim(self, written: int) -> None:
        self._untrimmed += written
        if self._untrimmed >= TRIM_EVERY:
            with suppress(StorageError):  # the next one will
                self._store.events.trim(self._keep)
                self._store.interventions.trim(self._keep)
                self._untrimmed = 0

    # Telling.

    def subscribe(self, wake: Callable[[int], None]) -> Callable[[], None]:
        """Have *wake* called with the newest number after each `write`; call what is returned to end that.

        It is called in the thread of who writes, so it must be quick. If it raises it is not called again.
        """
        entry = _Wake(wake)
        with self._lock:
            self._wakes = (*self._wakes, entry)
        return lambda: self._forget(entry)

    def _forget(self, entry: "_Wake") -> None:
        with self._lock:
            self._wakes = tuple(kept for kept in self._wakes if kept is not entry)

    def _wake(self, last_id: int) -> None:
        for entry in self._wakes:
            try:
                entry.wake(last_id)
            except Exception:  # noqa: BLE001 - who cannot be woken must not keep the others from it
                self._forget(entry)


class _Wake:
    """One wish to be woken: who asks twice is woken twice, and may end each by itself."""

    def __init__(self, wake: Callable[[int], None]) -> None:
        self.wake = wake


def _kind(event: type[Event]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()
