"""Clients, in a process of their own, that subscribe to what a dashboard does, read all of it, and draw nothing."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benches.service import Served
from websockets.asyncio.client import connect

_READY = "ready\n"
_PING_SECONDS = 1.0


@contextmanager
def plain_clients(served: Served, wishes: list[dict[str, Any]], count: int) -> Iterator[None]:
    """Have *count* of them listen to *served*, from when the first frames have come."""
    command = [sys.executable, "-P", "-c", "from benches.dashboard_clients import main; main()"]
    load = json.dumps({"url": served.url, "wishes": wishes, "count": count})
    environment = os.environ | {"DEEPNET_TOKEN": served.token}
    with subprocess.Popen([*command, load], stdout=subprocess.PIPE, text=True, env=environment) as clients:
        try:
            if clients.stdout is None or clients.stdout.readline() != _READY:
                sys.exit("the clients of the bench did not get what they subscribed to")
            yield
        finally:
            clients.terminate()


async def _listen(url: str, wishes: list[dict[str, Any]], came: asyncio.Event) -> None:
    headers = {"Authorization": f"Bearer {os.environ['DEEPNET_TOKEN']}"}
    address = url.replace("http", "ws", 1) + "/api/v1/live"
    async with connect(address, additional_headers=headers, ping_interval=None, max_size=None) as socket:
        for wish in wishes:
            await socket.send(json.dumps(wish))
        beat = asyncio.create_task(_beat(socket))
        async for frame in socket:
            if isinstance(frame, bytes):
                came.set()
        beat.cancel()


async def _beat(socket: Any) -> None:
    while True:
        await asyncio.sleep(_PING_SECONDS)
        await socket.send('{"op":"ping"}')


async def _run(url: str, wishes: list[dict[str, Any]], count: int) -> None:
    events = [asyncio.Event() for _ in range(count)]
    listeners = [asyncio.create_task(_listen(url, wishes, event)) for event in events]
    await asyncio.gather(*(event.wait() for event in events))
    sys.stdout.write(_READY)
    sys.stdout.flush()
    await asyncio.gather(*listeners)


def main() -> None:
    asyncio.run(_run(**json.loads(sys.argv[1])))
