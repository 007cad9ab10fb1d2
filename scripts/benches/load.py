"""Clients of a service, in a process of their own: streams, some of which never read, and requests at a steady rate.

Prints one JSON object: latencies of requests in seconds, frames received, and what went wrong.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import Any, NamedTuple

import httpx2
from websockets.asyncio.client import ClientConnection, connect

TOPICS: tuple[dict[str, Any], ...] = (
    {"topic": "summary", "rate": 10},
    {"topic": "history", "rate": 5},
    {"topic": "neuron", "address": "dense_0/3", "rate": 10},
    {"topic": "columns", "fields": ["bias", "norm", "restarts"], "rate": 5},
    {"topic": "events"},
)
ROWS = 8


class Load(NamedTuple):
    """What clients do to a service."""

    url: str
    token: str
    network: str
    streams: int
    silent: int
    """Streams that never read."""
    rate: float
    """Requests a second."""
    seconds: float


class Clients:
    """Carries out a load, and notes what comes of it."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._end = time.monotonic() + load.seconds
        self.frames = 0
        self.latencies: dict[str, list[float]] = {"read": [], "predict": []}
        self.problems: Counter[str] = Counter()

    async def run(self) -> None:
        load = self._load
        readers = [self._stream(number, reads=number >= load.silent) for number in range(load.streams)]
        await asyncio.gather(*readers, self._requests())

    async def _stream(self, number: int, *, reads: bool) -> None:
        headers = {"Authorization": f"Bearer {self._load.token}"}
        url = self._load.url.replace("http", "ws", 1) + "/api/v1/live"
        # A queue of one frame: what is not read stays in the socket, and then with the service.
        try:
            async with connect(url, additional_headers=headers, max_queue=1, ping_interval=None) as socket:
                wish = {"op": "subscribe", "id": 1, "network": self._load.network, **TOPICS[number % len(TOPICS)]}
                if not reads:
                    wish |= {"topic": "columns", "fields": ["bias", "norm"], "rate": 20}
                await socket.send(json.dumps(wish))
                if reads:
                    await self._read(socket)
                else:
                    await asyncio.sleep(self._end - time.monotonic())
        except (OSError, TimeoutError) as error:
            self.problems[f"stream: {type(error).__name__}"] += 1
        except Exception as error:  # noqa: BLE001 - it is counted, and the others go on
            if reads:
                self.problems[f"stream: {type(error).__name__}: {error}"[:120]] += 1

    async def _read(self, socket: ClientConnection) -> None:
        while (left := self._end - time.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(socket.recv(), left)
                self.frames += 1

    async def _requests(self) -> None:
        load = self._load
        headers = {"Authorization": f"Bearer {load.token}"}
        limits = httpx2.Limits(max_connections=16, max_keepalive_connections=16)
        async with httpx2.AsyncClient(base_url=load.url, headers=headers, limits=limits, timeout=10) as client:
            due, number, under_way = time.monotonic(), 0, set()
            while due < self._end:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                task = asyncio.create_task(self._request(client, number))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                number += 1
                due += 1 / load.rate
            await asyncio.gather(*under_way)

    async def _request(self, client: httpx2.AsyncClient, number: int) -> None:
        place = f"/api/v1/networks/{self._load.network}"
        began = time.perf_counter()
        kind = "predict" if number % 2 else "read"
        try:
            if kind == "predict":
                answer = await client.post(f"{place}/predict", json={"inputs": [[0.1 * number % 1] * 7] * ROWS})
            else:
                answer = await client.get(f"{place}/neurons/dense_0/{number % 32}")
        except httpx2.HTTPError as error:
            self.problems[f"{kind}: {type(error).__name__}"] += 1
            return
        if answer.status_code != 200:
            self.problems[f"{kind}: {answer.status_code}"] += 1
        self.latencies[kind].append(time.perf_counter() - began)


def main() -> None:
    clients = Clients(Load(token=os.environ["DEEPNET_TOKEN"], **json.loads(sys.argv[1])))
    asyncio.run(clients.run())
    json.dump({"frames": clients.frames, "latencies": clients.latencies, "problems": clients.problems}, sys.stdout)
