"""HTTP as uvicorn speaks it, with bounds that it lacks: how long a request may take to be said, and how long it may be.

Without them a client that says half a request and no more holds its connection for ever, and one that never ends its
headers fills the memory.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 << 10
"""Bytes that the first line and the headers of a request may have."""
HEAD_SECONDS = 10.0
"""Seconds that a client may take to say them, from when it connected or began to."""


class BoundedHttp(HttpToolsProtocol):
    """The HTTP of one connection; who takes too long, or says too much, before the first byte of a body is cut off."""

    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base class
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
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
