"""A small application that behaves badly in all the ways that one can, and servers of it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deepnet.service.process.options import ServeOptions
from deepnet.service.process.sockets import Listening, listen
from deepnet.service.process.web_server import WebServer


class BadApp:
    """Answers that never end, that wait in a thread, that write as fast as they can."""

    def __init__(self) -> None:
        self.state = SimpleNamespace(stopping=[])
        self.scopes: list[Any] = []
        self.release = threading.Event()
        self.began = threading.Semaphore(0)
        self.ended: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        self.scopes.append(scope)
        if scope["path"].startswith("/known"):
            scope["state"] = {"principal": "somebody"}  # as the guard does
        self.began.release()
        try:
            await (self.websocket if scope["type"] == "websocket" else self.http)(scope, receive, send)
        finally:
            self.ended.append(scope["path"])

    async def http(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].endswith("/wait"):
            await asyncio.to_thread(self.release.wait)
        if scope["path"] == "/read":
            while (await receive()).get("more_body"):
                pass
        endless = {"/endless": b"data: on\n\n", "/flood": b"x" * 100_000}.get(scope["path"])
        headers = [] if endless else [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while endless:
            await send({"type": "http.response.body", "body": endless, "more_body": True})
            await asyncio.sleep(0.01)
        await send({"type": "http.response.body", "body": b"ok"})

    async def websocket(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        bye = asyncio.Event()
        self.state.stopping.append(bye.set)
        while scope["path"] == "/flood":
            await send({"type": "websocket.send", "bytes": b"x" * 100_000})
        if scope["path"] == "/echo":
            while (await receive())["type"] != "websocket.disconnect":
                pass
            return
        await bye.wait()
        await send({"type": "websocket.send", "text": "bye"})
        await send({"type": "websocket.close"})


class Served:
    """A server of the bad application, and clients of it."""

    def __init__(self, listening: Listening, **options: Any) -> None:
        self.listening = listening
        self.app = BadApp()
        self.crashes: list[BaseException] = []
        self.crashed = threading.Event()
        self.clients: list[socket.socket] = []
        self.server = self.another(**options)

    def another(self, **options: Any) -> WebServer:
        server = WebServer(self.app, self.listening.copies(), on_crash=self.hear, tls=self.listening.tls, **options)
        server.start()
        self.server = server
        return server

    def hear(self, error: BaseException) -> None:
        self.crashes.append(error)
        self.crashed.set()

    @property
    def port(self) -> int:
        assert self.listening.tcp is not None
        return self.listening.tcp[1]

    def connect(self, said: str | bytes = b"") -> socket.socket:
        """Connect, and say something; a line that ends without two line ends is half a request."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.clients.append(client)
        client.sendall(said.encode() if isinstance(said, str) else said)
        return client

    def get(self, path: str) -> bytes:
        with self.connect(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as client:
            return everything(client)

    def upgrade(self, path: str) -> socket.socket:
        """Make a WebSocket."""
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
        return self.connect(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}\r\n\r\n"
        )

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.app.release.set()
        self.server.stop(5)
        self.listening.close()


def everything(client: socket.socket) -> bytes:
    pieces = []
    while piece := client.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.fixture
def read_all() -> Callable[[socket.socket], bytes]:
    return everything


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("shared")
    served = Served(listen(ServeOptions(data_dir=folder, port=0), folder / "s.sock", activated=()))
    yield served
    served.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(listen(ServeOptions(data_dir=tmp_path, port=0), tmp_path / "s.sock", activated=()))
    yield served
    served.close()


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[Served]:
    """A server that has room for few connections."""
    listening = listen(ServeOptions(data_dir=tmp_path, port=0), tmp_path / "s.sock", activated=())
    served = Served(listening, connections=5)
    yield served
    served.close()
