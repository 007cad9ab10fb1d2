import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet import events
from deepnet.data.split import split
from deepnet.errors import NetworkStoppedError, RunError
from deepnet.maths.local import LocalLearner
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import mlp
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network, start
from deepnet.training.until import Until

Intercept = Callable[[Network, Callable[[Any, Any], object] | None], None]

MODEL = mlp(2, (3,), 1, "tanh")
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 2)), RNG.normal(size=(10, 1))
FOREVER = Until(epochs=10**9)
WAIT_SECONDS = 20


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param) as network:
        yield network


def test_a_run_goes_on_in_the_background_until_its_plan_is_done(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(epochs=3), batch_size=4)

    assert run.batches == 3
    assert run.wait(WAIT_SECONDS) is run
    assert (run.state, run.reason, run.position.step) == ("finished", "3 epochs", 9)
    assert [(record.epoch, record.step) for record in run.history] == [(1, 3), (2, 6), (3, 9)]
    assert run.wait(0) is run.stop(0) is run
    assert run.ended_within(0)
    assert repr(run) == "<Run finished: epoch 3, step 9>"


def test_a_wait_that_is_too_short_says_so_and_the_run_goes_on(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=FOREVER)
    for timeout in (0, 0.01):
        with pytest.raises(TimeoutError, match=rf"the run is at step \d+ after {timeout} s and goes on: wait again"):
            run.wait(timeout)

    assert run.state == "running"
    assert run.reason == ""


def test_a_run_can_be_stopped_at_a_seal(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=FOREVER)
    while run.position.step < 25:
        time.sleep(0.001)
    run.stop(WAIT_SECONDS)

    step = run.position.step
    assert (run.state, run.reason) == ("stopped", f"asked to stop after step {step}")
    assert len(run.history) == step // 10
    assert run.wait(0) is run  # somebody asked for it, so it is no failure
    with start(MODEL, granularity=network.summary().granularity) as other:
        other.train(INPUTS, TARGETS, until=Until(steps=step)).wait(WAIT_SECONDS)
        assert fingerprint(other.parameters()) == fingerprint(network.parameters())


def test_a_run_that_is_stopped_at_once_has_learnt_nothing_or_little(network: Network) -> None:
    for _ in range(20):
        run = network.train(INPUTS, TARGETS, until=FOREVER).stop(WAIT_SECONDS)

        assert run.state == "stopped"
        assert run.reason == f"asked to stop after step {run.position.step}"


def test_a_stop_that_comes_too_late_changes_nothing(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(steps=3)).wait(WAIT_SECONDS)
    after = network.train(INPUTS, TARGETS, until=FOREVER)
    run.stop(0)

    assert (run.state, after.state) == ("finished", "running")


def test_a_stop_without_a_seal_says_so(network: Network, intercept: Intercept) -> None:
    release = threading.Event()
    intercept(network, lambda _actor, _message: release.wait(WAIT_SECONDS))
    run = network.train(INPUTS, TARGETS, until=FOREVER)
    with pytest.raises(TimeoutError, match=r"^no step was sealed within 0.05 s: stop the network instead$"):
        run.stop(0.05)
    release.set()

    assert run.ended_within(WAIT_SECONDS)
    assert run.state == "stopped"


@pytest.mark.parametrize(
    ("until", "steps", "epochs", "reason"),
    [
        (Until(steps=1), 1, 0, "1 step"),
        (Until(steps=4), 4, 1, "4 steps"),
        (Until(steps=5), 5, 1, "5 steps"),
        (Until(steps=6), 6, 2, "6 steps"),
        (Until(epochs=2, steps=100), 6, 2, "2 epochs"),
        (Until(epochs=2, steps=4), 4, 1, "4 steps"),
        (Until(mean_squared_error=1e9, epochs=2), 3, 1, "mean_squared_error"),
        (Until(mean_absolute_error=1e9), 3, 1, "mean_absolute_error"),
        (Until(mean_squared_error=1e-9, epochs=2), 6, 2, "2 epochs"),
    ],
    ids=str,
)
def test_a_run_ends_at_the_first_condition_that_holds(
    until: Until, steps: int, epochs: int, reason: str, network: Network
) -> None:
    run = network.train(INPUTS, TARGETS, until=until, batch_size=4).wait(WAIT_SECONDS)

    assert (run.position.step, len(run.history)) == (steps, epochs)
    assert run.reason.startswith(reason)
    assert network.summary().step == steps


