"""Messages that are put into a mailbox again, late or a second time; and which of them still count then."""

import threading
from collections import deque
from enum import Enum
from typing import Any, NamedTuple

from deepnet.actors.courier import Courier
from supervisor import Mailbox
from supervisor.core.timetable import Entry


class Arrival(Enum):
    """How a message comes."""

    FRESH = "for the first time"
    AGAIN = "late, or a second time"
    TOO_LATE = "so late that its try is over"
    STRAY = "for the first time, when its try is over already"


class _Try:
    """One try at a step, or at a question."""

    def __init__(self, step: int, attempt: int) -> None:
        self.step = step
        self.attempt = attempt


class _Marked(NamedTuple):
    """The mailbox and message of a key, kept so that no other gets its number; and of which tries copies wait there."""

    mailbox: Mailbox
    message: Any
    tries: deque[_Try | None]


class _Late(NamedTuple):
    """A message that is held back until it is due."""

    mailbox: Mailbox
    message: Any
    belongs: _Try | None
    entry: Entry


class Redelivery:
    """Holds messages back, hands them over again, and knows them when they come.

    What comes after its try is over does not count: then a message of the same step and attempt may be under way, as
    after a connection that was torn down and made anew.

    Args:
        courier: of the network.
    """

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._lock = threading.RLock()
        self._present: _Try | None = None
        self._marks: dict[tuple[int, int], _Marked] = {}
        self._late: list[_Late] = []

    def begin_try(self, step: int, attempt: int) -> None:
        """Note that messages of this step and attempt are those that count from now on."""
        with self._lock:
            self._present = _Try(step, attempt)
            for key in [key for key, marked in self._marks.items() if marked.mailbox.stopped.is_set()]:
                del self._marks[key]  # whoever is dead will not come upon them

    def end_try(self) -> None:
        """Note that no message counts until another try begins."""
        with self._lock:
            self._present = None

    def look_at(self, mailbox: Mailbox, message: Any) -> Arrival:
        """Say how *message* comes to the owner of *mailbox*, who is about to handle it."""
        key = id(mailbox), id(message)
        with self._lock:
            present, marked = self._present, self._marks.get(key)
            if marked is None:
                counts = present is not None and (message.step, message.attempt) == (present.step, present.attempt)
                return Arrival.FRESH if counts else Arrival.STRAY
            belongs = marked.tries.popleft()
            if not marked.tries:
                del self._marks[key]
            return Arrival.AGAIN if belongs is present and present is not None else Arrival.TOO_LATE

    def repeat(self, mailbox: Mailbox, message: Any) -> None:
        """Put a copy of *message* behind all that waits."""
        with self._lock:
            self._post(mailbox, message, self._present)

    def delay(self, mailbox: Mailbox, message: Any, seconds: float) -> None:
        """Put *message* in again in so many seconds."""
        with self._lock:
            entry = self._courier.scheduler.timers.after(seconds, lambda: self._is_due(late))
            late = _Late(mailbox, message, self._present, entry)
            self._late.append(late)
            self._courier.count_held(1)

    def hand_over(self) -> int:
        """Put in at once what is held back; return how many messages."""
        with self._lock:
            late = tuple(self._late)
            for each in late:
                each.entry.cancel()
                self._is_due(each)
        return len(late)

    def forget(self) -> None:
        """Know nothing any more of what was put in: nobody looks at it."""
        with self._lock:
            self._marks.clear()
            self._present = None

    def _is_due(self, late: _Late) -> None:
        with self._lock:
            place = next((at for at, each in enumerate(self._late) if each is late), None)
            if place is None:
                return
            del self._late[place]
            self._post(late.mailbox, late.message, late.belongs)
            self._courier.count_held(-1)

    def _post(self, mailbox: Mailbox, message: Any, belongs: _Try | None) -> None:
        if not mailbox.stopped.is_set():
            key = id(mailbox), id(message)
            self._marks.setdefault(key, _Marked(mailbox, message, deque())).tries.append(belongs)
            mailbox.post(message)
