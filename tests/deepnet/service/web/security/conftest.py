"""A small app behind the guard, on a real server with a TCP port and a Unix socket; and requests as exact as bytes."""

import asyncio
import contextlib
import json
import secrets
import socket as sockets
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse
from pykka import ActorRegistry

from deepnet.runs.durable import Checkpoints
from deepnet.service.engine.engine import Engine
from deepnet.service.process.web_server import WebServer
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store
from deepnet.service.store.who import current_who
from deepnet.service.tree.service import ServiceTree
from deepnet.service.web.app import create_app
from deepnet.service.web.security.guard import Guard
from deepnet.service.web.security.roles import Role, default_role, needs, open_to_all
from deepnet.service.web.security.routes import router
from deepnet.service.web.security.security import Security
from deepnet.service.web.security.settings import SecuritySettings

TOKEN = secrets.token_hex(32)
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""Any sixteen bytes: what a client opens a WebSocket with."""


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Said:
    """What a server has answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key == name.lower()]
        assert len(found) < 2, f"{name} is there {len(found)} times"
        return found[0] if found else None

    @property
    def problem(self) -> dict[str, Any]:
        assert self["content-type"] == "application/problem+json"
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass
class Served:
    """A server and how to reach it."""

    port: int
    socket: Path
    app: FastAPI
    security: Security
    store: Store
    log: EventLog
    clock: Clock
    token: str = TOKEN
    opened: list[sockets.socket] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"Host: 127.0.0.1:{self.port}"

    @property
    def bearer(self) -> str:
        return f"Authorization: Bearer {self.token}"

    @property
    def origin(self) -> str:
        return f"Origin: http://127.0.0.1:{self.port}"

    def connect(self, by: str = "tcp") -> sockets.socket:
        if by == "socket":
            connection = sockets.socket(sockets.AF_UNIX)
            connection.connect(str(self.socket))
        else:
            connection = sockets.create_connection(("127.0.0.1", self.port))
        connection.settimeout(5)
        return connection

    def send(self, text: bytes, by: str = "tcp") -> Said:
        """Send exactly these bytes, and read one answer to its end."""
        with self.connect(by) as connection:
            connection.sendall(text)
            return read_answer(connection, has_body=not text.startswith(b"HEAD"))

    def ask(self, method: str, target: str, *headers: str, body: bytes = b"", by: str = "tcp") -> Said:
        """Ask with these headers and no other; a body brings its own length and type, unless they are given."""
        said = [*headers]
        names = {header.partition(":")[0].lower() for header in headers}
        if body and not names & {"content-length", "transfer-encoding"}:
            said.append(f"Content-Length: {len(body)}")
        if body and "content-type" not in names:
            said.append("Content-Type: application/json")
        head = "\r\n".join([f"{method} {target} HTTP/1.1", *said, "", ""]).encode("latin-1")
        return self.send(head + body, by)

    def shake_hands(self, target: str, *headers: str, by: str = "tcp") -> Said:
        """Ask for a WebSocket; what has been opened is closed at the end of the test."""
        asked = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"]
        connection = self.connect(by)
        self.opened.append(connection)
        connection.sendall("\r\n".join([f"GET {target} HTTP/1.1", *headers, *asked, "", ""]).encode("latin-1"))
        return read_answer(connection)

    def log_in(self, role: Role = Role.VIEWER, label: str = "") -> str:
        """Return the Cookie header of a new session."""
        key, _ = self.security.sessions.open(role, label)
        return f"Cookie: deepnet-session-{self.port}={key}"

    def hang_up(self) -> None:
        for each in self.opened:
            each.close()

    def noted(self, kind: str) -> list[Any]:
        self.log.write()
        return [row for row in self.store.events.page(limit=1000) if row.kind == kind]


def read_answer(connection: sockets.socket, *, has_body: bool = True) -> Said:
    text = b""
    while b"\r\n\r\n" not in text:
        more = connection.recv(65536)
        assert more, f"the server has closed the connection after {text!r}"
        text += more
    head, _, body = text.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)]
    status, length = int(first.split()[1]), dict(headers).get("content-length")
    if has_body and status != 101 and dict(headers).get("transfer-encoding") != "chunked":
        while len(body) < int(length or 0):
            more = connection.recv(65536)
            if not more:
                break
            body += more
    return Said(status, headers, body)


small = APIRouter()
"""One route of each kind."""
VIEWER, OPERATOR = [Depends(needs(Role.VIEWER))], [Depends(needs(Role.OPERATOR))]


@small.get("/healthz", dependencies=[Depends(open_to_all())])
async def healthz() -> dict[str, str]:
    return {"status": "up"}


@small.get("/things", dependencies=VIEWER)
def things() -> dict[str, str | None]:
    return {"who": current_who.get()}


@small.post("/things", dependencies=OPERATOR)
async def make_thing(request: Request) -> dict[str, Any]:
    return {"bytes": len(await request.body()), "who": current_who.get()}


