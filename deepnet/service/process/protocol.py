"""HTTP as uvicorn speaks it, with bounds that it lacks: how long a request may take to be said, and how long it may be.

Without them a client that says half a request and no more holds its connection for ever, one that never ends its
headers fills the memory, and one that does not read its answer holds that.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from deepnet.service.process.room import Room, Use

HEAD_BYTES = 32 << 10
"""Bytes that the first line and the headers of a request may have."""
HEAD_SECONDS = 10.0
"""Seconds that a client may take to say them, from when it connected or began to."""
UNREAD_SECONDS = 30.0
"""A client that reads nothing of its answer for so long is dropped."""


class BoundedHttp(HttpToolsProtocol):
    """The HTTP of one connection; who takes too long, or says too much, before the first byte of a body is cut off."""

    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None
    _number = -1
    _is_known = False
    _is_websocket = False
    _unread: tuple[int, float] | None = None

    @property
    def _room(self) -> Room:
        state: Any = self.server_state  # our own, see web_server
        room: Room = state.room
        return room

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base class
        super().connection_made(transport)
        self._number = transport.get_extra_info("socket").fileno()
        self._room.tell(self._number, self.use)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
        self._room.forget(self._number)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        # Several requests may come in one piece, and a body with its headers: only what is still unended is too long.
        if self._head_timer is not None and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The headers of a request may have {HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        if self._head_timer is None:  # a further request of the same connection
            self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_done()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        self._is_websocket = True
        super().handle_websocket_upgrade()

    def on_response_complete(self) -> None:
        self._is_known = _names_somebody(self.cycle)
        super().on_response_complete()

    def use(self) -> Use:
        """Return of what use this connection is now."""
        if self._is_websocket:
            return Use.BUSY
        cycle: Any = self.cycle  # None before the first
        if cycle is None or cycle.response_complete:
            return Use.RESTING if self._is_known else Use.NONE
        return Use.BUSY if _names_somebody(cycle) else Use.STRANGER

    def drop_if_unread(self) -> None:
        """Break off if the client has read nothing for long; to be called every now and then."""
        size, now = self.transport.get_write_buffer_size(), self.loop.time()
        if not size or not (self.transport.is_closing() or self.flow.write_paused):  # more may come from here too
            self._unread = None
        elif self._unread is None or size < self._unread[0]:
            self._unread = size, now
        elif now - self._unread[1] >= UNREAD_SECONDS:
            self.transport.abort()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _head_done(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()


def _names_somebody(cycle: Any) -> bool:
    """Whether the guard has let in who asks."""
    return "principal" in cycle.scope["state"]
