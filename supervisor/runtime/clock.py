"""Where time comes from: handed in, so that a test can hand in another one."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells monotonic seconds."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...


class MonotonicClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        return time.monotonic()
