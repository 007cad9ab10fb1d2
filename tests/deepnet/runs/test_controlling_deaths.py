"""What befalls a run that rests: its clock stands still, people look at it and change it, and actors die."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, on, start
from deepnet.maths.local import forward
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network
from deepnet.runs.run import Run

Strike = Callable[[Network, Mapping[int, str]], None]

WAIT_SECONDS = 20
MODEL = Chain(Dense(2, 4, "tanh"), Dropout(0.2), Dense(4, 1))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 2)), RNG.normal(size=(10, 1))
FOREVER = Until(epochs=10**9)


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param, seed=2) as network:
        yield network


def train(network: Network, **options: Any) -> Run:
    """Begin a run of three steps an epoch: 4, 4 and 2 rows."""
    return network.train(INPUTS, TARGETS, **{"until": FOREVER, "batch_size": 4, "optimizer": Adam(0.01), **options})


def paused(network: Network, **options: Any) -> Run:
    """Return a run that rests before its first step."""
    may_begin = threading.Event()
    waits = on("started", lambda _moment: may_begin.wait(WAIT_SECONDS) and None)
    run = train(network, **{**options, "handlers": [waits, *options.get("handlers", ())]})
    with pytest.raises(TimeoutError, match="no answer came within 0 s"):
        run.pause(timeout=0)
    may_begin.set()
    run.pause(WAIT_SECONDS)
    assert (run.state, run.position.step) == ("paused", 0)
    return run


def bits_after(network: Network, steps: int) -> str:
    """What a network like this one is after so many steps, if nobody disturbs it."""
    with start(MODEL, granularity=network.summary().granularity, seed=2) as other:
        train(other, until=Until(steps=steps)).wait(WAIT_SECONDS)
        return fingerprint(other.parameters())


def await_step(run: Run, step: int) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while run.position.step < step:
        assert time.monotonic() < end, f"the run does not get to step {step}"
        time.sleep(0.0005)


# Time.


def test_the_clock_of_a_run_stands_still_while_it_rests(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("deepnet.runs.network.Run", partial(Run, clock=lambda: now[0]))
    run = paused(network, until=Until(seconds=10))
    now[0] += 500
    run.step("batch", 2)
    assert run.assignment.elapsed() == 0
    now[0] += 500
    run.pause()
    run.resume()
    await_step(run, 10)
    now[0] += 9
    run.pause()
    assert (run.state, run.assignment.elapsed()) == ("paused", 9)
    now[0] += 500
    assert run.assignment.elapsed() == 9
    assert run.history[-1].seconds <= 9
    run.resume()
    await_step(run, run.position.step + 1)
    now[0] += 2
    run.wait(WAIT_SECONDS)
    assert run.state == "finished"


# While it rests.


def test_a_paused_network_predicts_and_answers(network: Network) -> None:
    run = paused(network)
    run.step("batch", 4)
    expected = forward(network.model, network.parameters(), INPUTS.astype("float32"))
    before = run.position

    np.testing.assert_allclose(network.predict(INPUTS), expected, rtol=1e-5)
    np.testing.assert_allclose(network.activations(INPUTS)["dense_1"].outputs, expected, rtol=1e-5)
    assert (run.state, run.position) == ("paused", before)
    assert run.step().new == 5
    assert fingerprint(network.parameters()) == bits_after(network, 5)


def test_changes_while_it_rests_do_not_wake_it(network: Network) -> None:
    run = paused(network)
    run.step("batch", 4)
    network.set("dense_0/1", bias=0.5)
    network.grow("dense_0", 2)
    network.undo(2)
    run.set(learning_rate=0.5)
    network.undo()

    assert (run.state, run.position.step) == ("paused", 4)
    assert fingerprint(network.parameters()) == bits_after(network, 4)
    run.step("batch", 4)
    assert fingerprint(network.parameters()) == bits_after(network, 8)


# Deaths.


@pytest.mark.parametrize("victim", ["trainer", "vault", "network", "dense_0", "dense_0/1"])
@pytest.mark.parametrize("stepped", [True, False])
def test_a_paused_run_stays_paused_where_it_was_whoever_dies(network: Network, victim: str, stepped: bool) -> None:
    run = paused(network)
    if stepped:
        run.step("sample", 50)
    else:
        run.resume()
        await_step(run, 15)
        run.pause()
    step = run.position.step
    restarts = network.summary().restarts
    network.kill(victim)
    end = time.monotonic() + WAIT_SECONDS
    while network.summary().restarts == restarts and victim != "network" and time.monotonic() < end:
        time.sleep(0.001)

    assert run.step("batch", 2).new == step + 2
    assert run.state == "paused"
    assert fingerprint(network.parameters()) == bits_after(network, step + 2)
    network.kill(victim)
    run.step("epoch")
    assert fingerprint(network.parameters()) == bits_after(network, run.position.step)


@pytest.mark.parametrize("victim", ["trainer", "vault", "network"])
def test_a_network_that_dies_while_it_rests_comes_back_at_rest(network: Network, victim: str) -> None:
    run = paused(network)
    run.resume()
    await_step(run, 15)
    run.pause()
    step, weights = run.position.step, fingerprint(network.parameters())
    network.kill(victim)
    network.activations(INPUTS, WAIT_SECONDS)  # an answer of those who came up

    assert run.state == "paused"
    run.pause()
    assert (run.state, run.position.step) == ("paused", step)
    assert fingerprint(network.parameters()) == weights


def test_deaths_within_a_step_leave_no_trace(
    network: Network, strike: Strike, draw_faults: Callable[[Network, int, int], dict[int, str]]
) -> None:
    run = paused(network)
    for seed in range(12):
        strike(network, draw_faults(network, seed, 60))
        run.step("batch", 5)
        assert run.position.step == 5 * (seed + 1)
    assert fingerprint(network.parameters()) == bits_after(network, 60)


def test_a_run_that_is_kept_can_be_paused_and_gone_on_with(network: Network, tmp_path: Path) -> None:
    run = paused(network, run_dir=tmp_path / "run", until=Until(steps=30))
    run.step("batch", 11)
    network.stop()
    with start(MODEL, granularity=network.summary().granularity, seed=2) as other:
        resumed = train(other, run_dir=tmp_path / "run", until=Until(steps=30))
        assert resumed.resumed_at == 11
        resumed.wait(WAIT_SECONDS)
        assert fingerprint(other.parameters()) == bits_after(network, 30)
