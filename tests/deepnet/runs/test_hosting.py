"""What a run can be told to do otherwise, begun again, branched and judged by."""

import math
import threading
from typing import Any

import numpy as np
import pytest

from deepnet import SGD, Adam, Chain, Dense, Until, on, start
from deepnet.maths.local import LocalLearner
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


def check_learnt(network: Network, learner: LocalLearner) -> None:
    for ours, theirs in zip(network.parameters(), learner.parameters(), strict=True):
        np.testing.assert_allclose(ours.weights, theirs.weights, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(ours.bias, theirs.bias, rtol=1e-10, atol=1e-12)


# The plan.


def test_a_batch_size_holds_from_the_next_batch_on_and_each_row_is_learnt_once(network: Network) -> None:
    """Of 10 rows in their order: one batch of 4, then batches of 3, and from the next epoch on all of 3."""
    run = paused(network, 1, shuffle=False, optimizer=SGD(0.1))
    learner = LocalLearner(MODEL, seed=2, optimizer=SGD(0.1), dtype="float64")
    run.set(batch_size=3)
    assert run.step("epoch").new == 3
    assert run.step("epoch").new == 7
    for first, end in [(0, 4), (4, 7), (7, 10), (0, 3), (3, 6), (6, 9), (9, 10)]:
        learner.learn(INPUTS[first:end], TARGETS[first:end])

    check_learnt(network, learner)
    assert run.position.epoch == 3
    assert run.plan.batch_size == 3


def test_rate_and_loss_hold_from_the_next_step_on(network: Network) -> None:
    run = paused(network, 5, shuffle=False, optimizer=SGD(0.1, momentum=0.9), batch_size=10)
    learner = LocalLearner(MODEL, seed=2, optimizer=SGD(0.1, momentum=0.9), dtype="float64")
    for _ in range(5):
        learner.learn(INPUTS, TARGETS)
    run.set(learning_rate=0.01, loss="huber")
    run.step("batch", 5)
    learner.optimizer = SGD(0.01, momentum=0.9)
    learner.loss = run.plan.loss
    for _ in range(5):
        learner.learn(INPUTS, TARGETS)

    assert run.plan.loss.name == "huber"
    check_learnt(network, learner)


def test_a_stop_rule_may_be_put_off_or_brought_forward(network: Network) -> None:
    run = paused(network, 3, until=Until(steps=5))
    run.set(until=Until(steps=12))
    assert run.step("batch", 6).new == 9
    run.set(until=Until(epochs=4))
    run.resume()
    run.wait(WAIT_SECONDS)

    assert (run.position.step, run.reason) == (12, "4 epochs")


def test_a_stop_rule_that_holds_already_ends_the_run(network: Network) -> None:
    run = paused(network, 9)
    run.set(until=Until(steps=5))
    run.resume()
    run.wait(WAIT_SECONDS)

    assert (run.state, run.position.step) == ("finished", 9)


# The rows.


@pytest.mark.parametrize("rows", [10, 4, 23])
def test_other_rows_are_learnt_from_the_next_batch_on_until_that_is_undone(network: Network, rows: int) -> None:
    chance = np.random.default_rng(5)
    inputs, targets = chance.normal(size=(rows, 2)), chance.normal(size=(rows, 2))
    run = paused(network, 3, shuffle=False, optimizer=SGD(0.1))
    learner = LocalLearner(MODEL, seed=2, optimizer=SGD(0.1), dtype="float64")
    change = run.set(data=(inputs, targets))
    assert (change.old, change.new) == ({"rows": 10}, {"rows": rows})
    assert run.inputs.tolist() == inputs.tolist()
    assert run.batches == math.ceil(rows / 4)
    run.step("epoch")
    network.kill("vault")
    run.step("epoch")
    network.undo()
    assert run.inputs.tolist() == INPUTS.tolist()
    run.step("epoch")
    for data, targets_now in ((INPUTS, TARGETS), (inputs, targets), (inputs, targets), (INPUTS, TARGETS)):
        for first in range(0, len(data), 4):
            learner.learn(data[first : first + 4], targets_now[first : first + 4])

    check_learnt(network, learner)
    assert len(run.history) == 4


def test_other_rows_are_cut_from_their_beginning_whatever_the_old_cut_was(network: Network) -> None:
    """Batches of 3 since row 4 of the old rows; of the new ones the second batch begins at row 3."""
    run = paused(network, 1, shuffle=False, optimizer=SGD(0.1))
    run.set(batch_size=3)
    run.set(data=(INPUTS + 1, TARGETS + 1))
    assert run.step("epoch").new == 4
    learner = LocalLearner(MODEL, seed=2, optimizer=SGD(0.1), dtype="float64")
    learner.learn(INPUTS[:4], TARGETS[:4])
    for first in (3, 6, 9):
        learner.learn(INPUTS[first : first + 3] + 1, TARGETS[first : first + 3] + 1)

    check_learnt(network, learner)


@pytest.mark.parametrize("rows", [3, 10, 30])
def test_fewer_rows_in_mid_epoch_end_it_and_more_make_it_longer(network: Network, rows: int) -> None:
    run = paused(network, 2, shuffle=False)
    run.set(data=(np.ones((rows, 2)), np.ones((rows, 2))))
    batches = math.ceil(rows / 4)
    end = max(2, batches)

    assert run.step("epoch").new == end
    assert run.step("epoch", 2).new == end + 2 * batches
    assert [(record.epoch, record.step) for record in run.history] == [
        (1, end), (2, end + batches), (3, end + 2 * batches),
    ]  # fmt: skip


def test_rows_and_plan_may_change_together(network: Network) -> None:
    run = paused(network, 3)
    before = everything(network)
    change = run.set(data=(INPUTS[:6], TARGETS[:6]), batch_size=2, learning_rate=0.5)
    assert change.new == {"rows": 6, "batch_size": 2, "learning_rate": 0.5}
    assert run.batches == 3
    network.undo()
    assert everything(network) == before
    assert run.batches == 3
    run.step("batch", 3)
    with network_of(network.summary().granularity) as other:
        paused(other, 6)
        assert everything(other) == everything(network)


# Judging.


def test_metrics_of_a_lesioned_network_are_those_of_the_lesioned_network(network: Network) -> None:
    held_out = INPUTS[:4] + 1, TARGETS[:4]
    run = paused(network, 2, validation=held_out, metrics=["mean_squared_error"])
    network.set("dense_0/1", lesioned=True)
    network.set("dense_1/2", lesioned=0.75)
    network.set("dense_2/1", lesioned=0.5)
    run.step("epoch")
    (first, first_bias), (second, second_bias), (third, third_bias) = network.parameters()

    def error(inputs: Any, targets: Any) -> float:
        hidden = np.tanh(inputs @ first.T + first_bias)
        hidden[:, 1] = 0
        further = 1 / (1 + np.exp(-(hidden @ second.T + second_bias)))
        further[:, 2] = 0.75
        outputs = further @ third.T + third_bias
        outputs[:, 1] = 0.5
        np.testing.assert_allclose(network.predict(inputs), outputs, rtol=1e-12)
        return float(((outputs - targets) ** 2).mean())

    assert run.history[-1].metrics["mean_squared_error"] == pytest.approx(error(INPUTS, TARGETS), rel=1e-9)
    assert run.history[-1].validation["loss"] == pytest.approx(error(*held_out), rel=1e-9)
    assert run.health().loss == pytest.approx(error(INPUTS, TARGETS), rel=1e-9)


def test_health_is_of_the_sealed_step_and_names_who_is_dead(network: Network) -> None:
    run = paused(network, 5)
    network.set("dense_0/1", activation="relu", weights=[0.0, 0.0], bias=-5.0)
    report = run.health()

    assert report.step == 5
    assert report.rows == 10
    assert [(finding.address, finding.condition) for finding in report.findings] == [("dense_0/1", "dead")]
    network.undo()
    assert run.health().findings == ()
