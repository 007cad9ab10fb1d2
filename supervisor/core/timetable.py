"""What is due when: a heap that is told the time."""

import heapq
from collections.abc import Callable
from itertools import count


class Entry:
    """Something to be done at *due* (monotonic seconds), unless it is cancelled first."""

    __slots__ = ("action", "due")

    def __init__(self, due: float, action: Callable[[], object]) -> None:
        self.due = due
        self.action: Callable[[], object] | None = action

    def cancel(self) -> None:
        """Have nothing done. Once it has been done, this has no effect."""
        self.action = None


class Timetable:
    """Entries in the order in which they fall due; those due together, in the order they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Entry]] = []
        self._order = count()

    def add(self, due: float, action: Callable[[], object]) -> Entry:
        entry = Entry(due, action)
        heapq.heappush(self._heap, (due, next(self._order), entry))
        return entry

    def next_due(self) -> float | None:
        """When the next entry that still counts falls due, or None."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> list[Callable[[], object]]:
        """Remove what is due at *now* and return its actions, in order."""
        due: list[Callable[[], object]] = []
        while (first := self.next_due()) is not None and first <= now:
            action = heapq.heappop(self._heap)[2].action
            if action is not None:
                due.append(action)
        return due
