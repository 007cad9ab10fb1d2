"""The WebSocket: newest frames to whoever subscribes, whatever they say and however slowly they read."""

import asyncio
import time
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from deepnet.service.web.problems import problem_response
from deepnet.service.web.streams.client import Client
from deepnet.service.web.streams.hub import Hub, TooManyStreamsError
from deepnet.service.web.streams.samples import json_text

GOODBYE_SECONDS = 0.5
"""How long a client may take to read that the service stops."""
HEARD_PER_SECOND = 200
"""Messages of a client that are heard in a second; more of them wait, and the others are served meanwhile."""
GOING_AWAY, TRY_AGAIN, INTERNAL = 1001, 1013, 1011
_RETRY_SECONDS = 5

_log = structlog.get_logger("deepnet.service")


async def serve_live(websocket: WebSocket, hub: Hub) -> None:
    """Serve one client until it goes, or the service stops."""
    try:
        hub.enter()
    except TooManyStreamsError as error:
        await _deny(websocket, str(error))
        return
    client = Client(hub)
    try:
        await websocket.accept()
        await _converse(websocket, hub, client)
    except (WebSocketDisconnect, OSError):
        pass  # it has gone
    finally:
        client.close()
        hub.exit()


async def _converse(websocket: WebSocket, hub: Hub, client: Client) -> None:
    hearing = asyncio.ensure_future(_hear(websocket, client))
    telling = asyncio.ensure_future(_tell(websocket, hub, client))
    stopping = asyncio.ensure_future(hub.stopped.wait())
    tasks: set[asyncio.Future[Any]] = {hearing, telling, stopping}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if stopping in done and telling not in done:
            telling.cancel()
            await asyncio.wait({telling})
            if not _failed(telling):
                await _say_goodbye(websocket, hub.reason, GOING_AWAY)
        elif any(_is_bug(task) for task in done):
            await _say_goodbye(websocket, "the service has failed at this: connect again", INTERNAL)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _hear(websocket: WebSocket, client: Client) -> None:
    """Do what the client says until it goes."""
    began, heard = time.monotonic(), 0
    while True:
        message = await websocket.receive()
        if message["type"] != "websocket.receive":
            return
        await client.hear(message.get("text"))
        heard += 1
        if heard >= HEARD_PER_SECOND:
            await asyncio.sleep(max(0.0, began + 1 - time.monotonic()))
            began, heard = time.monotonic(), 0


async def _tell(websocket: WebSocket, hub: Hub, client: Client) -> None:
    """Send what there is, one message after the other: while one is on its way, newer frames replace older ones."""
    while True:
        await client.wanted.wait()
        client.wanted.clear()
        while (message := client.take()) is not None:
            if not message:  # there is more to look through, but others come first
                await asyncio.sleep(0)
                continue
            try:
                if isinstance(message, bytes):
                    await websocket.send_bytes(message)
                else:
                    await websocket.send_text(message)
            except RuntimeError as error:  # the server has closed it meanwhile, over something that the client sent
                raise WebSocketDisconnect(INTERNAL) from error
            hub.frames_sent += 1


async def _say_goodbye(websocket: WebSocket, reason: str, code: int) -> None:
    """Say why it ends; who does not read that soon is not waited for."""
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            if websocket.application_state is WebSocketState.CONNECTED:
                await websocket.send_text(json_text({"op": "bye", "reason": reason}))
                await websocket.close(code)
    except (TimeoutError, RuntimeError, WebSocketDisconnect):
        pass


async def _deny(websocket: WebSocket, why: str) -> None:
    """Answer 429 instead of opening a WebSocket."""
    response = problem_response(429, "too-many", why, Retry_After=str(_RETRY_SECONDS))
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(response)
    else:
        await websocket.close(TRY_AGAIN)


def _failed(task: "asyncio.Future[Any]") -> bool:
    return not task.cancelled() and task.exception() is not None


def _is_bug(task: "asyncio.Future[Any]") -> bool:
    """Whether a task ended by something other than that the client has gone."""
    error = None if task.cancelled() else task.exception()
    if error is None or isinstance(error, WebSocketDisconnect | OSError):
        return False
    _log.error("stream_failed", exc_info=error)
    return True
