"""A service in a process of its own, connections to it, and a bad line to it."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from deepnet import Chain, Dense, Dropout, connect
from deepnet.client import RemoteNetwork, Service
from deepnet.maths.arrays import Batch

WITHIN = 30.0
MODEL = Chain(Dense(3, 4, "tanh"), Dropout(0.1), Dense(4, 2))
StartService = Callable[[Path], subprocess.Popen[str]]


def _start(data_dir: Path) -> subprocess.Popen[str]:
    """Start a service, and return when it is ready."""
    own = ("XDG_RUNTIME_DIR", "DEEPNET_DATA_DIR", "DEEPNET_TOKEN", "DEEPNET_TOKEN_FILE")
    environ = {name: value for name, value in os.environ.items() if name not in own}
    command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(data_dir), "--port", "0"]
    with (data_dir.parent / "log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environ)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("deepnet serves "), (data_dir.parent / "log").read_text()
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(WITHIN)
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture
def start_service() -> Iterator[StartService]:
    """Start services; they are killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(data_dir: Path) -> subprocess.Popen[str]:
        started.append(_start(data_dir))
        return started[-1]

    yield start
    for process in started:
        _end(process)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a service that all tests share: names of networks have to be their own."""
    folder = tmp_path_factory.mktemp("client") / "data"
    process = _start(folder)
    yield folder
    _end(process)


@pytest.fixture
def service(data_dir: Path) -> Iterator[Service]:
    with connect(data_dir) as service:
        yield service


@pytest.fixture
def model() -> Chain:
    return MODEL


@pytest.fixture
def network(service: Service, request: pytest.FixtureRequest) -> RemoteNetwork:
    """A network of the service that goes by the name of the test."""
    name = request.node.name.replace("test_", "", 1).partition("[")[0][-40:].strip("_")
    return service.start(MODEL, name=name, seed=3, kernels="numpy")


@pytest.fixture
def rows() -> tuple[Batch, Batch]:
    chance = np.random.default_rng(0)
    return chance.random((40, 3)), chance.random((40, 2))


class BadLine:
    """A TCP connection to the service that can be cut: after the service has answered, and before anybody hears it.

    Attributes:
        url: to connect to.
        cuts: so many of the next answers are lost.
        requests: how many have come through.
    """

    def __init__(self, port: int) -> None:
        self.cuts = 0
        self.requests = 0
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                self._open += [near, far]
                for pump in (self._up, self._down):
                    thread = threading.Thread(target=pump, args=(near, far))
                    self._threads.append(thread)
                    thread.start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while said := near.recv(1 << 20):
                self.requests += said.count(b" /api/v1")
                far.sendall(said)
        _cut(far)

    def _down(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while said := far.recv(1 << 20):
                if self.cuts:
                    self.cuts -= 1
                    break
                near.sendall(said)
        _cut(near)

    def close(self) -> None:
        for each in (self._listener, *self._open):
            _cut(each)
        for thread in self._threads:
            thread.join(WITHIN)
        for each in (self._listener, *self._open):
            each.close()


def _cut(line: socket.socket) -> None:
    """End a connection, also for those who read from it."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def bad_line(data_dir: Path, service: Service) -> Iterator[BadLine]:
    port = int(service.request("POST", "/sessions/tickets", json={"role": "viewer"})["url"].split("/")[2].split(":")[1])
    line = BadLine(port)
    yield line
    line.close()


@pytest.fixture
def token(data_dir: Path) -> str:
    return (data_dir / "token").read_text().strip()