def test_a_metric_under_its_threshold_is_that_of_the_kept_weights(network: Network) -> None:
    run = network.train(
        INPUTS, TARGETS, until=Until(mean_squared_error=0.5, epochs=500), optimizer=Adam(0.05), metrics=["r2"]
    ).wait(WAIT_SECONDS)
    measured = {
        name: metric_named(name).value(network.predict(INPUTS), TARGETS.astype("float32"))
        for name in ("mean_squared_error", "r2")
    }

    assert run.reason == f"mean_squared_error {measured['mean_squared_error']:.6g} is below 0.5"
    assert run.history[-1].metrics == pytest.approx(measured, rel=1e-6)
    assert all(record.metrics["mean_squared_error"] >= 0.5 for record in run.history[:-1])


def test_a_second_run_goes_on_from_what_was_learnt_with_fresh_slots_and_counts_anew() -> None:
    with start(MODEL, dtype="float64") as network:
        learner = LocalLearner(MODEL, optimizer=Adam(0.01), dtype="float64")
        for _ in range(2):
            run = network.train(
                INPUTS, TARGETS, until=Until(epochs=3), optimizer=Adam(0.01), batch_size=10, shuffle=False
            ).wait(WAIT_SECONDS)
            for _ in range(3):
                learner.learn(INPUTS, TARGETS)
            for ours, theirs in zip(network.parameters(), learner.parameters(), strict=True):
                np.testing.assert_allclose(ours.weights, theirs.weights, rtol=1e-12, atol=1e-12)
                np.testing.assert_allclose(ours.bias, theirs.bias, rtol=1e-12, atol=1e-12)
            learner = LocalLearner(MODEL, optimizer=Adam(0.01), dtype="float64", parameters=network.parameters())

            assert [record.step for record in run.history] == [1, 2, 3]


def test_each_run_knows_its_own_position(network: Network) -> None:
    first = network.train(INPUTS, TARGETS, until=Until(steps=7)).wait(WAIT_SECONDS)
    second = network.train(INPUTS, TARGETS, until=Until(steps=3))
    assert second.position.step <= 3
    second.wait(WAIT_SECONDS)

    assert (first.position.step, second.position.step) == (7, 3)
    assert second.position[:5] == (1, 3, 3, second.position.loss_sum, 3)


def test_one_run_at_a_time(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=FOREVER)
    with pytest.raises(RunError, match="is learning already: wait for the run, or stop it"):
        network.train(INPUTS, TARGETS, until=Until(epochs=1))
    run.stop(WAIT_SECONDS)

    assert network.train(INPUTS, TARGETS, until=Until(epochs=1)).wait(WAIT_SECONDS).state == "finished"


def test_of_many_that_begin_at_once_one_does(network: Network) -> None:
    runs: list[Any] = []
    refused: list[RunError] = []
    barrier = threading.Barrier(6)

    def begin() -> None:
        barrier.wait()
        try:
            runs.append(network.train(INPUTS, TARGETS, until=FOREVER))
        except RunError as error:
            refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(runs), len(refused)) == (1, 5)
    runs[0].stop(WAIT_SECONDS)


