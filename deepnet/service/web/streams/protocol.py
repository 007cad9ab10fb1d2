"""The WebSocket of uvicorn, with bounds that it lacks: on clients that do not read, and on what they can make us keep.

uvicorn closes a connection by waiting until everything has been written. To a client that does not read, that is for
ever: its socket and its buffer would stay. Here such a connection is broken off.
"""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

INBOUND_BYTES = 64 << 10
"""Bytes of the longest message that a client may send."""
UNREAD_SECONDS = 30.0
"""A client that reads nothing for so long is dropped."""
CLOSING_SECONDS = 5.0
"""How long a connection that ends may take to be written out."""
MOST_FRAGMENTS = 1000
"""Parts that a message may come in: empty ones cost memory, and are in no limit of bytes."""
MOST_ANSWERS = 1 << 20
"""Bytes of answers to pings that may wait for a client that does not read them."""


class LiveWebSocket(WebSocketsSansIOProtocol):
    """One connection; for uvicorn's option ``ws``."""

    unread_seconds = UNREAD_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _unread = 0
    _ending = False

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._ending:
            return
        self._unread = self.transport.get_write_buffer_size()
        self._within(self.unread_seconds, self._drop_if_stuck)

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self._ending:
            self._no_deadline()

    def shutdown(self) -> None:
        super().shutdown()
        self._break_off_later()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        self._break_off_later()

    def handle_ping(self) -> None:
        super().handle_ping()
        if self.transport.get_write_buffer_size() > MOST_ANSWERS:
            self.transport.abort()

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MOST_FRAGMENTS:
            self._fail(1009)
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            self._fail(1007)  # as the base class does, that writes a traceback besides
        else:
            super().send_receive_event_to_app()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            # A refusal is an answer too; uvicorn takes it for none, and writes an error for each into the log.
            self.handshake_complete = True

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._break_off_later()

    def _fail(self, code: int) -> None:
        self.frames = []
        if not self.close_sent and not self.transport.is_closing():
            self.conn.fail(code)
            self.handle_parser_exception()

    def _drop_if_stuck(self) -> None:
        """Break off if nothing has been read since; who reads slowly may go on."""
        size = self.transport.get_write_buffer_size()
        if size >= self._unread:
            self.transport.abort()
        else:
            self._unread = size
            self._within(self.unread_seconds, self._drop_if_stuck)

    def _break_off_later(self) -> None:
        if not self.disconnected:
            self._ending = True
            self._within(CLOSING_SECONDS, self.transport.abort)

    def _within(self, seconds: float, do: Any) -> None:
        self._no_deadline()
        self._deadline = self.loop.call_later(seconds, do)

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
