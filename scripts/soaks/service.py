"""A service that is not spared.

Its networks learn while neurons and parts of it die, clients vanish, the disk is full, and the process itself is killed
and started again. In the end nothing may be lost, and every bit be what it would be.
"""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from soaks.small_disk import Disk, small_disk

import deepnet
from deepnet import Adam, Chain, Dense, Until, start
from deepnet.errors import DeepnetError
from deepnet.maths.parameters import fingerprint

MODELS = {
    "neurons": (Chain(Dense(2, 8, "tanh"), Dense(8, 4, "tanh"), Dense(4, 1)), "neuron"),
    "layers": (Chain(Dense(2, 32, "relu"), Dense(32, 1)), "layer"),
}
ROWS = 20_000
"""So many that epochs are few: their records stay in memory."""
BATCH = 16
QUIET_SECONDS = 1.5
SPARE_THREADS, SPARE_FILES, SPARE_BYTES = 4, 6, 48 * 2**20
UP_SECONDS = 60.0
LISTENS = re.compile(r"on http://127\.0\.0\.1:(\d+) and unix:(\S+)")


class Held(NamedTuple):
    """What a process holds while nobody asks it for anything."""

    threads: int
    files: int
    memory: int


class Findings(NamedTuple):
    """What came of it."""

    disk: str
    done: dict[str, int]
    """How often each thing was done."""
    steps: dict[str, int]
    """Of each network."""
    wrong: list[str]
    """What must not be; empty if all is well."""


class Service:
    """A service on *disk*, in a process of its own that may be another one a moment later."""

    def __init__(self, disk: Disk, log: Path) -> None:
        self._disk = disk
        self._log = log
        self.process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(self._disk.folder), "--port", "0"]
        with self._log.open("a") as log:
            self.process = process = subprocess.Popen(
                [*command, "--checkpoint-seconds", "1"], stdout=subprocess.PIPE, stderr=log, text=True
            )
        listens = LISTENS.search(next(iter(process.stdout or ()), ""))
        if listens is None:
            raise RuntimeError(f"the service did not come up: {self._log.read_text()[-2000:]}")
        self.port = int(listens[1])
        threading.Thread(target=process.communicate, daemon=True).start()

    @property
    def pid(self) -> int:
        assert self.process is not None  # noqa: S101 - it has been started
        return self.process.pid

    def end(self, how: int) -> int:
        assert self.process is not None  # noqa: S101 - it has been started
        self.process.send_signal(how)
        return self.process.wait(UP_SECONDS)

    def connect(self) -> Any:
        return deepnet.connect(data_dir=self._disk.folder)

    def held(self) -> Held:
        """Return what it holds once nobody wants anything."""
        time.sleep(QUIET_SECONDS)
        process = psutil.Process(self.pid)
        return Held(process.num_threads(), process.num_fds(), process.memory_info().rss)