def test_validation_rows_are_measured_and_not_learnt(network: Network) -> None:
    parts = split(10, test_fraction=0.3, seed=0)
    options: dict[str, Any] = {"until": Until(epochs=2), "metrics": ["r2"], "optimizer": SGD(0.1)}
    ends = []
    cases: list[tuple[Any, Any, Any]] = [
        (INPUTS, TARGETS, 0.3),
        (INPUTS[parts.train], TARGETS[parts.train], (INPUTS[parts.test], TARGETS[parts.test])),
        (INPUTS[parts.train], TARGETS[parts.train], [INPUTS[parts.test].tolist(), TARGETS[parts.test].tolist()]),
        (INPUTS[parts.train], TARGETS[parts.train], None),
    ]
    for inputs, targets, validation in cases:
        with start(MODEL, granularity=network.summary().granularity) as other:
            run = other.train(inputs, targets, validation=validation, **options).wait(WAIT_SECONDS)
            ends.append((fingerprint(other.parameters()), run.history))
            held_out = other.predict(INPUTS[parts.test])

    assert ends[0] == ends[1] == ends[2]
    weights, history = ends[3]
    assert weights == ends[0][0]
    assert [record.validation for record in history] == [{}, {}]
    assert [record.metrics for record in history] == [record.metrics for record in ends[0][1]]
    last = ends[0][1][-1].validation
    assert last["r2"] == pytest.approx(metric_named("r2").value(held_out, TARGETS[parts.test]), rel=1e-5)
    assert last["loss"] == pytest.approx(
        metric_named("mean_squared_error").value(held_out, TARGETS[parts.test]), rel=1e-5
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_that_their_owner_changes_meanwhile_are_not_those_that_are_learnt(dtype: str) -> None:
    ends = []
    for scribble in (False, True):
        inputs, targets = INPUTS.astype(dtype), TARGETS.astype(dtype)
        validation = (inputs.copy(), targets.copy())
        with start(MODEL, dtype=dtype) as network:
            run = network.train(inputs, targets, until=Until(epochs=5), validation=validation)
            if scribble:
                for array in (inputs, targets, *validation):
                    array[:] = 99
            run.wait(WAIT_SECONDS)
            ends.append((fingerprint(network.parameters()), run.history))

    assert ends[0] == ends[1]


@pytest.mark.parametrize("workers", [1, 4])
def test_the_end_of_the_network_is_the_end_of_the_run(workers: int) -> None:
    told: list[events.Event] = []
    with start(MODEL, workers=workers, watcher=told.append) as network:
        run = network.train(INPUTS, TARGETS, until=FOREVER)
        while run.position.step < 5:
            time.sleep(0.001)
    network.stop()

    assert (run.state, run.reason) == ("stopped", "the network was stopped")
    assert run.wait(0) is run.stop(0) is run
    assert told[-1] == events.RunEnded(network.name, "stopped", run.reason, len(run.history), run.position.step)
    assert sum(isinstance(event, events.RunEnded) for event in told) == 1
    assert network.summary().state == "stopped"
    weights = fingerprint(network.parameters())
    with start(MODEL) as other:
        other.train(INPUTS, TARGETS, until=Until(steps=run.position.step)).wait(WAIT_SECONDS)
        assert fingerprint(other.parameters()) == weights
    for forbidden in (
        lambda: network.train(INPUTS, TARGETS, until=FOREVER),
        network.tree,
        lambda: network.kill("dense_0/0"),
    ):
        with pytest.raises(NetworkStoppedError, match="has been stopped: start a new network"):
            forbidden()


def test_runs_that_begin_while_the_network_stops_end_too() -> None:
    for _ in range(20):
        network = start(MODEL)
        runs: list[Any] = []

        def begin(network: Network = network, runs: list[Any] = runs) -> None:
            try:
                while True:
                    runs.append(network.train(INPUTS, TARGETS, until=Until(steps=1)))
                    runs[-1].ended_within(WAIT_SECONDS)
            except NetworkStoppedError:
                pass

        thread = threading.Thread(target=begin)
        thread.start()
        time.sleep(0.002)
        network.stop()
        thread.join(WAIT_SECONDS)

        assert not thread.is_alive()
        assert all(run.ended_within(0) for run in runs)
