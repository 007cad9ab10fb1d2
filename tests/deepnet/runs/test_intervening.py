"""Changes and what befalls a network meanwhile: deaths, other writers, the end of a process; none shows in the bits."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Checkpoints, Dense, Until, on, start
from deepnet.errors import RunError
from deepnet.runs.network import Network
from deepnet.runs.run import Run

Strike = Callable[[Network, Mapping[int, str]], None]

WAIT_SECONDS = 20
MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 3, "sigmoid"), Dense(3, 2))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 2)), RNG.normal(size=(10, 2))
FOREVER = Until(epochs=10**9)


@pytest.fixture(params=["neuron", "layer"])
def granularity(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def network_of(granularity: str) -> Network:
    return start(MODEL, granularity=granularity, seed=2, dtype="float64")


@pytest.fixture
def network(granularity: str) -> Any:
    with network_of(granularity) as network:
        yield network


def paused(network: Network, steps: int = 0, *data: Any, **options: Any) -> Run:
    """Return a run that rests after so many steps; the first one of its folder, if it has one."""
    may_begin = threading.Event()
    handlers = [on("started", lambda _: may_begin.wait(WAIT_SECONDS) and None)]
    plan = {"until": FOREVER, "batch_size": 4, "optimizer": Adam(0.01), "handlers": handlers, **options}
    run = network.train(*(data or (INPUTS, TARGETS)), **plan)
    with pytest.raises(TimeoutError):
        run.pause(timeout=0)
    may_begin.set()
    run.pause(WAIT_SECONDS)
    if steps:
        run.step("batch", steps)
    return run


def everything(network: Network) -> tuple[Any, ...]:
    """All that is committed, to the last bit, and what it is of."""
    state = network._context.state_of(None)
    setup = state.setup
    assert setup is not None
    numbers = [array.tobytes() for rows, slots in zip(state.rows, state.slots, strict=True) for array in (rows, *slots)]
    plan = None if setup.plan is None else setup.plan.to_dict()
    return (numbers, setup.model, setup.granularities, setup.treatments, plan, setup.recut, state.position)


def told_of(run: Run) -> list[Any]:
    """The records of a run without the seconds."""
    return [(r.epoch, r.step, r.loss, r.metrics, r.validation, r.learning_rate) for r in run.history]


CHANGES: list[Callable[[Network, Run], object]] = [
    lambda network, _: network.grow("dense_0", 2),
    lambda network, _: network.set("dense_1/1", lesioned=0.25),
    lambda _, run: run.set(batch_size=3),
    lambda network, _: network.set("dense_0/1", rate=0.5, frozen=True),
    lambda _, run: run.set(learning_rate=0.05),
    lambda network, _: network.set("dense_1", granularity="layer"),
    lambda network, _: network.set("dense_0/2", weights={0: 0.5}, activation="relu"),
    lambda network, _: network.prune("dense_0/3"),
    lambda network, _: network.set("dense_1", granularity="neuron"),
    lambda network, _: network.undo(2),
    lambda network, _: network.set("dense_1/1", lesioned=None),
    lambda network, _: network.grow("dense_1"),
]


def play(network: Network, run: Run, before_each: Callable[[int], object] = lambda _: None) -> tuple[Any, ...]:
    """Change the network, two steps apart; return what it is then."""
    for number, change in enumerate(CHANGES):
        before_each(number)
        change(network, run)
        run.step("batch", 2)
    return everything(network)


@pytest.mark.parametrize("victim", ["vault", "trainer", "network", "dense_0", "dense_1/0"])
def test_changes_survive_whoever_dies(network: Network, granularity: str, victim: str) -> None:
    with network_of(granularity) as other:
        expected = play(other, paused(other, 3))
    run = paused(network, 3)
    steps: list[int] = []

    def kill(number: int) -> None:
        steps.append(run.position.step)
        network.kill(victim)
        if number % 2:
            network.kill("dense_0/0")

    assert play(network, run, kill) == expected
    assert steps == list(range(3, 27, 2))


@pytest.mark.parametrize("seed", range(4))
def test_changes_and_deaths_in_the_steps_between_them_leave_no_trace(
    network: Network, granularity: str, seed: int, strike: Strike, draw_faults: Callable[..., dict[int, str]]
) -> None:
    with network_of(granularity) as other:
        expected = play(other, paused(other, 3))
    run = paused(network, 3)
    strike(network, draw_faults(network, seed, 300))

    assert play(network, run) == expected


def test_a_vault_that_dies_after_a_change_has_it(network: Network) -> None:
    run = paused(network, 5)
    run.resume()
    change = network.grow("dense_0", 2)
    network.set("dense_0/1", bias=0.5, frozen=True)
    for victim in ("vault", "network"):
        network.kill(victim)
        network.activations(INPUTS, WAIT_SECONDS)
        assert network.neuron("dense_0/1").frozen
        assert network.neuron("dense_0/1").bias == 0.5
        assert [layer.neurons for layer in network.model.dense] == [6, 3, 2]
        assert run.position.step >= change.step
    assert len(network.changes) == 2
    network.undo(2)
    network.kill("vault")
    network.activations(INPUTS, WAIT_SECONDS)
    assert [layer.neurons for layer in network.model.dense] == [4, 3, 2]


def test_a_network_at_rest_keeps_its_changes_whoever_dies(network: Network) -> None:
    network.set("dense_0/1", bias=0.5)
    paused(network, 5).stop(WAIT_SECONDS)
    network.set("dense_0/2", bias=0.25, lesioned=True)
    before = everything(network)
    for victim in ("vault", "trainer", "network", "dense_0"):
        network.kill(victim)
        network.activations(INPUTS, WAIT_SECONDS)
        assert everything(network)[:4] == before[:4]


def test_deaths_while_changes_are_made_at_a_run_that_goes_on(network: Network) -> None:
    """Nobody waits for ever, nothing is refused, and what was answered holds."""
    run = paused(network)
    run.resume()
    over = threading.Event()
    victims = ["dense_0/1", "trainer", "dense_1", "vault", "dense_0", "network"]

    def kill() -> None:
        number = 0
        while not over.wait(0.004):
            network.kill(victims[number % len(victims)])
            number += 1

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        for number in range(10):
            bias = number / 8
            assert network.set("dense_2/0", bias=bias, frozen=True).new == {"bias": bias, "frozen": True}
            assert network.neuron("dense_2/0").bias == bias
            assert network.grow("dense_0").new["neurons"] == 5 + number
            network.set("dense_1", granularity=("layer", "neuron")[number % 2])
    finally:
        over.set()
        killer.join(WAIT_SECONDS)
    at = run.position.step
    while run.position.step < at + 5:
        assert not run.is_over
        time.sleep(0.001)
    assert network.neuron("dense_2/0").bias == bias
    assert [layer.neurons for layer in network.model.dense] == [14, 3, 2]
    assert len(network.changes) == 30


# Writers.


def test_of_two_writers_at_once_the_second_is_refused(network: Network) -> None:
    entered, may_go_on = threading.Event(), threading.Event()

    def hold_up(_: Any) -> None:
        entered.set()
        may_go_on.wait(WAIT_SECONDS)

    handlers = [on("iteration_completed", hold_up)]
    run = network.train(INPUTS, TARGETS, until=FOREVER, handlers=handlers)
    entered.wait(WAIT_SECONDS)
    answers: list[Any] = []
    writer = threading.Thread(target=lambda: answers.append(network.set("dense_0/1", bias=0.5)))
    writer.start()
    while not network._context.writing.locked():
        time.sleep(0.001)
    before = everything(network)[:4]
    uses: list[Callable[[], object]] = [
        lambda: network.set("dense_0/1", bias=2.0), lambda: network.grow("dense_0"), network.undo, run.rewind,
        lambda: run.set(learning_rate=1.0), run.pause, run.step, run.resume, run.branch,
    ]  # fmt: skip
    for use in uses:
        with pytest.raises(RunError, match=r"is being changed by somebody else: try again when that is done$") as error:
            use()
        assert "\n" not in str(error.value)
    assert everything(network)[:4] == before
    may_go_on.set()
    writer.join(WAIT_SECONDS)

    assert [answer.new for answer in answers] == [{"bias": 0.5}]
    assert network.changes == tuple(answers)
    assert run.state == "running"


def test_of_many_writers_each_is_answered_or_refused(network: Network) -> None:
    run = paused(network)
    run.resume()
    answered: list[int] = []
    refused: list[str] = []

    def write(index: int) -> None:
        for _ in range(10):
            try:
                network.set(f"dense_0/{index}", bias=float(index), frozen=True)
                answered.append(index)
            except RunError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=write, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)

    assert len(answered) + len(refused) == 40
    assert len(network.changes) == len(answered)
    assert all(network.neuron(f"dense_0/{index}").bias == index for index in {*answered})
    assert all("is being changed by somebody else" in message for message in refused)


def test_a_change_that_is_not_answered_in_time_is_not_made(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deepnet.runs.intervening.CHANGE_SECONDS", 0.05)
    entered, may_go_on = threading.Event(), threading.Event()

    def hold_up(_: Any) -> None:
        entered.set()
        may_go_on.wait(WAIT_SECONDS)

    run = network.train(INPUTS, TARGETS, until=FOREVER, handlers=[on("iteration_completed", hold_up)])
    entered.wait(WAIT_SECONDS)
    with pytest.raises(TimeoutError) as error:
        network.set("dense_0/1", bias=77.0)
    may_go_on.set()
    at = run.position.step
    while run.position.step < at + 5:
        time.sleep(0.001)

    assert "\n" not in str(error.value)
    assert network.neuron("dense_0/1").bias != 77
    assert network.changes == ()


# Folders.


@pytest.mark.parametrize("changes", [3, 6, 12])
def test_a_changed_run_that_is_stopped_goes_on_to_the_bits_of_one_that_was_not(
    granularity: str, changes: int, tmp_path: Path
) -> None:
    def changed(network: Network, **kept: Any) -> Run:
        run = paused(network, 3, until=Until(steps=60), validation=0.2, **kept)
        for change in CHANGES[:changes]:
            change(network, run)
            run.step("batch", 2)
        return run

    with network_of(granularity) as network:
        run = changed(network)
        run.resume()
        run.wait(WAIT_SECONDS)
        expected = everything(network), told_of(run)
    with network_of(granularity) as network:
        at = changed(network, run_dir=tmp_path / "run").position.step
        treatments, model = network.cut().setup.treatments, network.model
    for further in (4, 9, None):
        with network_of(granularity) as network:
            run = network.train(
                INPUTS, TARGETS, until=Until(steps=60), validation=0.2, batch_size=4, optimizer=Adam(0.01),
                run_dir=tmp_path / "run",
            )  # fmt: skip
            assert run.resumed_at is not None
            assert run.resumed_at >= at
            assert (network.cut().setup.treatments, network.model) == (treatments, model)
            if further is not None:
                run.stop(WAIT_SECONDS)
            else:
                run.wait(WAIT_SECONDS)
                assert (everything(network), told_of(run)) == expected


PROGRAM = """
import sys
from tests_of_changes import *
with network_of("{granularity}") as network:
    run = network.train(INPUTS, TARGETS, until=Until(steps=10**7), batch_size=4, optimizer=Adam(0.01),
                        run_dir={folder!r}, checkpoints=Checkpoints(every_seconds=1000))
    while run.position.step < 30:
        pass
    network.grow("dense_0", 2)
    network.set("dense_1/1", lesioned=0.25)
    print("changed", run.set(batch_size=3, learning_rate=0.05).step, flush=True)
    run.wait()
