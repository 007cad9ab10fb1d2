"""What a user does with a service, from outside, through every part of it: sockets, SQLite, files, and ``kill -9``."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deepnet
from deepnet import Adam, Chain, Dense, Network, Until, start
from deepnet.maths.parameters import fingerprint

MODEL = Chain(Dense(2, 8, "tanh"), Dense(8, 4, "tanh"), Dense(4, 1))
INPUTS = np.random.default_rng(5).normal(size=(64, 2)).astype(np.float32)
TARGETS = np.sin(INPUTS[:, :1]) * INPUTS[:, 1:]
HOW: dict[str, Any] = {"optimizer": Adam(0.01), "batch_size": 8, "until": Until(epochs=400)}
EDITED_AT = 40
LISTENS = re.compile(r"on (http://127\.0\.0\.1:\d+) and unix:(\S+) \(pid (\d+)\)")


@contextmanager
def served(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A service on what lies in *folder*; ended however it still is there."""
    command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(folder), "--port", "0"]
    log = folder.parent / "log.txt"
    with log.open("a") as errors:
        process = subprocess.Popen(
            [*command, "--checkpoint-seconds", "0.3"], stdout=subprocess.PIPE, stderr=errors, text=True
        )
    with process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert LISTENS.search(first), first or log.read_text()
            yield process
        finally:
            process.terminate()


def edited(network: Any) -> None:
    """What is done to the network at the same step, whoever has it."""
    network.set("dense_0/3", weights={1: 0.5}, bias=-0.25)
    network.set("dense_1/0", frozen=True)
    network.grow("dense_1", 1)


@pytest.fixture(scope="module")
def undisturbed() -> str:
    with start(MODEL, seed=11) as network:
        assert isinstance(network, Network)
        run = network.train(INPUTS, TARGETS, paused=True, **HOW)
        run.step("batch", EDITED_AT)
        edited(network)
        run.resume()
        run.wait()
        return fingerprint(network.parameters())


def test_a_run_that_was_edited_killed_healed_and_cut_off_ends_with_the_same_bits(
    tmp_path: Path, undisturbed: str
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with served(folder) as process, deepnet.connect(data_dir=folder) as service:
        network = service.start(MODEL, name="waves", seed=11)
        run = network.train(INPUTS, TARGETS, paused=True, **HOW)
        run.step("batch", EDITED_AT)
        neuron = network.neuron("dense_0/3")
        assert (neuron.step, neuron.weights.shape) == (EDITED_AT, (2,))
        edited(network)
        assert network.neuron("dense_0/3").bias == -0.25
        run.resume()
        end = time.monotonic() + 60
        for address in ("dense_0/1", "dense_2", "trainer"):
            restarts = network.summary().restarts
            network.kill(address)
            while network.summary().restarts == restarts:
                assert time.monotonic() < end
                time.sleep(0.01)
        for address in ("vault", "network"):
            network.kill(address)
        assert network.predict(INPUTS[:5]).shape == (5, 1)
        while run.position.step < 600:
            assert time.monotonic() < end
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    with served(folder), deepnet.connect(data_dir=folder) as service:
        network = service.network("waves")
        resumed = network.run
        assert resumed is not None
        run = resumed
        assert run.resumed_at is not None
        assert run.resumed_at >= EDITED_AT
        run.wait(60)
        assert run.state == "finished"
        assert network.neuron("dense_1/0").frozen
        assert fingerprint(network.parameters()) == undisturbed
        assert len(run.history) == 400
        wanted = {"network_created", "intervened", "neuron_died", "neuron_restarted", "run_resumed", "run_ended"}
        end = time.monotonic() + 20
        while not wanted <= {event["kind"] for event in service.events()}:  # they are written a moment later
            assert time.monotonic() < end
            time.sleep(0.05)


def test_a_service_that_is_asked_to_end_goes_on_where_it_was(tmp_path: Path, undisturbed: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for begins in (True, False):
        with served(folder) as process, deepnet.connect(data_dir=folder) as service:
            if begins:
                network = service.start(MODEL, name="waves", seed=11)
                run = network.train(INPUTS, TARGETS, paused=True, **HOW)
                run.step("batch", EDITED_AT)
                edited(network)
                run.resume()
                process.terminate()
                assert process.wait(10) == 0
            else:
                network = service.network("waves")
                assert network.run is not None
                network.run.wait(60)
                assert fingerprint(network.parameters()) == undisturbed
