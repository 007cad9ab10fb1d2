"""Whether the event loop is alive: by when it was last heard of."""

import asyncio
import time

_EVERY_SECONDS = 0.5


class Heartbeat:
    """Beats as long as an event loop turns; several may take turns at it, as web servers come and go."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    async def beat(self) -> None:
        """Beat until cancelled; for a task of the loop."""
        while True:
            self._last = time.monotonic()
            await asyncio.sleep(_EVERY_SECONDS)

    def silent_seconds(self) -> float:
        """Return for how long nothing has been heard of it; from any thread."""
        return time.monotonic() - self._last
