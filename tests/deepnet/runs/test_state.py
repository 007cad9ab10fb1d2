"""What can be read of a network at any time, also while it learns (DN7)."""

import dataclasses
import re
import threading
import time
from typing import Any

import numpy as np
import pytest

from deepnet import SGD, Adam, Chain, Dense, Until, on, start
from deepnet.actors.watching import Activity
from deepnet.runs.network import Network
from deepnet.runs.run import Run

WAIT_SECONDS = 20
MODEL = Chain(Dense(3, 3, "sigmoid"), Dense(3, 3, "sigmoid"))


def test_rate_sizes_weights_error_and_target_can_be_read_at_any_time() -> None:  # DN7
    with start(MODEL, seed=3, dtype="float64") as network:
        run = network.train([[1, 0, 0]], [[1, 1, 1]], optimizer=SGD(4.0), until=Until(mean_squared_error=0.02))
        while_it_learns = network.summary()
        run.wait()
        summary, parameters = network.summary(), network.parameters()
        error = float(((network.predict(run.inputs) - run.targets) ** 2).mean())

    assert while_it_learns.learning_rate == summary.learning_rate == 4.0
    assert [(inputs, neurons) for _, inputs, neurons, _, _ in summary.layers] == [(3, 3), (3, 3)]
    assert [layer.weights.shape for layer in parameters] == [(3, 3), (3, 3)]
    assert [layer.bias.shape for layer in parameters] == [(3,), (3,)]
    assert summary.metrics["mean_squared_error"] == pytest.approx(error)
    assert run.inputs.tolist() == [[1, 0, 0]]
    assert run.targets.tolist() == [[1, 1, 1]]


def test_the_rows_of_a_run_cannot_be_written_to() -> None:
    with start(MODEL) as network:
        run = network.train(np.ones((2, 3)), np.ones((2, 3)), until=Until(epochs=1)).wait()

    for rows in (run.inputs, run.targets):
        with pytest.raises(ValueError, match="read-only"):
            rows[0, 0] = 7


RNG = np.random.default_rng(2)
INPUTS, TARGETS = RNG.normal(size=(10, 3)), RNG.random(size=(10, 3))


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param, dtype="float64", name="cars") as network:
        yield network


def paused(network: Network, **options: Any) -> Run:
    """Return a run that rests before its first step."""
    may_begin = threading.Event()
    handlers = [on("started", lambda _moment: may_begin.wait(WAIT_SECONDS) and None)]
    run = network.train(INPUTS, TARGETS, until=Until(epochs=10**9), handlers=handlers, **options)
    with pytest.raises(TimeoutError):
        run.pause(timeout=0)
    may_begin.set()
    run.pause(WAIT_SECONDS)
    return run


def test_a_neuron_that_nobody_has_touched_is_told_as_what_it_is(network: Network) -> None:
    state = network.neuron("dense_1/2")
    weights, bias = network.parameters()[1]

    assert (state.address, state.layer, state.index) == ("dense_1/2", 1, 2)
    assert state.weights.tolist() == weights[2].tolist()
    assert state.bias == bias[2]
    assert state.slots == {}
    assert (state.activation, state.rate, state.frozen, state.lesioned, state.faults) == ("sigmoid", 1, False, None, ())
    assert (state.step, state.restarts, state.incarnation, state.deaths) == (0, 0, 1, ())
    assert (state.history, state.last) == ((), None)


def test_slots_are_told_by_the_names_of_the_optimizer(network: Network) -> None:
    """After one step Adam remembers a tenth of the gradient and a thousandth of its square, SGD all of it."""
    for optimizer, factors in ((Adam(0.01), (0.1, 0.001)), (SGD(0.1, momentum=0.9), (1.0,)), (SGD(0.1), ())):
        run = paused(network, optimizer=optimizer)
        with network.watch("dense_0/1"):
            run.step()
            state = network.neuron("dense_0/1")
        assert state.last is not None
        gradient = state.last.gradient
        expected = [gradient * factors[0], gradient**2 * factors[-1]][: len(factors)] if factors else []
        run.stop(WAIT_SECONDS)

        assert tuple(state.slots) == optimizer.slots
        for slot, numbers in zip(state.slots.values(), expected, strict=True):
            assert slot.shape == (4,)
            np.testing.assert_allclose(np.abs(slot), np.abs(numbers), rtol=1e-12)