class Soak:
    """Plays with a service for a while.

    Args:
        service: it is up.
        disk: where it keeps everything.
        chance: what is done, and to whom.
    """

    def __init__(self, service: Service, disk: Disk, chance: random.Random) -> None:
        self._service = service
        self._disk = disk
        self._chance = chance
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []

    def go_on(self, seconds: float) -> None:
        """Do one thing after the other, and now and then two at once."""
        end = time.monotonic() + seconds
        doings: list[tuple[Callable[[], None], int]] = [
            (self.kill_somebody, 40),
            (self.kill_network, 2),
            (self.kill_part, 4),
            (self.look, 20),
            (self.drop_request, 6),
            (self.drop_stream, 6),
            (self.pause, 4),
            (self.fill_disk, 1),
        ]
        while time.monotonic() < end:
            [(doing, _)] = self._chance.choices(doings, [weight for _, weight in doings])
            self.done[doing.__name__] += 1
            with suppress(DeepnetError):  # refusals while things come up again are what is expected
                doing()
            time.sleep(self._chance.uniform(0, 0.05))

    # What is done.

    def kill_somebody(self) -> None:
        with self._network() as network:
            network.kill(self._chance.choice([*network.neurons(), "trainer", "vault", "dense_0", "dense_1"]))

    def kill_network(self) -> None:
        with self._network() as network:
            network.kill("network")

    def kill_part(self) -> None:
        part = self._chance.choice(["store", "event_log", "checkpointer", "http"])
        with self._service.connect() as service:
            service.request("POST", f"/service/children/{part}/kill")
        if part == "http":
            time.sleep(0.2)

    def look(self) -> None:
        with self._network() as network:
            network.predict(np.zeros((3, 2), np.float32))
            network.neuron("dense_0/1")
            network.summary()

    def drop_request(self) -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._service.port), 5) as connection:
            connection.sendall(b"POST /api/v1/networks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n{")

    def drop_stream(self) -> None:
        name = self._chance.choice(list(MODELS))
        with self._service.connect() as service, service.live() as live:
            live.subscribe("columns", network=name, fields=["bias", "norm"], rate=20)
            time.sleep(self._chance.uniform(0, 0.3))

    def pause(self) -> None:
        with self._network() as network:
            network.run.pause()
            time.sleep(self._chance.uniform(0, 0.1))
            network.run.resume()

    def fill_disk(self) -> None:
        self._disk.fill(self._service.pid)
        try:
            time.sleep(self._chance.uniform(0.3, 1.5))
            with suppress(DeepnetError):
                self.look()
        finally:
            self._disk.free(self._service.pid)

    def come_again(self, how: int) -> None:
        """End the process, start another one, and see that its runs go on."""
        self.done[signal.Signals(how).name] += 1
        with self._service.connect() as service:
            before = {name: service.network(name).run.position.step for name in MODELS}
        self._service.end(how)
        self._service.start()
        with self._service.connect() as service:
            for name, step in before.items():
                run = service.network(name).run
                if how == signal.SIGTERM and run.position.step < step:
                    self.wrong.append(f"{name} was at step {step} and came back at {run.position.step}")
                if run.state == "paused":  # it was killed between a pause and its end
                    run.resume()

    @contextmanager
    def _network(self) -> Iterator[Any]:
        with self._service.connect() as service:
            yield service.network(self._chance.choice(list(MODELS)))

    # What must hold.

    def nothing_is_lost(self) -> dict[str, int]:
        """Pause, and compare with networks that nobody has disturbed; return the steps that were learnt."""
        steps = {}
        with self._service.connect() as service:
            for name in MODELS:
                network = service.network(name)
                network.run.pause()
                steps[name] = step = network.run.position.step
                if fingerprint(network.parameters()) != undisturbed(name, step):
                    self.wrong.append(f"{name} has other weights at step {step} than one that nobody has disturbed")
            ids = [event["id"] for event in service.events()]
            if ids != list(range(ids[0], ids[0] + len(ids))):
                self.wrong.append("events are missing")
        return steps

    def nothing_has_leaked(self, before: Held, after: Held) -> None:
        """Compare what one process held early and late in its life."""
        for what, spare in (("threads", SPARE_THREADS), ("files", SPARE_FILES), ("memory", SPARE_BYTES)):
            early, late = getattr(before, what), getattr(after, what)
            if late > early + spare:
                self.wrong.append(f"{what}: {early} early and {late} late in the life of a process")


def rows() -> tuple[Any, Any]:
    """What is learnt: inputs (rows, 2) and targets (rows, 1)."""
    inputs = np.random.default_rng(1).uniform(-1, 1, (ROWS, 2)).astype(np.float32)
    return inputs, inputs[:, :1] * inputs[:, 1:]


def plan(until: Until) -> dict[str, Any]:
    return {"optimizer": Adam(0.002), "batch_size": BATCH, "until": until}


def undisturbed(name: str, steps: int) -> str:
    """Return the fingerprint of the weights after so many steps that nobody has disturbed."""
    model, granularity = MODELS[name]
    with start(model, seed=7, granularity=granularity) as network:
        if steps:
            network.train(*rows(), **plan(Until(steps=steps))).wait()
        return fingerprint(network.parameters())


def soak(seconds: float, seed: int = 0) -> Findings:
    """Play for so many seconds: half of them with the process killed and started again, half with one process."""
    with small_disk() as disk:
        service = Service(disk, disk.folder.parent / "log.txt")
        service.start()
        game = Soak(service, disk, random.Random(seed))
        try:
            with service.connect() as connection:
                for name, (model, granularity) in MODELS.items():
                    network = connection.start(model, name=name, seed=7, granularity=granularity)
                    network.train(*rows(), **plan(Until(steps=10**9)))
            lives = max(2, round(seconds / 60))
            for life in range(lives):
                game.go_on(seconds / 2 / lives)
                game.come_again(signal.SIGTERM if life % 3 == 2 else signal.SIGKILL)
            game.go_on(seconds / 8)  # whatever is taken only once has been taken then
            before = service.held()
            game.go_on(seconds * 3 / 8)
            game.nothing_has_leaked(before, service.held())
            steps = game.nothing_is_lost()
            code = service.end(signal.SIGTERM)
            if code:
                game.wrong.append(f"the service ended with code {code}")
        finally:
            if service.process is not None and service.process.poll() is None:
                service.process.kill()
                service.process.wait()
        return Findings(disk.kind, dict(game.done), steps, game.wrong)


def main() -> None:
    found = soak(60 * float(os.environ.get("MINUTES", "10")), int(os.environ.get("SEED", "0")))
    print(json.dumps(found._asdict(), indent=2))
    sys.exit(bool(found.wrong))
