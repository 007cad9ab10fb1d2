"""What this process takes of its machine."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil

LOOK_SECONDS = 1.0
"""Whoever asks more often gets the share of processors of the last look: over less time it says nothing."""


class Load:
    """Memory and processors that are taken by this process; for any thread.

    Args:
        clock: seconds, from any beginning.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._process = psutil.Process()
        self._share = 0.0
        self._looked = clock()
        with suppress(psutil.Error):
            self._process.cpu_percent()  # it counts from here

    def figures(self) -> dict[str, Any]:
        """Return the memory in bytes, and the share of processors since the last look; 100 is one of them, whole.

        None for what the system does not tell.
        """
        with self._lock:
            try:
                if self._clock() - self._looked >= LOOK_SECONDS:
                    self._share, self._looked = self._process.cpu_percent(), self._clock()
                return {"memory_bytes": self._process.memory_info().rss, "cpu_percent": self._share}
            except psutil.Error:
                return {"memory_bytes": None, "cpu_percent": None}