def test_what_has_been_set_of_a_neuron_is_told(network: Network) -> None:
    network.set("dense_0/1", activation="tanh", rate=0.5, frozen=True, lesioned=0.25)
    state, other = network.neuron("dense_0/1"), network.neuron("dense_0/0")

    assert (state.activation, state.rate, state.frozen, state.lesioned) == ("tanh", 0.5, True, 0.25)
    assert (other.activation, other.rate, other.frozen, other.lesioned) == ("sigmoid", 1.0, False, None)


def test_deaths_are_told_with_reason_time_and_step() -> None:
    with start(MODEL, name="cars") as network:
        run = paused(network)
        for count in (1, 2):
            before = time.time()
            network.kill("dense_0/1")
            run.step("batch", 3)
            state = network.neuron("dense_0/1")

            assert (state.restarts, state.incarnation, len(state.deaths)) == (count, count + 1, count)
            reason, at, step = state.deaths[-1]
            assert reason == "killed"
            assert before <= at <= time.time()
            assert step == 3 * count - 2
        assert network.neuron("dense_0/0").deaths == ()
        assert [death.step for death in network.neuron("dense_0/1").deaths] == [1, 4]


def test_messages_are_those_of_the_present_actor() -> None:
    """Of each step a neuron is told twice: its inputs, and its errors."""
    with start(MODEL) as network:
        run = paused(network)
        run.step("batch", 10)
        handled = network.neuron("dense_0/0").messages
        network.kill("dense_0/0")
        run.step("batch", 1)
        successor, other = network.neuron("dense_0/0"), network.neuron("dense_0/1")

        assert handled == 20
        assert successor.messages == 2
        assert other.messages is not None
        assert other.messages >= 22
        assert successor.mailbox == other.mailbox == 0


def test_who_is_computed_by_his_layer_has_no_mail_of_his_own() -> None:
    with start(MODEL, granularity="layer") as network:
        paused(network).step("batch", 3)
        state = network.neuron("dense_0/0")
        assert (state.mailbox, state.messages) == (None, None)
        network.set("dense_0", granularity="neuron")
        assert network.neuron("dense_0/0").mailbox == 0
        assert network.neuron("dense_1/0").mailbox is None


def test_records_are_frozen_and_hold_copies(network: Network) -> None:
    state, cut = network.neuron("dense_0/0"), network.cut()
    before = [(address, weights.copy(), bias) for address, weights, bias in network.cut()]
    for record, name in ((state, "bias"), (cut, "step"), (network.summary(), "step")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, 7)
    state.weights[:] = 9
    for _, weights, _ in cut:
        weights[:] = 9

    for (address, weights, bias), (now_address, now, now_bias) in zip(before, network.cut(), strict=True):
        assert (address, weights.tolist(), bias) == (now_address, now.tolist(), now_bias)


def test_a_cut_is_of_one_step(network: Network) -> None:
    """SGD of 1 on a network of constant outputs that all count up: whoever mixes two steps sees two numbers."""
    counter = Chain(Dense(1, 6), Dense(6, 6))
    with start(
        counter,
        granularity=network.summary().granularity,
        dtype="float64",
        parameters=[(np.zeros((6, 1)), np.zeros(6)), (np.zeros((6, 6)), np.zeros(6))],
    ) as other:
        # Each bias of the last layer follows b <- b + (k - b) / 2, all the same; the first layer learns nothing.
        run = other.train([[0.0]], [[1e6] * 6], until=Until(steps=300), optimizer=SGD(1e-3 * 6))
        seen: dict[int, set[float]] = {}
        cuts = 0
        while not run.is_over:
            cut = other.cut()
            cuts += 1
            seen.setdefault(cut.step, set()).update(cut.parameters[1].bias.tolist())
            assert cut.epoch in (cut.step, cut.step + 1)
        run.wait(WAIT_SECONDS)

    assert cuts > 1
    assert all(len(values) == 1 for values in seen.values())
    assert len(set().union(*seen.values())) == len(seen)