@small.post("/guess", dependencies=VIEWER)
async def guess(request: Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@small.put("/api/v1/datasets/{name}", dependencies=OPERATOR)
async def upload(name: str, request: Request) -> dict[str, int]:
    if name == "whatever":  # it takes any failure for its own
        with contextlib.suppress(Exception):
            return {"bytes": len(await request.body())}
        return {"bytes": 0}
    return {"bytes": sum([len(piece) async for piece in request.stream()])}


@small.post("/sorry", dependencies=VIEWER)
async def sorry(request: Request) -> dict[str, str]:
    with contextlib.suppress(Exception):  # it takes any failure for its own
        await request.body()
    return {"status": "all is well"}


@small.get("/unsaid")
async def unsaid() -> str:
    return "whoever wrote this forgot to say who may"


@small.get("/broken", dependencies=VIEWER)
async def broken(request: Request) -> str:
    secret = request.headers.get("authorization")
    raise ValueError(f"it broke over {secret}")


@small.get("/endless", dependencies=VIEWER)
async def endless() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"piece"
            await asyncio.sleep(0.01)

    return StreamingResponse(pieces())


@small.websocket("/live", dependencies=VIEWER)
async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(str(current_who.get()))
    await websocket.receive_text()


@small.websocket("/control", dependencies=OPERATOR)
async def control(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


@small.websocket("/shy", dependencies=VIEWER)
async def shy(websocket: WebSocket) -> None:
    await websocket.close()


def small_app() -> FastAPI:
    app = FastAPI(dependencies=[Depends(default_role)], docs_url=None, redoc_url=None)
    app.include_router(router)
    app.include_router(small)
    return app


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Look at the end of a module, not of a test, for what is left: its tests share servers."""
    threads, actors = set(threading.enumerate()), set(ActorRegistry.get_all())
    yield
    for left in set(threading.enumerate()) - threads:
        left.join(10)
        assert not left.is_alive(), left
    assert not set(ActorRegistry.get_all()) - actors


@pytest.fixture(scope="module")
def put_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Put up a server until the tests of a module are over, with the app that *make* makes for a folder and a port."""
    servers: list[WebServer] = []
    with contextlib.ExitStack() as stack:

        def start(make: Callable[[contextlib.ExitStack, Path, int, Clock], tuple[Guard, Store, EventLog]]) -> Served:
            folder, clock = tmp_path_factory.mktemp("s"), Clock()
            tcp = sockets.create_server(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            unix = sockets.socket(sockets.AF_UNIX)
            unix.bind(str(folder / "s.sock"))
            unix.listen()
            guard, store, log = make(stack, folder, port, clock)
            crashes: list[BaseException] = []
            server = WebServer(guard, [tcp, unix], on_crash=crashes.append)
            server.start()
            servers.append(server)
            app: Any = guard.app
            served = Served(port, folder / "s.sock", app, app.state.security, store, log, clock)
            stack.callback(served.hang_up)
            return served

        yield start
        with ThreadPoolExecutor(len(servers) or 1) as pool:  # each says goodbye for a moment
            list(pool.map(WebServer.stop, servers))


@pytest.fixture(scope="module")
def serve(put_up: Callable[..., Served]) -> Callable[..., Served]:
    """Put up a server with the small app and these settings."""

    def start(**settings: Any) -> Served:
        def make(stack: contextlib.ExitStack, folder: Path, port: int, clock: Clock) -> tuple[Guard, Store, EventLog]:
            store = stack.enter_context(Store.open(folder / "service.sqlite3"))
            log, app = EventLog(store), small_app()
            asked = SecuritySettings(**{"token": TOKEN, "port": port, **settings})
            app.state.security = Security(asked, store.sessions, log.note, clock)
            return Guard(app, app.state.security), store, log

        return put_up(make)

    return start


@pytest.fixture(scope="module")
def service(serve: Callable[..., Served]) -> Served:
    """The server that tests share; who wants other limits starts one of their own."""
    return serve()


@pytest.fixture(scope="module")
def patient(serve: Callable[..., Served]) -> Served:
    """One that answers any number of wrong tokens."""
    return serve(failures_per_minute=1_000_000)


@pytest.fixture(scope="module")
def small_limits(serve: Callable[..., Served]) -> Served:
    """One with room for little, and no patience."""
    return serve(body_bytes=1000, upload_bytes=3000, concurrent=2, login_body_seconds=0.05)


@pytest.fixture(scope="module")
def whole(put_up: Callable[..., Served]) -> Served:
    """The service itself: with an engine, all routes, and room for 2,000 bytes (4,000 where data are sent)."""

    def make(stack: contextlib.ExitStack, folder: Path, port: int, clock: Clock) -> tuple[Guard, Store, EventLog]:
        place = stack.enter_context(DataFolder.open(folder / "data"))
        store = stack.enter_context(Store.open(place.database))
        engine = Engine(place, store, EventLog(store), checkpoints=Checkpoints())
        tree = ServiceTree(engine)
        stack.callback(tree.stop)
        tree.start()
        settings = SecuritySettings(
            token=TOKEN, port=port, body_bytes=2000, upload_bytes=4000, failures_per_minute=1_000_000
        )
        return create_app(engine, security=settings, clock=clock), store, engine.log

    return put_up(make)
