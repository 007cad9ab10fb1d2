"""Beginning a run again, and a second one that goes on from it: both go the way of the first, to the last bit."""

import re
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Checkpoints, Dense, Until, events, on, start
from deepnet.runs.network import Network
from deepnet.runs.run import Run

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


def intervened(network: Network) -> list[Any]:
    told: list[Any] = []
    network.watchers.add(lambda event: told.append(event) if isinstance(event, events.Intervened) else None)
    return told


# Beginning again.


def test_a_rewound_run_goes_the_same_way_again(network: Network) -> None:
    run = paused(network)
    seen = []
    for _ in range(2):
        cuts = [everything(network)[:6]]
        for _ in range(7):
            run.step()
            cuts.append(everything(network)[:6])
        seen.append((cuts, told_of(run)))
        change = run.rewind()
        assert (change.kind, change.address, change.step) == ("rewind", "run", 7)
        assert (run.position.step, run.history, run.state) == (0, (), "paused")

    assert seen[0] == seen[1]


def test_a_run_that_is_rewound_while_it_learns_ends_with_the_same_bits(network: Network, granularity: str) -> None:
    options: dict[str, Any] = {"until": Until(steps=900), "batch_size": 4, "optimizer": Adam(0.01)}
    with network_of(granularity) as other:
        whole = other.train(INPUTS, TARGETS, **options).wait(WAIT_SECONDS)
        expected = everything(other), told_of(whole)
    run = paused(network, 20, until=Until(steps=900))
    run.resume()
    change = run.rewind()
    run.wait(WAIT_SECONDS)

    assert change.step >= 20
    assert (everything(network), told_of(run)) == expected


def test_to_undo_a_rewind_brings_back_all_there_was(network: Network) -> None:
    run = paused(network, 4)
    network.grow("dense_0", 2)
    run.step("batch", 3)
    before, history = everything(network), told_of(run)
    run.rewind()
    assert [layer.neurons for layer in network.model.dense] == [4, 3, 2]
    run.step("batch", 5)
    network.undo()

    assert (everything(network), told_of(run)) == (before, history)
    assert run.position.step == 7
    assert len(network.changes) == 1


def test_a_rewind_keeps_the_plan_as_it_is_now(network: Network, granularity: str) -> None:
    run = paused(network, 4)
    run.set(batch_size=3, learning_rate=0.05)
    run.rewind()
    run.step("batch", 9)
    with network_of(granularity) as other:
        paused(other, 9, batch_size=3, optimizer=Adam(0.05))

        assert everything(other)[:4] == everything(network)[:4]


def test_a_network_whose_run_is_over_can_be_put_back(network: Network) -> None:
    fresh = network.cut()
    run = paused(network, 4)
    run.stop(WAIT_SECONDS)
    change = run.rewind()

    assert change.step == 4
    for (_, weights, bias), (_, first, first_bias) in zip(network.cut(), fresh, strict=True):
        assert (weights.tolist(), bias) == (first.tolist(), first_bias)
    assert (run.state, run.position.step) == ("stopped", 4)


# Branching.


def test_a_branch_ends_with_the_bits_of_the_original(network: Network, granularity: str) -> None:
    run = paused(network, 5, until=Until(steps=40), validation=0.2)
    network.grow("dense_0", 2)
    network.set("dense_1/1", lesioned=0.25)
    run.set(batch_size=3, learning_rate=0.05)
    network.set("dense_1", granularity="layer" if granularity == "neuron" else "neuron")
    run.step("batch", 4)
    before, told = everything(network), intervened(network)
    with run.branch(name="twin") as twin:
        assert (twin.name, twin.run.state, twin.run.position) == ("twin", "paused", run.position)
        assert everything(twin) == before
        assert told_of(twin.run) == told_of(run)
        assert twin.changes == ()
        twin.run.resume()
        twin.run.wait(WAIT_SECONDS)
        assert everything(network) == before
        assert told == []
        run.resume()
        run.wait(WAIT_SECONDS)

        assert everything(twin) == everything(network)
        assert told_of(twin.run) == told_of(run)


def test_a_branch_goes_its_own_way(network: Network) -> None:
    run = paused(network, 5)
    before = everything(network)
    with run.branch() as other:
        other.grow("dense_0", 3)
        other.run.set(learning_rate=0.5, data=(INPUTS[:5], TARGETS[:5]))
        other.run.step("batch", 5)
        other.kill("vault")
        other.run.step("batch", 5)
        assert other.run.position.step == 15
        assert other.name != network.name
        other.run.rewind()
        assert other.run.position.step == 0
    assert everything(network) == before
    assert run.inputs.shape == (10, 2)
    assert run.step().new == 6


def test_a_run_that_goes_on_can_be_branched(network: Network) -> None:
    run = paused(network, 5, until=Until(steps=600))
    run.resume()
    with run.branch() as other:
        assert other.run.state == "paused"
        assert run.state != "paused"
        other.run.resume()
        other.run.wait(WAIT_SECONDS)
        run.wait(WAIT_SECONDS)
        assert everything(other) == everything(network)


def await_checkpoint(folder: Path, step: int) -> None:
    """Return once the state of *step* is safe: the next one would take its place in the queue."""
    end = time.monotonic() + WAIT_SECONDS
    while not any(re.search(rf"step-0*{step}(-\d+)?$", path.name) for path in folder.iterdir()):
        assert time.monotonic() < end, f"no checkpoint of step {step}"
        time.sleep(0.001)


def test_a_step_that_was_kept_can_be_branched_also_after_the_end(granularity: str, tmp_path: Path) -> None:
    kept = Checkpoints(every_steps=5, every_seconds=None, keep=1000)
    with network_of(granularity) as network:
        run = paused(network, run_dir=tmp_path / "run", checkpoints=kept, until=Until(steps=30))
        folder = tmp_path / "run" / "checkpoints"
        for step in (5, 10, 15, 20):
            run.step("batch", 5)
            await_checkpoint(folder, step)
            if step == 15:
                network.grow("dense_0", 2)
        at_present = everything(network)
        for step in (5, 10, 15, 20):
            with run.branch(step) as other:
                assert other.run.position.step == step
                assert other.model.dense[0].neurons == (4 if step < 15 else 6)
                other.run.resume()
                other.run.wait(WAIT_SECONDS)
                if step >= 15:
                    end = everything(other)
        assert everything(network) == at_present
        run.resume()
        run.wait(WAIT_SECONDS)
        assert everything(network) == end
        with run.branch(10) as other:
            assert (other.run.position.step, other.run.state) == (10, "paused")
