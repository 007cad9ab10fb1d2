"""Following what neurons do, step by step, as it is sealed."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Self

from deepnet.actors.vault import Sealed
from deepnet.actors.watching import Activity, Watching
from deepnet.runs.states import NeuronState

MOST_WAITING = 1000
"""So many records wait for a reader; then the oldest go: whoever is slow misses some, and nobody waits for him."""


class Watch:
    """Neurons that are followed; made by `Network.watch`. Iterate over it, and close it, or use it in a ``with`` block.

    Iteration ends when it is closed, and when no run is under way any more and all that was sealed has been read.

    Attributes:
        missed: records that nobody read in time.
    """

    def __init__(
        self,
        watching: Watching,
        places: Mapping[str, frozenset[int]],
        every: int,
        read: Callable[[str, Activity, Sealed], NeuronState],
        is_over: Callable[[], bool],
    ) -> None:
        self.missed = 0
        self._read = read
        self._is_over = is_over
        self._waiting: deque[tuple[str, Activity, Sealed]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._remove = watching.add(places, every, self._take)

    def _take(self, activities: Mapping[str, Activity], sealed: Sealed) -> None:
        with self._changed:
            self._waiting.extend((address, activity, sealed) for address, activity in activities.items())
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popleft()
                self.missed += 1
            self._changed.notify_all()

    def __iter__(self) -> Iterator[NeuronState]:
        return self

    def __next__(self) -> NeuronState:
        """Wait for the next record."""
        with self._changed:
            while not self._waiting:
                if self._closed or self._is_over():  # what is sealed before the end waits at our lock, or is here
                    raise StopIteration
                self._changed.wait(0.05)
            found = self._waiting.popleft()
        return self._read(*found)

    def newest(self) -> NeuronState | None:
        """Return the newest record that nobody has read and leave out those before it, without waiting for one."""
        with self._changed:
            if not self._waiting:
                return None
            found = self._waiting.pop()
            self._waiting.clear()
        return self._read(*found)

    def close(self) -> None:
        """Follow no longer. Twice is no error."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
        self._remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
