"""What one client is sent under one id: the newest frame of a state, or all events of a kind."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from deepnet.errors import DeepnetError
from deepnet.service.web.problems import kind_of
from deepnet.service.web.streams.event_feed import EventFeed, Filter
from deepnet.service.web.streams.samples import Sample, frame, json_text

LOOKED_THROUGH = 200
"""Events that are looked through for one that is wanted before others get their turn."""


class Subscription(Protocol):
    """Something that a client is sent."""

    id: int

    def take(self) -> str | bytes | None:
        """Return the next message for the client, None if there is none now."""


class Counts(Protocol):
    """Where frames are counted that were left out.

    Attributes:
        frames_dropped: so far.
    """

    frames_dropped: int


class StateSubscription:
    """Holds the newest frame of a topic, and no older one: who is slow skips some, and nothing piles up.

    Frames are numbered as they come, so that a client sees how many it has skipped.
    """

    def __init__(self, number: int, topic: str, rate: float, *, wake: Callable[[], None], counts: Counts) -> None:
        self.id = number
        self.topic = topic
        self.rate = rate
        self.skipped = 0
        self.leave: Callable[[], None] = lambda: None
        self._wake = wake
        self._counts = counts
        self._newest: Sample | None = None
        self._problem: str | None = None
        self._mark: Any = None
        self._seq = 0
        self._due = 0.0
        self.is_over = False

    def offer(self, sample: Sample, now: float) -> None:
        """Keep *sample* if it is time for one; see `deepnet.service.web.streams.channel`."""
        pause = 1 / self.rate
        if now < self._due - pause / 8:  # those who want fewer than others get every second one, or third
            return
        self._due = now + pause if now > self._due + pause else self._due + pause
        if self._newest is not None:
            self.skipped += 1
            self._counts.frames_dropped += 1
        self._newest = sample
        self._seq += 1
        self._wake()

    def fail(self, error: DeepnetError, *, over: bool) -> None:
        """Have the client told why there is nothing to see."""
        self.is_over = self.is_over or over
        self._problem = problem_message(error, self.id, over=over)
        self._wake()

    def take(self) -> str | bytes | None:
        problem, self._problem = self._problem, None
        if problem is not None:
            return problem
        sample, self._newest = self._newest, None
        if sample is None:
            return None
        payload, self._mark = sample.after(self._mark)
        return None if payload is None else frame(self.id, self.topic, self._seq, sample.time, payload)


class EventSubscription:
    """Reads the event log on from a number; who falls behind too far is told which events he has missed."""

    topic = "events"
    is_over = False

    def __init__(self, number: int, wanted: Filter, feed: EventFeed) -> None:
        self.id = number
        self.leave: Callable[[], None] = lambda: None
        self.cursor = 0
        self.skipped = 0
        self._wanted = wanted
        self._feed = feed

    def take(self) -> str | None:
        for _ in range(LOOKED_THROUGH):
            entry, known = self._feed.next_after(self.cursor)
            if known > self.cursor:
                gap = f'{{"op":"gap","id":{self.id},"from":{self.cursor + 1},"to":{known}}}'
                self.skipped += known - self.cursor
                self.cursor = known
                return gap
            if entry is None:
                return None
            self.cursor = entry.row.id
            if self._wanted.wants(entry.row):
                return str(frame(self.id, self.topic, entry.row.id, time.time(), entry.text))
        return ""  # nothing yet, but there is more to look through


def problem_message(error: Exception, number: int | None, *, over: bool) -> str:
    """Return the message that says what is wrong, and whether the subscription has ended by it."""
    kind = kind_of(error)
    problem = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": " ".join(str(error).split())[:1000],
    }
    return json_text({"op": "error", "id": number, "over": over, "problem": problem})
