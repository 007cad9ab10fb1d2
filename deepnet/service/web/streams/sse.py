"""The event log as server-sent events: for curl and scripts, and to be taken up again where it broke off."""

import asyncio
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Message, Send

from deepnet.errors import DeepnetError
from deepnet.service.web.streams.event_feed import PAGE, Entry, Filter
from deepnet.service.web.streams.hub import Hub
from deepnet.service.web.streams.samples import json_text

KEEP_ALIVE_SECONDS = 15.0
"""How often something is said where nothing happens, so that nobody in between takes the connection for dead."""
_LOOKED_THROUGH = 200
_RETRY_SECONDS = 1.0
UNREAD_SECONDS = 30.0
"""A client that reads nothing for so long is dropped."""


class EventStream(StreamingResponse):
    """Events as they happen; it counts as one of the hub's streams until it has ended.

    Args:
        hub: where they come from; it has counted this stream already.
        wanted: which.
        after: the number after which to begin; None for what happens from now on.
    """

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, wanted: Filter, after: int | None) -> None:
        self._hub = hub
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_stream(hub, wanted, after), headers=headers)

    async def __call__(self, *args: object) -> None:
        """Answer, as ASGI has it."""
        try:
            await super().__call__(*args)  # type: ignore[arg-type] # scope, receive and send, whatever they are
        except (TimeoutError, ClientDisconnect):
            pass  # it has gone, or reads nothing: the server hangs up
        finally:
            self._hub.exit()

    async def stream_response(self, send: Send) -> None:
        """Send everything, for as long as somebody reads it."""

        async def send_soon(message: Message) -> None:
            async with asyncio.timeout(UNREAD_SECONDS):
                await send(message)

        await super().stream_response(send_soon)


async def _stream(hub: Hub, wanted: Filter, after: int | None) -> AsyncIterator[str]:
    woken = asyncio.Event()

    def wake() -> None:
        woken.set()

    try:
        now = await hub.feed.follow(wake)
        yield ": deepnet events\n\n"
        cursor = now if after is None else after
        while not hub.stopped.is_set():
            woken.clear()
            found, cursor = await _next(hub, wanted, cursor)
            for each in found:
                yield f"id: {each.row.id}\nevent: {each.row.kind}\ndata: {each.text}\n\n"
            if cursor >= hub.feed.last_id and not await _sleep(hub, woken):
                yield ": still here\n\n"
        yield f"event: bye\ndata: {json_text({'reason': hub.reason})}\n\n"
    finally:
        hub.feed.leave(wake)


async def _next(hub: Hub, wanted: Filter, cursor: int) -> tuple[list[Entry], int]:
    """Return events after *cursor*, and after which number to go on."""
    found: list[Entry] = []
    for _ in range(_LOOKED_THROUGH):
        entry, known = hub.feed.next_after(cursor)
        if known > cursor:
            return (found, cursor) if found else await _from_store(hub, wanted, cursor, known)
        if entry is None:
            break
        cursor = entry.row.id
        if wanted.wants(entry.row):
            found.append(entry)
    return found, cursor


async def _from_store(hub: Hub, wanted: Filter, cursor: int, until: int) -> tuple[list[Entry], int]:
    """Return a page of older events, numbered up to *until*."""

    def read() -> list[Entry]:
        rows = hub.engine.store.events.page(
            after=cursor,
            before=until + 1,
            limit=PAGE,
            network=wanted.network,
            run=wanted.run,
            kinds=wanted.kinds,
            address=wanted.address,
        )
        return [Entry(row, json_text(row)) for row in rows]

    try:
        found = await hub.in_thread(read)
    except DeepnetError:
        await asyncio.sleep(_RETRY_SECONDS)
        return [], cursor
    return found, found[-1].row.id if len(found) == PAGE else until


async def _sleep(hub: Hub, woken: asyncio.Event) -> bool:
    """Wait for something new, or the end; False if nothing came for long."""
    waits: set[asyncio.Future[object]] = {
        asyncio.ensure_future(woken.wait()),
        asyncio.ensure_future(hub.stopped.wait()),
    }
    try:
        done, _ = await asyncio.wait(waits, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
    return bool(done)
