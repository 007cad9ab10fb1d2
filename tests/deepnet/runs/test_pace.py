"""Runs that keep a pace: their bits do not show it, and whoever wants something meanwhile gets it at once.

A pace of a step in a quarter of an hour stands for "it waits": what comes in the time of a test has not waited for it.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, events, on, start
from deepnet.errors import InputError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.runs.simulation import CRASH, draw_faults, simulate
from deepnet.training.handlers import Moment

MODEL = Chain(Dense(2, 4, "tanh"), Dropout(0.2), Dense(4, 1))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 2)), RNG.normal(size=(10, 1))
FOREVER = Until(epochs=10**9)
SLOW = 1 / 900
SOON = 20.0


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    with start(MODEL, granularity=request.param, seed=2, kernels="numpy") as network:
        yield network


def train(network: Network, **options: Any) -> Run:
    """Begin a run of three steps an epoch."""
    return network.train(INPUTS, TARGETS, **{"until": FOREVER, "batch_size": 4, "optimizer": Adam(0.01), **options})


def waiting(network: Network, **options: Any) -> Run:
    """Return a run that has played its first step, and waits for the next one."""
    run = train(network, **{"pace": SLOW, **options})
    await_that(lambda: run.position.step == 1)
    return run


def await_that(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def bits_after(network: Network, steps: int) -> str:
    with start(MODEL, granularity=network.summary().granularity, seed=2, kernels="numpy") as other:
        train(other, until=Until(steps=steps)).wait(SOON)
        return fingerprint(other.parameters())


@pytest.mark.parametrize("pace", [200, 5000, 1e9])
def test_the_bits_do_not_depend_on_the_pace(network: Network, pace: float) -> None:
    began = time.monotonic()
    run = train(network, until=Until(steps=40), pace=pace).wait(SOON)
    took = time.monotonic() - began

    assert took > 38 / pace
    assert run.plan.pace == pace
    assert run.history[-1].seconds <= took
    assert fingerprint(network.parameters()) == bits_after(network, 40)


def test_a_waiting_run_runs(network: Network) -> None:
    run = waiting(network)

    assert (run.state, run.position.step, network.summary().state) == ("running", 1, "running")


def test_questions_and_changes_do_not_wait_and_are_no_reason_to_go_on(network: Network) -> None:
    run = waiting(network)

    assert network.activations(INPUTS)["dense_0"].outputs.shape == (10, 4)
    assert network.trace(INPUTS[0], TARGETS[0])
    assert network.set("dense_0/1", bias=0.5).step == 1
    assert network.neuron("dense_0/1").bias == 0.5
    assert network.undo().step == 1
    assert network.grow("dense_0", 1).step == 1
    assert run.position.step == 1


def test_it_pauses_steps_and_resumes_without_waiting(network: Network) -> None:
    run = waiting(network)

    assert run.pause(SOON).step == 1
    assert run.step("batch", timeout=SOON).step == 2
    assert run.step("epoch", 2, timeout=SOON).step == 6
    assert len(run.step("message", 3, timeout=SOON).messages) == 3
    run.step("batch", timeout=SOON)
    run.resume()
    assert run.state == "running"
    assert fingerprint(network.parameters()) == bits_after(network, run.position.step)


def test_a_running_one_is_stepped_without_waiting(network: Network) -> None:
    assert waiting(network).step("sample", 4, timeout=SOON).step == 2


def test_it_stops_at_once(network: Network) -> None:
    run = waiting(network)
    run.stop(SOON)

    assert (run.state, run.position.step) == ("stopped", 1)
    assert fingerprint(network.parameters()) == bits_after(network, 1)


def test_the_end_of_the_network_does_not_wait(network: Network, tmp_path: Path) -> None:
    run = waiting(network, run_dir=tmp_path / "run")
    network.stop(SOON)

    assert (run.state, run.position.step) == ("stopped", 1)


def test_another_pace_holds_at_once_and_is_undone(network: Network) -> None:
    run = waiting(network)
    change = run.set(pace=None)
    await_that(lambda: run.position.step > 50)
    assert (change.old, change.new, change.step) == ({"pace": SLOW}, {"pace": None}, 1)
    run.set(pace=SLOW)
    here = run.position.step
    time.sleep(0.05)
    assert run.position.step - here <= 1
    network.undo()

    await_that(lambda: run.position.step > here + 50)
    assert run.plan.pace is None


@pytest.mark.parametrize("victim", ["trainer", "vault", "network", "dense_0", "dense_0/2"])
def test_whoever_dies_meanwhile_heals_and_it_goes_on_waiting(network: Network, victim: str) -> None:
    told: list[events.Event] = []
    network.watchers.add(told.append)
    run = waiting(network, until=Until(steps=30))
    restarts = network.summary().restarts
    network.kill(victim)
    await_that(lambda: network.summary().restarts > restarts)
    network.activations(INPUTS)  # answered by those that are there now

    assert run.position.step in {0, 1}  # a vault begins where the run began
    run.set(pace=None)
    run.wait(SOON)
    assert fingerprint(network.parameters()) == bits_after(network, 30)


def test_a_step_that_somebody_died_over_is_played_again_at_once(network: Network) -> None:
    told: list[events.Event] = []
    network.watchers.add(told.append)
    run = train(network, pace=SLOW, paused=True)
    network.actors.strike({3: CRASH})
    run.resume()

    await_that(lambda: run.position.step == 1)
    assert any(isinstance(event, events.NeuronDied) for event in told)


def test_a_rule_of_time_ends_a_run_that_waits(network: Network) -> None:
    run = train(network, until=Until(seconds=0.2), pace=SLOW).wait(SOON)

    assert (run.state, run.position.step) == ("finished", 1)


def test_handlers_are_told_of_each_step_once(network: Network) -> None:
    begun: list[int] = []

    def note(moment: Moment) -> None:
        begun.append(moment.step)

    run = waiting(network, handlers=[on("iteration_started", note)])
    network.activations(INPUTS)
    run.pause(SOON)
    run.resume()
    network.activations(INPUTS)

    assert begun == [0, 1]


def test_a_run_that_is_kept_goes_on_with_its_pace_and_another_one_is_no_other_run(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with start(MODEL, seed=2, kernels="numpy") as network:
        train(network, pace=1000, until=Until(steps=60), run_dir=folder, paused=True).step("batch", 5)
    with start(MODEL, seed=2, kernels="numpy") as network:
        run = train(network, until=Until(steps=60), run_dir=folder)

        assert (run.resumed_at, run.plan.pace) == (5, 1000)
        run.wait(SOON)
        assert fingerprint(network.parameters()) == bits_after(network, 60)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_simulated_runs_let_the_time_pass(granularity: str) -> None:
    def begin(pace: float | None) -> Callable[[Network], Run]:
        return lambda network: train(network, until=Until(epochs=2), pace=pace)

    expected = simulate(MODEL, begin(None), order=0, granularity=granularity)
    for order in range(1, 12):
        faults = draw_faults(MODEL, order, 100)
        assert simulate(MODEL, begin(SLOW), order=order, faults=faults, granularity=granularity) == expected


def test_a_pace_is_a_number_above_0(network: Network) -> None:
    with pytest.raises(InputError, match="pace must be a finite number above 0, got 0"):
        train(network, pace=0)
