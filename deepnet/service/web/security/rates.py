"""How often somebody may do something: a bucket each, refilled with time."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_BUCKETS = 4096
"""Buckets that are kept; beyond it the one not used for longest is forgotten."""


class Rates:
    """Counts by name. Thread-safe.

    Attributes:
        per_second: how many may be taken for good.
        burst: how many may be taken at once.
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self.burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Name -> (what is left, when that was counted)."""

    def take(self, name: str) -> int:
        """Take one for *name*; return 0, or the whole seconds to wait if none is left."""
        now = self._clock()
        with self._lock:
            left, then = self._buckets.pop(name, (float(self.burst), now))
            left = min(float(self.burst), left + (now - then) * self.per_second)
            allowed = left >= 1
            self._buckets[name] = (left - 1 if allowed else left, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - left) / self.per_second))
