"""How late the event loop is: what everybody who is connected waits for."""

import asyncio
import math
import time
from collections import deque
from typing import NamedTuple

EVERY_SECONDS = 0.1
MINUTE = 600
"""Measurements that are remembered: those of a minute."""


class LoopLag(NamedTuple):
    """By how many seconds the loop woke up late, in the last minute."""

    p50: float
    p99: float
    max: float


class LagProbe:
    """Measures how late an event loop wakes up. It costs ten wake-ups a second."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=MINUTE)

    async def measure(self) -> None:
        """Measure until cancelled."""
        while True:
            asleep = time.monotonic()
            await asyncio.sleep(EVERY_SECONDS)
            self._late.append(max(0.0, time.monotonic() - asleep - EVERY_SECONDS))

    def read(self) -> LoopLag:
        """Return the figures, from any thread; all are 0 before the first measurement."""
        late = sorted(self._late.copy()) or [0.0]
        return LoopLag(late[len(late) // 2], late[math.ceil(0.99 * len(late)) - 1], late[-1])
