"""What has happened lately, as it is written down: read once, for all who follow it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from deepnet.errors import DeepnetError
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.rows import EventRow
from deepnet.service.store.store import Store
from deepnet.service.web.streams.samples import json_text

KEPT = 2000
"""So many of the newest events are at hand; who falls behind further is told which he has missed."""
PAGE = 500
_RETRY_SECONDS = 1.0

_log = structlog.get_logger("deepnet.service")
Found = TypeVar("Found")


class Threads(Protocol):
    """Has something done in a thread."""

    def in_thread(self, do: Callable[[], Found]) -> "asyncio.Future[Found]": ...


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, encoded once for everybody."""

    row: EventRow
    text: str
    """JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events somebody wants; None or empty for all."""

    network: str | None = None
    run: str | None = None
    address: str | None = None
    kinds: tuple[str, ...] = ()

    def wants(self, row: EventRow) -> bool:
        return (
            self.network in (None, row.network)
            and self.run in (None, row.run)
            and self.address in (None, row.address)
            and (not self.kinds or row.kind in self.kinds)
        )


class EventFeed:
    """Holds the newest events while somebody follows them. It lives in the event loop.

    Attributes:
        last_id: the number of the newest event at hand.
    """

    def __init__(self, log: EventLog, store: Store, threads: Threads, kept: int = KEPT) -> None:
        self._log = log
        self._store = store
        self._threads = threads
        self._followers: dict[Callable[[], None], None] = {}
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._opening = asyncio.Lock()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.last_id = 0

    async def follow(self, wake: Callable[[], None]) -> int:
        """Have *wake* called when there is something new; return the number after which it is."""
        async with self._opening:
            self._followers[wake] = None
            if self._task is None:
                self._entries.clear()
                try:
                    self.last_id = await self._threads.in_thread(self._store.events.last_id)
                except BaseException:
                    self._followers.pop(wake, None)
                    raise
                self._task = asyncio.get_running_loop().create_task(self._run())
        return self.last_id

    def leave(self, wake: Callable[[], None]) -> None:
        """Call it no more; with the last follower the reading ends."""
        self._followers.pop(wake, None)
        if not self._followers and self._task is not None:
            self._task.cancel()
            self._task = None

    def next_after(self, cursor: int) -> tuple[Entry | None, int]:
        """Return the first event at hand that is numbered above *cursor*, None if there is none yet.

        The second is the number that it comes after: *cursor*, or more if events in between are no longer at hand.
        """
        if cursor >= self.last_id or not self._entries:
            return None, max(cursor, self.last_id)
        first = self._entries[0].row.id
        known = max(cursor, first - 1)
        index = known + 1 - first
        return (self._entries[index] if index < len(self._entries) else None), known

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()

        def wake(_last_id: int) -> None:
            loop.call_soon_threadsafe(self._woken.set)

        end = self._log.subscribe(wake)
        try:
            while True:
                try:
                    full = await self._read()
                except DeepnetError as error:
                    _log.warning("events_unread", reason=str(error))
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                if not full:
                    await self._woken.wait()
                    self._woken.clear()
        finally:
            end()

    async def _read(self) -> bool:
        """Read what is new; return whether there may be more."""
        after = self.last_id

        def read() -> list[Entry]:
            return [Entry(row, json_text(row)) for row in self._store.events.page(after=after, limit=PAGE)]

        found = await self._threads.in_thread(read)
        if found:
            self._entries.extend(found)
            self.last_id = found[-1].row.id
            for wake in tuple(self._followers):
                wake()
        return len(found) == PAGE
