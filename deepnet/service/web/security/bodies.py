"""The length of a body: what is announced, and what arrives."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from deepnet.service.web.security.headers import values
from deepnet.service.web.security.refusals import too_large, too_slow


class CountedBody:
    """A `receive` that ends a body which turns out longer than *limit* bytes.

    Attributes:
        exceeded: whether it has; what the app then says is not passed on.
    """

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._count = 0
        self.exceeded = False

    async def __call__(self) -> Message:
        """Raise HTTPException 413, which ends the app's work without being logged as a failure."""
        message = await self._receive()
        self._count += len(message.get("body", b""))
        if self._count > self._limit:
            self.exceeded = True
            raise HTTPException(413)
        return message


async def read_ahead(receive: Receive, limit: int, seconds: float | None) -> Receive:
    """Return a `receive` for a body that has arrived already: one that turns out too long has had no effect by then.

    Raises:
        Refusal: 413: it is longer than *limit* bytes; 400: it has not arrived after *seconds*, unless that is None.
    """
    messages, count, more = [], 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                messages.append(message)
                count += len(message.get("body", b""))
                if count > limit:
                    raise too_large(limit)
                more = message.get("more_body", False)
    except TimeoutError:
        raise too_slow() from None

    async def replay() -> Message:
        return messages.pop(0) if messages else await receive()

    return replay


def refuse_announced(scope: Scope, limit: int) -> None:
    """Raise Refusal 413 if Content-Length says more than *limit* bytes; what it does not say is counted."""
    if any(not said.isdecimal() or int(said[:20]) > limit for said in values(scope, "content-length")):
        raise too_large(limit)
