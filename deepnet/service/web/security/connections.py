"""The connections that sessions have open: a stream must not outlive the session that may see it."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable


class Connections:
    """What is to be cut when a session ends. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[object, tuple[str, Callable[[], None]]] = {}

    @contextlib.asynccontextmanager
    async def held(self, session: str, seconds: float) -> AsyncIterator[None]:
        """Cut what is done inside, by TimeoutError, after *seconds*, or when *session* is ended before."""
        loop, name = asyncio.get_running_loop(), object()
        async with asyncio.timeout(seconds) as limit:
            with self._lock:
                self._open[name] = session, lambda: _soon(loop, limit)
            try:
                yield
            finally:
                with self._lock:
                    del self._open[name]

    def end(self, session: str) -> None:
        """Cut every connection of *session*."""
        with self._lock:
            ends = [end for of, end in self._open.values() if of == session]
        for end in ends:
            end()


def _soon(loop: asyncio.AbstractEventLoop, limit: asyncio.Timeout) -> None:
    def expire() -> None:
        with contextlib.suppress(RuntimeError):  # it is over already
            limit.reschedule(loop.time())

    with contextlib.suppress(RuntimeError):  # the loop has been closed, and its connections with it
        loop.call_soon_threadsafe(expire)
