"""A real service in a process of its own, and the screens driven on it as a terminal would."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from deepnet import Chain, Dense, Until
from deepnet.client import Service, connect
from deepnet.terminal.top.app import Top
from deepnet.terminal.top.feed import Feed

RATE = 20.0
PATIENCE = 15.0
"""Seconds after which what has not come is taken not to come: far more than it takes."""
_LISTENS = re.compile(r"on (http://127\.0\.0\.1:\d+) and unix:\S+ \(pid \d+\)")


class Server:
    """`deepnet serve`, as somebody starts it, ends it and starts it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self._errors = folder / "stderr.txt"
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(self.folder), "--port", "0"]
        with self._errors.open("a") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        found = _LISTENS.search(first)
        if found is None:
            self.kill()
            raise AssertionError(first or self._errors.read_text())
        self.url = found[1]

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def connect(self) -> Service:
        return connect(data_dir=self.folder)


class Seen:
    """The screens, as somebody sees them who presses keys."""

    def __init__(self, app: Top, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What is on the screen, and on those behind a question."""
        screens = [self.app.screen, *(screen for screen in [self.app.view] if screen is not self.app.screen)]
        strips = [strip for screen in screens if screen is not None for strip in screen._compositor.render_strips()]
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def keys(self) -> list[str]:
        """What the keys at the bottom are for."""
        return [binding.binding.description for binding in self.app.screen.active_bindings.values() if binding.enabled]

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.app.simulate_key(key)
            await self.pilot.pause()

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Wait until something holds; say what was seen instead if it never does."""
        for _ in range(int(PATIENCE / 0.04)):
            if condition():
                return
            await self.pilot.pause(0.04)
        raise AssertionError(f"{what or 'it'} did not come; there is\n{self.text}")

    async def until_seen(self, *words: str) -> None:
        for word in words:
            await self.until(partial(self._sees, word), repr(word))

    def _sees(self, word: str) -> bool:
        return word in self.text


Scenario = Callable[[Seen], Awaitable[None]]
Drive = Callable[..., None]


def drive_on(connect: Callable[[], Service], clock: Callable[[], float] = time.monotonic) -> Drive:
    """Return what runs a scenario on the screens of a service."""

    def drive(scenario: Scenario, network: str | None = "digits", size: tuple[int, int] = (80, 24)) -> None:
        async def play() -> None:
            app = Top(Feed(connect, RATE, clock), network, RATE)
            async with app.run_test(size=size, notifications=True) as pilot:
                await scenario(Seen(app, pilot))

        asyncio.run(play())

    return drive


@pytest.fixture(scope="session")
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Server]:
    return lambda: Server(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def server(make_server: Callable[[], Server]) -> Iterator[Server]:
    server = make_server()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def service(server: Server) -> Iterator[Service]:
    with server.connect() as service:
        yield service


@pytest.fixture
def drive_as() -> Callable[..., Drive]:
    """What runs a scenario on a service that is reached in a way of its own."""
    return drive_on


@pytest.fixture
def drive(server: Server) -> Drive:
    return drive_on(server.connect)


@pytest.fixture(scope="session")
def digits(service: Service) -> Any:
    """A network of nine neurons with a run that rests after some steps and does not end by itself."""
    network = service.start(Chain(Dense(3, 6, "tanh"), Dense(6, 3)), name="digits", seed=3)
    inputs = np.random.default_rng(1).normal(size=(32, 3))
    run = network.train(
        inputs, np.tanh(inputs), until=Until(mean_squared_error=1e-12), batch_size=8, optimizer="sgd", paused=True
    )
    run.step("epoch", 5)
    return network