def test_a_cut_has_the_setup_of_its_step(network: Network) -> None:
    before = network.cut()
    network.grow("dense_0", 2)
    network.set("dense_0/4", frozen=True)
    after = network.cut()

    assert [layer.neurons for layer in before.model.dense] == [3, 3]
    assert [layer.neurons for layer in after.model.dense] == [5, 3]
    assert [address for address, *_ in after] == [
        *(f"dense_0/{n}" for n in range(5)),
        *(f"dense_1/{n}" for n in range(3)),
    ]
    assert (before.setup.is_treated, after.setup.is_treated) == (False, True)


def evaluated(formula: str) -> list[tuple[str, float, float]]:
    """For each line with numbers its name, what its arithmetic makes, and the result that is printed."""
    names: dict[str, Any] = {
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "sigmoid_": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    }
    found = []
    for line in formula.splitlines():
        parts = [part.strip() for part in re.sub(r"sigmoid'", "sigmoid_", line).split(" = ")]
        if len(parts) < 3 or not re.fullmatch(r"[-+.e\d]+", parts[-1]):
            continue
        made = eval(parts[-2], {}, names)  # noqa: S307 - our own text
        found.append((parts[0], made, float(parts[-1])))
        names[parts[0]] = float(parts[-1])
    return found


def test_the_formula_of_a_watched_neuron_evaluates_to_its_numbers(network: Network) -> None:
    run = paused(network)
    with network.watch("dense_0/1"):
        run.step("batch", 7)
        state = network.neuron("dense_0/1")
    last = state.last
    assert isinstance(last, Activity)
    results = {name: (ours, printed) for name, ours, printed in evaluated(state.formula(12))}
    expected = {
        "z": last.sum[0], "a": last.output[0], "delta": last.delta[0],
        **{f"dw_{number}": last.gradient[number] for number in range(3)},
    }  # fmt: skip

    assert {*expected} <= {*results}
    for name, value in expected.items():
        ours, printed = results[name]
        assert ours == pytest.approx(printed, rel=1e-9)
        assert printed == pytest.approx(value, rel=1e-10)


def test_the_formula_says_who_does_not_learn(network: Network) -> None:
    last = {}
    for manner in ({}, {"frozen": True}, {"frozen": False, "lesioned": 0.5}):
        if manner:
            network.set("dense_0/1", **manner)
        last[str(manner)] = network.neuron("dense_0/1").formula().splitlines()[-1]

    assert last["{}"].startswith("w_i <- w_i")
    assert last["{'frozen': True}"].endswith("stay what they are while it is frozen")
    assert last["{'frozen': False, 'lesioned': 0.5}"].endswith("stay what they are while it is lesioned")


def test_the_formula_of_a_neuron_that_nobody_watches_has_its_weights(network: Network) -> None:
    network.set("dense_0/1", weights=[0.5, -0.25, 2.0], bias=-3.0)
    lines = network.neuron("dense_0/1").formula().splitlines()

    assert lines[0] == "dense_0/1, sigmoid"
    assert lines[1].replace("*", " ") == "z = 0.5 x_0 + (-0.25) x_1 + 2 x_2 + (-3)"


def test_the_summary_tells_what_the_network_is_now(network: Network) -> None:
    run = paused(network)
    run.step("batch", 13)
    network.grow("dense_0", 2)
    network.set("dense_0", granularity="layer")
    network.set("dense_1", granularity="neuron")
    run.set(learning_rate=0.125)
    summary = network.summary()

    assert (summary.state, summary.step, summary.epoch, summary.learning_rate) == ("paused", 13, 1, 0.125)
    assert [layer[1:3] for layer in summary.layers] == [(3, 5), (5, 3)]
    assert (summary.neurons, summary.parameters, summary.granularity) == (8, 38, "mixed")
    assert summary.loss == run.history[-1].loss
