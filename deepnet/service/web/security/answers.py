"""What goes back to a client: with the headers that every answer has, and whatever happens, one answer."""

import contextlib

from starlette.types import Message, Receive, Scope, Send

from deepnet.service.web.security.headers import add_to
from deepnet.service.web.security.refusals import Refusal, say

_BEGINNINGS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


class Answer:
    """Passes on what an app sends.

    Attributes:
        status: of the answer; 101 for a WebSocket that was opened, 0 as long as there is none.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._complete = False
        self.status = 0

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.close" and not self.status:
            # Said before the connection is open, uvicorn would make a bare 403 of it.
            await self.refuse(Refusal(403, "forbidden", "the service does not open this connection"))
            return
        if kind in _BEGINNINGS:
            self.status = message.get("status", 101)
            add_to(message)
        self._complete = kind == "websocket.close" or (
            kind == "http.response.body" and not message.get("more_body", False)
        )
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Say *refusal*; where a stream has begun, end it."""
        if not self.status:
            await say(refusal, self._scope, self._receive, self.send)
        elif self._scope["type"] == "websocket":
            await self._close(1008, "the session is over")
        elif not self._complete:
            with contextlib.suppress(Exception):  # gone, or promised more than it gets: then the connection just ends
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def fail(self) -> None:
        """Say that the app has failed; an answer that has begun breaks off, so that nobody takes it for whole."""
        if not self.status:
            await self.refuse(Refusal(500, "internal", "the service has failed at this: its log says how"))
        elif self._scope["type"] == "websocket":
            await self._close(1011, "the service has failed at this")

    async def _close(self, code: int, reason: str) -> None:
        if self.status == 101 and not self._complete:
            with contextlib.suppress(Exception):  # gone
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
