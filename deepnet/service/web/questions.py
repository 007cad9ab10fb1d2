"""Questions that a network's actors answer themselves, between two steps: few at a time, and for a share of the time.

Whoever may only look must not keep a network from learning, nor others from being answered. So a network is asked one
question after the other; when it learns, each is followed by a rest that is the longer the longer it took; and they
wait in threads of their own.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, HTTPException, Request

from deepnet.runs.network import Network
from deepnet.service.web.security.roles import principal_of

SHARE = 0.2
"""Of the time in which a network learns, what questions may take."""
PATIENCE_SECONDS = 5.0
"""How long a question may wait for its turn, and then for its answer."""
OF_A_NETWORK = 4
"""Questions that may wait for one network, with the one that it answers."""
OF_ONE_WHO_ASKS = 2
"""Questions that somebody may have waiting, of all networks."""
THREADS = 8

T = TypeVar("T")


@dataclass(slots=True)
class _Turns:
    """Whose turn it is at one network: how many ask it, and from when on it may be asked again."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asking: int = 0
    rests_until: float = float("-inf")


class Questions:
    """All questions of one application; it belongs to the event loop.

    Args:
        clock: seconds, from any moment on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turns: WeakKeyDictionary[Network, _Turns] = WeakKeyDictionary()
        self._asking: Counter[str] = Counter()
        self._threads: CapacityLimiter | None = None

    async def ask(self, who: str, network: Network, question: Callable[[], T]) -> T:
        """Return what *question* does, when it is its turn at *network*.

        Args:
            who: asks; one of the names of the guard.
            network: is asked.
            question: blocking; it runs in a thread.

        Raises:
            HTTPException: 429, there are too many questions; it says when to come back.
        """
        turns = self._turns.setdefault(network, _Turns())
        if self._asking[who] >= OF_ONE_WHO_ASKS or turns.asking >= OF_A_NETWORK:
            raise _too_many(1)
        self._asking[who] += 1
        turns.asking += 1
        try:
            await self._wait_for_turn(turns)
            try:
                return await self._answer(turns, network, question)
            finally:
                turns.lock.release()
        finally:
            turns.asking -= 1
            self._asking[who] -= 1
            if not self._asking[who]:
                del self._asking[who]

    async def _wait_for_turn(self, turns: _Turns) -> None:
        until = self._clock() + PATIENCE_SECONDS
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await turns.lock.acquire()
        except TimeoutError:
            raise _too_many(PATIENCE_SECONDS) from None
        rest = turns.rests_until - self._clock()
        if turns.rests_until > until:
            turns.lock.release()
            raise _too_many(rest)
        try:
            await asyncio.sleep(max(0.0, rest))
        except BaseException:
            turns.lock.release()
            raise

    async def _answer(self, turns: _Turns, network: Network, question: Callable[[], T]) -> T:
        if self._threads is None:
            self._threads = CapacityLimiter(THREADS)
        learns = network.run is not None and network.run.state == "running"
        took = 0.0

        def timed() -> T:
            nonlocal took
            began = self._clock()
            try:
                return question()
            finally:
                took = self._clock() - began

        try:
            return await to_thread.run_sync(timed, limiter=self._threads)
        finally:
            if learns:
                turns.rests_until = self._clock() + took * (1 / SHARE - 1)


def _too_many(seconds: float) -> HTTPException:
    wait = max(1, math.ceil(seconds))
    detail = f"too many questions that actors answer: wait {wait} s, ask for fewer rows, or for predictions"
    return HTTPException(429, detail, {"Retry-After": str(wait)})


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks a network something."""

    questions: Questions
    who: str

    async def ask(self, network: Network, question: Callable[[], T]) -> T:
        """As `Questions.ask`, by whoever sent the request."""
        return await self.questions.ask(self.who, network, question)


async def _asker_of(request: Request) -> Asker:
    return Asker(request.app.state.questions, principal_of(request).name)


Asking: TypeAlias = Annotated[Asker, Depends(_asker_of)]