"""


def test_a_change_that_was_answered_outlives_the_process(granularity: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (tmp_path / "tests_of_changes.py").write_text(Path(__file__).read_text())
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(granularity=granularity, folder=str(folder)))
    with subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd(),
        env={"PYTHONPATH": f"{Path.cwd()}:{tmp_path}"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        process.kill()
        assert line, process.stderr.read()
    step = int(line.split()[1])
    with network_of(granularity) as network:
        run = network.train(
            INPUTS, TARGETS, until=Until(steps=10**7), batch_size=4, optimizer=Adam(0.01), run_dir=folder
        )
        run.pause()
        assert run.resumed_at is not None
        assert run.resumed_at >= step
        assert (run.plan.batch_size, run.plan.optimizer.learning_rate) == (3, 0.05)
        assert [layer.neurons for layer in network.model.dense] == [6, 3, 2]
        assert network.neuron("dense_1/1").lesioned == 0.25


def test_a_changed_network_begins_a_run_in_a_folder_that_others_go_on_with(
    network: Network, granularity: str, tmp_path: Path
) -> None:
    def changed(other: Network) -> None:
        other.set("dense_0/1", lesioned=0.5)
        other.set("dense_0", granularity="layer" if granularity == "neuron" else "neuron")
        other.grow("dense_1", 2)
        other.set("dense_1/4", rate=0.25, activation="tanh")

    plan: dict[str, Any] = {"until": Until(steps=12), "batch_size": 4, "optimizer": Adam(0.01)}
    with network_of(granularity) as undisturbed:
        changed(undisturbed)
        undisturbed.train(INPUTS, TARGETS, **plan).wait(WAIT_SECONDS)
        expected = everything(undisturbed)
    changed(network)
    run = paused(network, 5, run_dir=tmp_path / "run", checkpoints=Checkpoints(every_steps=1), **plan)
    run.stop().flush(WAIT_SECONDS)

    with network_of(granularity) as other:  # as it was started, and never changed
        resumed = other.train(INPUTS, TARGETS, run_dir=tmp_path / "run", **plan).wait(WAIT_SECONDS)
        assert resumed.resumed_at == 5
        assert everything(other) == expected


def test_each_answered_change_of_a_run_in_a_folder_is_on_the_disk(network: Network, tmp_path: Path) -> None:
    slow = Checkpoints(every_seconds=1000)
    run = paused(network, 3, run_dir=tmp_path / "run", checkpoints=slow)
    run.resume()
    for number in range(3):
        change = network.set("dense_0/1", bias=number / 4, frozen=True)
        keeper = run.assignment.keeper
        assert keeper is not None
        state = keeper.read(change.step)
        assert state.rows[0][1, -1] == number / 4
        assert state.setup is not None
        assert state.setup.treatments[0][1].frozen
