"""An engine with a network that learns, and a real server with the streams of it, one for each module."""

import asyncio
import json
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import uvicorn
from fastapi import Depends, FastAPI
from websockets.sync.client import ClientConnection, connect

from deepnet.maths.model import Chain, Dense
from deepnet.runs.durable import Checkpoints
from deepnet.runs.run import Run
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import NetworkSpec, RunSpec
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store
from deepnet.service.tree.service import ServiceTree
from deepnet.service.web.metrics import router as metrics
from deepnet.service.web.security.installing import guarded
from deepnet.service.web.security.roles import default_role
from deepnet.service.web.security.settings import SecuritySettings
from deepnet.service.web.streams.hub import Hub
from deepnet.service.web.streams.protocol import INBOUND_BYTES, LiveWebSocket
from deepnet.service.web.streams.routes import hub_of, router
from deepnet.training.until import Until

TOKEN = secrets.token_hex(32)
SECONDS = 10.0
"""After which something that should have come is taken not to come."""


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Look at the end of a module, not of a test, for what is left: its tests share a server."""
    threads = set(threading.enumerate())
    yield
    end = time.monotonic() + 2
    while (left := [one for one in threading.enumerate() if one not in threads]) and time.monotonic() < end:
        left[0].join(0.01)
    assert not left, f"left running: {left}"
    assert not sys.modules["pykka"].ActorRegistry.get_all()


class Told:
    """A client of the live stream that tells apart what it is told."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **what: Any) -> None:
        self.connection.send(json.dumps(what))

    def subscribe(self, number: int, topic: str, **options: Any) -> dict[str, Any]:
        self.say(op="subscribe", id=number, topic=topic, **options)
        return self.next("subscribed", number)

    def hear(self, seconds: float = SECONDS) -> dict[str, Any]:
        """Return the next message; a binary one as its id, its number and its bytes."""
        message = self.connection.recv(seconds)
        if isinstance(message, bytes):
            head, data = message[:12], message[12:]
            return {
                "op": "binary",
                "id": int.from_bytes(head[:4], "little"),
                "seq": int.from_bytes(head[4:], "little"),
                "data": data,
            }
        found: dict[str, Any] = json.loads(message)
        return found

    def next(self, op: str, number: int | None = None) -> dict[str, Any]:
        """Return the next message of that kind, leaving out others."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            heard = self.hear()
            if heard["op"] == op and number in (None, heard.get("id")):
                return heard
        raise AssertionError(f"no {op} came")


@dataclass
class Served:
    """A server, and what it serves."""

    engine: Engine
    app: FastAPI
    port: int
    server: uvicorn.Server

    @property
    def hub(self) -> Hub:
        return hub_of(self.app)

    @contextmanager
    def learning(self) -> Iterator[Run]:
        """Have the network learn for as long as it takes; it rests otherwise, for it would slow the tests."""
        run = self.engine.live_run("xor-1")
        run.resume()
        yield run
        run.pause()

    @contextmanager
    def live(self, *, narrow: bool = False, **options: Any) -> Iterator[Told]:
        """A client; a *narrow* one has as little room as can be for what it has not read."""
        if narrow:
            options["sock"] = self.narrow_socket()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"ws://127.0.0.1:{self.port}/api/v1/live"
        with connect(url, additional_headers=headers, compression=None, max_size=None, **options) as connection:
            yield Told(connection)

    @contextmanager
    def deaf(self) -> Iterator[socket.socket]:
        """A client that has opened a stream and reads nothing of it; its buffer is as small as can be."""
        with self.narrow_socket() as raw:
            raw.sendall(self.handshake())
            head = b""
            while b"\r\n\r\n" not in head:
                head += raw.recv(1)
            assert head.startswith(b"HTTP/1.1 101"), head
            yield raw

    def narrow_socket(self) -> socket.socket:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", self.port))
        raw.settimeout(SECONDS)
        return raw

    def handshake(self) -> bytes:
        return self.request(
            "/api/v1/live",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )

    def request(self, target: str, *headers: str) -> bytes:
        lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Authorization: Bearer {TOKEN}", *headers]
        return "\r\n".join([*lines, "", ""]).encode()

    def http(self) -> httpx2.Client:
        return httpx2.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=SECONDS
        )

    def wait(self, until: Callable[[], object], what: str = "it") -> None:
        end = time.monotonic() + SECONDS
        while not until():
            assert time.monotonic() < end, f"{what} did not come"
            time.sleep(0.005)


@contextmanager
def running(path: Path) -> Iterator[Engine]:
    """An engine on what lies in *path*."""
    with ExitStack() as stack:
        folder = stack.enter_context(DataFolder.open(path))
        store = Store.open(folder.database)
        stack.callback(store.close)
        engine = Engine(folder, store, EventLog(store), checkpoints=Checkpoints(every_seconds=30, keep=2))
        tree = ServiceTree(engine)
        stack.callback(tree.stop)
        tree.start()
        yield engine


@contextmanager
def serving(path: Path, protocol: type[Any] = LiveWebSocket) -> Iterator[Served]:
    """An engine on what lies in *path*, and a server for its streams."""
    with ExitStack() as stack:
        engine = stack.enter_context(running(path))
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)  # whoever does not read is noticed soon
        port = listening.getsockname()[1]
        app = FastAPI(dependencies=[Depends(default_role)])
        app.state.engine = engine
        app.include_router(router)
        app.include_router(metrics)
        config = uvicorn.Config(
            guarded(app, engine, SecuritySettings(token=TOKEN, port=port)),
            ws=protocol,
            ws_max_size=INBOUND_BYTES,
            ws_per_message_deflate=False,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), name="served")
        thread.start()
        served = Served(engine, app, port, server)

        def stop() -> None:
            served.hub.close()
            server.should_exit = True
            thread.join()

        stack.callback(stop)
        served.wait(lambda: server.started, "the server")
        yield served


@pytest.fixture(scope="session")
def serve() -> Callable[..., Any]:
    return serving


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine without a face, with a network that learns."""
    with running(tmp_path_factory.mktemp("data")) as engine:
        begin(engine, "xor")
        yield engine


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("data")) as served:
        begin(served.engine, "xor", paused=True)
        yield served


def begin(engine: Engine, name: str, neurons: int = 4, epochs: int = 10_000_000, *, paused: bool = False) -> str:
    """Create a network and have it learn for as long as it takes; return its run."""
    engine.create(NetworkSpec(name=name, model=Chain(Dense(2, neurons, activation="tanh"), Dense(neurons, 1))))
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    targets = np.array([[0], [1], [1], [0]])
    return engine.train(name, RunSpec(inputs=inputs, targets=targets, until=Until(epochs=epochs), paused=paused)).id


@pytest.fixture(scope="session")
def learn() -> Callable[..., str]:
    return begin
