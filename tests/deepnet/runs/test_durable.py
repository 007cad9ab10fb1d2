"""Runs that outlive their process: checkpoints, exact resume, and what is refused."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Patience, Until, events, start
from deepnet.actors.messages import Activate
from deepnet.actors.neuron import Neuron
from deepnet.errors import DataError, InputError, RunError
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.optimizers import SGD
from deepnet.maths.parameters import fingerprint
from deepnet.maths.schedules import Cosine, ReduceOnPlateau
from deepnet.runs.durable import Checkpoints
from deepnet.runs.network import Network
from deepnet.training.handlers import every, on

Strike = Callable[[Network, Mapping[int, str]], None]
DrawFaults = Callable[[Network, int, int], dict[int, str]]
Intercept = Callable[[Network, Callable[[Any, Any], object] | None], None]

WAIT_SECONDS = 30
MODEL = Chain(Dense(4, 5, "tanh"), Dropout(0.3), Dense(5, 3, "softmax"))
RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(13, 4)), np.eye(3)[RNG.integers(0, 3, 13)]
EVERY_STEP = Checkpoints(every_steps=1, every_seconds=None, keep=2)


def batches() -> Iterator[tuple[Any, Any]]:
    for first in range(0, 13, 5):
        yield INPUTS[first : first + 5], TARGETS[first : first + 5]


PLANS: dict[str, dict[str, Any]] = {
    "plain": {"until": Until(epochs=6), "optimizer": SGD(0.1)},
    "Adam on a cosine, clipped": {
        "until": Until(steps=21), "optimizer": Adam(0.05), "schedule": Cosine(20, per="step"), "clip_norm": 0.1,
    },
    "patient": {
        "until": Until(epochs=9) | Patience(2, "validation_loss"), "optimizer": SGD(0.8, momentum=0.9),
        "validation": 0.3, "schedule": ReduceOnPlateau(patience=0), "metrics": ["accuracy"],
    },
    "halted by a handler": {
        "until": Until(epochs=6), "optimizer": Adam(0.05),
        "handlers": [on("iteration_completed", lambda _: "halt_epoch", every(4))],
    },
    "a stream": {"until": Until(epochs=5), "optimizer": Adam(0.05), "metrics": ["accuracy", "r2"]},
}  # fmt: skip


def train(name: str, network: Network, **kept: Any) -> Any:
    data: tuple[Any, ...] = (batches,) if name == "a stream" else (INPUTS, TARGETS)
    return network.train(*data, **{"batch_size": 4, "loss": "crossentropy", **PLANS[name], **kept})


SLOWLY = on("iteration_completed", lambda _: time.sleep(0.003))
"""Faster than checkpoints are written, and most of them are never made."""


def _await_a_step(run: Any) -> None:
    """Wait until the run is further than it was."""
    before = run.position.step
    while run.state == "running" and run.position.step == before:
        time.sleep(0.0005)


def end_of(network: Network, run: Any) -> tuple[Any, ...]:
    run.wait(WAIT_SECONDS)
    return fingerprint(network.parameters()), run.history, run.position[:5], run.reason


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("name", PLANS)
def test_a_run_that_is_stopped_again_and_again_ends_with_the_bits_of_one_that_never_was(
    name: str, granularity: str, tmp_path: Path
) -> None:
    with start(MODEL, seed=3, granularity=granularity) as network:
        expected = end_of(network, train(name, network))

    stops = 0
    while True:
        with start(MODEL, seed=3, granularity=granularity) as network:
            run = train(
                name,
                network,
                run_dir=tmp_path / "run",
                checkpoints=EVERY_STEP,
            )
            _await_a_step(run)
            run.stop(WAIT_SECONDS)
            end = end_of(network, run)
        if run.state == "finished":
            break
        stops += 1
        assert stops < 100

    assert end == expected


@pytest.mark.parametrize("name", PLANS)
def test_it_goes_on_from_any_of_its_checkpoints(name: str, tmp_path: Path) -> None:
    kept = Checkpoints(every_steps=1, every_seconds=None, keep=1000)
    with start(MODEL, seed=3) as network:
        seen = _wait_for_each(network)
        handlers = [*PLANS[name].get("handlers", ()), SLOWLY]
        expected = end_of(network, train(name, network, run_dir=tmp_path / "run", checkpoints=kept, handlers=handlers))
    places = sorted((tmp_path / "run" / "checkpoints").iterdir())

    assert len(seen) >= 3
    for newest in reversed(places[:: max(1, len(places) // 5)]):
        for later in [place for place in (tmp_path / "run" / "checkpoints").iterdir() if place.name > newest.name]:
            _remove(later)
        with start(MODEL, seed=3) as network:
            assert end_of(network, train(name, network, run_dir=tmp_path / "run", checkpoints=kept)) == expected


def _wait_for_each(network: Network) -> list[int]:
    """List the steps of the checkpoints that are written; each is waited for, or fast ones would be left out."""
    seen: list[int] = []
    network.watchers.add(lambda event: seen.append(event.step) if isinstance(event, events.CheckpointSaved) else None)
    return seen


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("schedule", range(8))
def test_faults_and_killed_vaults_and_networks_leave_no_trace(
    schedule: int, granularity: str, tmp_path: Path, strike: Strike, draw_faults: DrawFaults
) -> None:
    with start(MODEL, granularity=granularity) as network:
        expected = end_of(network, train("patient", network))
    with start(MODEL, granularity=granularity) as network:
        faults = draw_faults(network, schedule, 400)
        strike(network, {**faults, 60 + 9 * schedule: "vault", 150 + 7 * schedule: "network"})
        assert end_of(network, train("patient", network, run_dir=tmp_path / "run", checkpoints=EVERY_STEP)) == expected


def test_a_vault_that_dies_goes_on_at_the_last_checkpoint_not_at_the_beginning(tmp_path: Path) -> None:
    reached = threading.Event()
    steps: list[int] = []
    with start(MODEL) as network:
        network.watchers.add(lambda event: reached.set() if isinstance(event, events.CheckpointSaved) else None)
        run = network.train(
            INPUTS, TARGETS, until=Until(steps=400), run_dir=tmp_path / "run", loss="crossentropy",
            checkpoints=Checkpoints(every_steps=100, every_seconds=None),
            handlers=[on("iteration_completed", lambda now: steps.append(now.step)), SLOWLY],
        )  # fmt: skip
        reached.wait(WAIT_SECONDS)
        network.kill("vault")
        run.wait(WAIT_SECONDS)

    backwards = [later for earlier, later in itertools.pairwise(steps) if later <= earlier]
    assert len(backwards) == 1
    assert backwards[0] >= 100
    assert backwards[0] % 100 == 0  # its last step is told of again, as it may not have been


def test_a_folder_of_a_finished_run_gives_its_end_again(tmp_path: Path) -> None:
    ends = []
    for _ in range(2):
        with start(MODEL) as network:
            ends.append(end_of(network, train("patient", network, run_dir=tmp_path / "run")))

    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("network_options", "train_options", "message"),
    [
        ({}, {"inputs": INPUTS + 1e-3}, r'is of another run \(data was "[0-9a-f]+", is "[0-9a-f]+"\)'),
        ({}, {"targets": TARGETS[::-1]}, "data was"),
        ({}, {"validation": 0.3}, "data was"),
        ({}, {"until": Until(epochs=7)}, r"plan.until.epochs was 6, is 7"),
        ({}, {"optimizer": SGD(0.2)}, "plan.optimizer.learning_rate was 0.1, is 0.2"),
        ({}, {"batch_size": 5}, "plan.batch_size was 4, is 5"),
        ({}, {"schedule": Cosine(5)}, "plan.schedule"),
        ({}, {"l2": 0.1}, "plan.rules.l2 was 0.0, is 0.1"),
        ({"seed": 1}, {}, "seed was 0, is 1"),
        ({"dtype": "float64"}, {}, 'dtype was "float32", is "float64"'),
        ({"granularity": "layer"}, {}, 'granularity was "neuron", is "layer"'),
        ({"model": Chain(Dense(4, 5, "relu"), Dropout(0.3), Dense(5, 3, "softmax"))}, {}, 'activation was "tanh"'),
    ],
)
def test_a_folder_of_another_run_is_refused_with_what_differs(
    network_options: dict[str, Any], train_options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with start(MODEL) as network:
        train("plain", network, run_dir=tmp_path / "run").wait(WAIT_SECONDS)
    before = sorted(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    options = {"batch_size": 4, "loss": "crossentropy", **PLANS["plain"], **train_options}
    data = options.pop("inputs", INPUTS), options.pop("targets", TARGETS)
    with start(**{"model": MODEL, **network_options}) as network:
        with pytest.raises(DataError, match=message) as error:
            network.train(*data, run_dir=tmp_path / "run", **options)
        assert network.train(*data, **options).wait(WAIT_SECONDS).state == "finished"

    assert "\n" not in str(error.value)
    assert sorted(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()) == before


def test_two_runs_cannot_have_one_folder_at_once(tmp_path: Path) -> None:
    with start(MODEL) as network, start(MODEL) as other:
        run = train("plain", network, run_dir=tmp_path / "run", until=Until(epochs=10**6))
        with pytest.raises(DataError, match=r"is in use by process \d+"):
            train("plain", other, run_dir=tmp_path / "run", until=Until(epochs=10**6))
        run.stop(WAIT_SECONDS).wait(WAIT_SECONDS)
        resumed = train("plain", other, run_dir=tmp_path / "run", until=Until(epochs=10**6))

        assert resumed.position.step >= run.position.step


def test_stopping_the_network_keeps_the_last_step(tmp_path: Path) -> None:
    with start(MODEL) as network:
        run = train("plain", network, run_dir=tmp_path / "run", until=Until(epochs=10**6))
        while run.position.step < 50:
            time.sleep(0.001)
    reached = run.position.step
    with start(MODEL) as network:
        resumed = train("plain", network, run_dir=tmp_path / "run", until=Until(epochs=10**6))

        assert run.state == "stopped"
        assert resumed.position.step >= reached >= 50


def test_a_batch_that_nobody_gets_past_can_be_skipped(tmp_path: Path, intercept: Intercept) -> None:
    """Row 7 is a poison; without it the run ends, and its other rows have all been learnt."""
    poison = INPUTS[7, 0].astype("float32")

    def break_at_the_row(actor: Any, message: Any) -> None:
        if isinstance(actor, Neuron) and isinstance(message, Activate) and poison in message.inputs:
            raise ZeroDivisionError("no such number")

    outcomes = []
    for skip in (False, False, True):
        with start(MODEL, seed=1) as network:
            intercept(network, break_at_the_row)
            run = train("plain", network, until=Until(epochs=1), run_dir=tmp_path / "run", skip_batch=skip)
            try:
                run.wait(WAIT_SECONDS)
            except RunError:
                assert run.failure is not None
                outcomes.append((run.failure.rows, run.position.step))
    (rows, step), again = outcomes

    assert again == (rows, step)
    assert rows is not None
    assert 7 in rows
    assert run.state == "finished"
    assert run.history[0].step == 3


def test_after_a_fix_the_run_goes_on_where_it_failed(tmp_path: Path, intercept: Intercept) -> None:
    with start(MODEL) as network:
        expected = end_of(network, train("plain", network))

    def broken(actor: Any, message: Any) -> None:
        if isinstance(actor, Neuron) and message.step == 9:
            raise ZeroDivisionError("not yet")

    with start(MODEL) as network:
        intercept(network, broken)
        with pytest.raises(RunError, match="step 9"):
            train("plain", network, run_dir=tmp_path / "run").wait(WAIT_SECONDS)
    with start(MODEL) as network:
        run = train("plain", network, run_dir=tmp_path / "run")
        assert run.position.step >= 8
        assert end_of(network, run) == expected


def test_a_run_that_diverged_goes_on_from_where_all_was_well(tmp_path: Path) -> None:
    for _ in range(2):
        with start(MODEL) as network:
            run = network.train(
                INPUTS, np.full((13, 3), 1e30), until=Until(epochs=9), run_dir=tmp_path / "run", optimizer=SGD(1e20)
            )
            with pytest.raises(RunError, match="lower learning rate"):
                run.wait(WAIT_SECONDS)


def test_a_disk_that_takes_no_more_is_told_of_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    with start(MODEL) as network:
        expected = fingerprint_of_plain(network)
    with start(MODEL, watcher=told.append) as network:
        run = train("plain", network, run_dir=tmp_path / "run", checkpoints=EVERY_STEP, until=Until(epochs=400))
        while not any(isinstance(event, events.CheckpointSaved) for event in told):
            time.sleep(0.001)
        (tmp_path / "run" / "checkpoints").rename(tmp_path / "elsewhere")  # the folder is gone, as a disk may be
        run.wait(WAIT_SECONDS)

    assert any(isinstance(event, events.CheckpointFailed) for event in told)
    assert run.state == "finished"
    assert len(expected) == 64


def fingerprint_of_plain(network: Network) -> str:
    train("plain", network).wait(WAIT_SECONDS)
    return fingerprint(network.parameters())


def test_a_damaged_checkpoint_is_reported_and_passed_over(tmp_path: Path) -> None:
    with start(MODEL) as network:
        expected = end_of(network, train("plain", network))
    with start(MODEL) as network:
        train("plain", network, run_dir=tmp_path / "run", checkpoints=Checkpoints(every_steps=5)).wait(WAIT_SECONDS)
    newest = max((tmp_path / "run" / "checkpoints").iterdir())
    damaged = newest / "state.safetensors"
    content = bytearray(damaged.read_bytes())
    content[-3] ^= 1
    damaged.write_bytes(content)
    with start(MODEL) as network:
        run = train("plain", network, run_dir=tmp_path / "run")
        assert end_of(network, run) == expected

    assert len(run.problems) == 1
    assert newest.name in run.problems[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"skip_batch": True}, "no run has begun there, so there is no batch to skip"),
        ({"run_dir": None, "skip_batch": True}, "are for a run with a folder: give run_dir"),
        ({"run_dir": None, "checkpoints": EVERY_STEP}, "are for a run with a folder: give run_dir"),
        ({"loss": Loss("mine", *(getattr(loss_named("mse"), name) for name in ("value", "gradient")))}, "mine"),
        ({"origin": {"what": object()}}, "origin of a run must be plain data"),
    ],
)
def test_what_cannot_be_kept_is_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with start(MODEL) as network:
        with pytest.raises(InputError, match=message):
            train("plain", network, **{"run_dir": tmp_path / "run", **options})
        assert network.summary().state == "idle"


@pytest.mark.parametrize("options", [{"every_steps": 0}, {"every_seconds": 0}, {"keep": 0}, {"every_steps": 1.5}])
def test_a_wrong_number_of_checkpoints_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Checkpoints(**options)
