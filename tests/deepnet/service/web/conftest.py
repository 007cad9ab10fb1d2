"""The whole service behind a real server on a socket, and clients of each role; for all tests here together."""

import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from deepnet.runs.durable import Checkpoints
from deepnet.service.engine.engine import Engine
from deepnet.service.process.web_server import WebServer
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store
from deepnet.service.tree.service import ServiceTree
from deepnet.service.web.app import create_app
from deepnet.service.web.security.roles import Role
from deepnet.service.web.security.settings import SecuritySettings

TOKEN = secrets.token_hex(32)
XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
SECONDS = 20.0


class Caller(httpx2.Client):
    """Asks below /api/v1, and returns what was answered if the status is the one that is expected."""

    def ask(self, method: str, path: str, status: int = 200, **how: Any) -> Any:
        answer = self.request(method, path if path.startswith("/") else f"/api/v1/{path}", **how)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content

    def problem(self, method: str, path: str, status: int, **how: Any) -> dict[str, Any]:
        answer = self.request(method, path if path.startswith("/") else f"/api/v1/{path}", **how)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        assert answer.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = answer.json()
        assert set(found) == {"type", "title", "status", "detail", "instance"}, found
        assert found["status"] == status
        assert "\n" not in found["detail"]
        return found


@dataclass
class Served:
    engine: Engine
    app: FastAPI
    port: int
    endings: list[str] = field(default_factory=list)

    def caller(self, role: Role = Role.ADMIN) -> Caller:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        if role < Role.ADMIN:
            key, _ = self.app.state.security.sessions.open(role, "")
            origin = f"http://127.0.0.1:{self.port}"
            headers = {"Cookie": f"deepnet-session-{self.port}={key}", "Origin": origin}
        return Caller(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=SECONDS)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> None:
    """The server here outlives a test, with its threads and networks; `served` looks that they end."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    threads = set(threading.enumerate())
    with ExitStack() as stack:
        folder = stack.enter_context(DataFolder.open(tmp_path_factory.mktemp("data")))
        store = Store.open(folder.database)
        stack.callback(store.close)
        engine = Engine(folder, store, EventLog(store), checkpoints=Checkpoints(every_seconds=5, keep=3))
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        endings: list[str] = []
        settings = SecuritySettings(token=TOKEN, port=port, changes_per_second=1e6, changes_at_once=10**6)
        app = create_app(engine, security=settings, shut_down=lambda: endings.append("asked"))
        tree = ServiceTree(engine)
        stack.callback(tree.stop)
        tree.start()
        crashes: list[BaseException] = []
        server = WebServer(app, [listening], on_crash=crashes.append)
        server.start()
        stack.callback(lambda: server.stop(5))
        assert isinstance(app.app, FastAPI)
        yield Served(engine, app.app, port, endings)
        assert not crashes
    end = time.monotonic() + 15
    while (left := [one for one in threading.enumerate() if one not in threads]) and time.monotonic() < end:
        left[0].join(0.1)
    assert not left, f"left running: {left}"
    assert not sys.modules["pykka"].ActorRegistry.get_all()


@pytest.fixture(scope="module")
def api(served: Served) -> Iterator[Caller]:
    with served.caller() as caller:
        yield caller


@pytest.fixture(scope="module")
def operator(served: Served) -> Iterator[Caller]:
    with served.caller(Role.OPERATOR) as caller:
        yield caller


@pytest.fixture(scope="module")
def viewer(served: Served) -> Iterator[Caller]:
    with served.caller(Role.VIEWER) as caller:
        yield caller


@pytest.fixture
def network(api: Caller) -> Iterator[str]:
    """A network of two layers, with four neurons and one."""
    name = f"n{secrets.token_hex(4)}"
    api.ask("POST", "networks", 201, json={"name": name, "layers": "2-4-1:tanh", "seed": 7})
    yield name
    api.request("DELETE", f"/api/v1/networks/{name}")


@pytest.fixture
def begin(api: Caller, network: str) -> Callable[..., str]:
    """Have the network learn, and return its run."""

    def train(**how: Any) -> str:
        plan = {**XOR, "until": {"epochs": 10_000_000}, "optimizer": "adam", **how}
        run: str = api.ask("POST", f"networks/{network}/runs", 201, json=plan)["id"]
        return run

    return train


@pytest.fixture(scope="module")
def resting(api: Caller) -> Iterator[str]:
    """A network that those share who do not change it."""
    name = f"r{secrets.token_hex(4)}"
    api.ask("POST", "networks", 201, json={"name": name, "layers": "2-4-1:tanh", "seed": 7})
    yield name
    api.ask("DELETE", f"networks/{name}", 204)
