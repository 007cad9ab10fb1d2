"""Reading data sets for people who look: one at a time, and for a share of the time.

A large table takes seconds to read, and whoever only looks must not keep networks from learning meanwhile.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from deepnet.service.web.security.roles import Role, principal_of

SHARE = 0.2
"""Of the time, what reading for viewers may take."""
PATIENCE_SECONDS = 5.0
"""How long somebody waits for his turn."""
WAITING = 8
"""So many may wait, with the one whose turn it is."""

T = TypeVar("T")


@dataclass(slots=True)
class Reading:
    """Whose turn it is; it belongs to the event loop."""

    clock: Callable[[], float] = time.monotonic
    waiting: int = 0
    rests_until: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, work: Callable[[], T], *, rests: bool) -> T:
        """Return what *work* does, in a thread, when it is its turn.

        Args:
            work: blocking.
            rests: whether it has to wait until those before have rested.

        Raises:
            HTTPException: 429, there are too many; it says when to come back.
        """
        rest = self.rests_until - self.clock() if rests else 0.0
        if self.waiting >= WAITING or rest > PATIENCE_SECONDS:
            raise _too_many(max(1.0, rest))
        self.waiting += 1
        try:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self.lock.acquire()
            except TimeoutError:
                raise _too_many(PATIENCE_SECONDS) from None
            try:
                await asyncio.sleep(max(0.0, self.rests_until - self.clock()) if rests else 0.0)
                return await self._timed(work)
            finally:
                self.lock.release()
        finally:
            self.waiting -= 1

    async def _timed(self, work: Callable[[], T]) -> T:
        began = self.clock()
        try:
            return await run_in_threadpool(work)
        finally:
            now = self.clock()
            self.rests_until = now + (now - began) * (1 / SHARE - 1)


def _too_many(seconds: float) -> HTTPException:
    wait = max(1, math.ceil(seconds))
    return HTTPException(429, f"too many data sets are being read: wait {wait} s", {"Retry-After": str(wait)})


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who wants to have a data set read."""

    reading: Reading
    role: Role

    async def read(self, work: Callable[[], T]) -> T:
        """As `Reading.read`; who may change networks, and so make one learn the data set, need not wait for rests."""
        return await self.reading.read(work, rests=self.role < Role.OPERATOR)


async def _reader_of(request: Request) -> Reader:
    return Reader(request.app.state.reading, principal_of(request).role)


ReadingFor: TypeAlias = Annotated[Reader, Depends(_reader_of)]
