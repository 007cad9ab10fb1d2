"""Machine Learning in Elixir. Activations and heads by themselves stand in tests/deepnet/maths; here they are run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.events import Event, NeuronsDead
from deepnet.maths.arrays import Batch
from deepnet.maths.heads import head_for
from deepnet.persistence.model_file import load_model

Deepnet = Callable[..., Any]

GRANULARITIES = ["neuron", "layer"]
SUMS = np.array([-1e300, -1e5, -700, -40, -1.5, -1e-30, 0, 1e-30, 0.3, 20, 800, 1e5, 1e300])[:, np.newaxis]
TRIPLES = np.array([[0.3, 2.9, 4.0], [1e300, -1e300, 0], [1e5, 1e5 + 1, 1e5 - 1], [-1e4, -1e4, -1e4], [0, 0, 0]])


def of_live_neurons(activation: str, sums: Batch, granularity: str) -> Batch:
    neurons = sums.shape[1]
    begin = [(np.eye(neurons), np.zeros(neurons))]
    model = Chain(Dense(neurons, neurons, activation))
    with start(model, dtype="float64", granularity=granularity, parameters=begin) as network:
        return network.activations(sums)["dense_0"].outputs


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_live_neurons_answer_exactly_whatever_they_sum_up(granularity: str) -> None:  # ML1
    exact, triples = SUMS.astype(np.longdouble), TRIPLES.astype(np.longdouble)
    with np.errstate(over="ignore", under="ignore"):
        logistic = 1 / (1 + np.exp(-exact))
        powers = np.exp(triples - triples.max(axis=1, keepdims=True))

    np.testing.assert_array_equal(of_live_neurons("relu", SUMS, granularity), np.where(SUMS > 0, SUMS, 0))
    np.testing.assert_array_equal(of_live_neurons("linear", SUMS, granularity), SUMS)
    np.testing.assert_allclose(of_live_neurons("sigmoid", SUMS, granularity), logistic, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        of_live_neurons("softmax", TRIPLES, granularity), powers / powers.sum(axis=1, keepdims=True), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(
    ("data", "task", "outputs"), [("xor", "binary", 1), ("iris", "multiclass", 3), ("auto-mpg", "regression", 1)]
)
def test_a_task_chooses_its_last_layer_and_its_loss(
    deepnet: Deepnet, tmp_path: Path, data: str, task: str, outputs: int
) -> None:  # ML2
    head, model = head_for(task, outputs), tmp_path / "a.model"
    options = ("train", data, "--epochs", "2", "--granularity", "layer", "--json")
    by_default = deepnet(*options, "--save", model).facts
    asked_for = deepnet(*options, "--loss", head.loss, "--output-activation", head.activation).facts
    last = load_model(model).model.dense[-1]

    assert (by_default["task"], last.neurons, last.activation) == (task, outputs, head.activation)
    assert by_default["weights_sha256"] == asked_for["weights_sha256"]


def test_a_dense_layer_of_128_is_128_live_neurons() -> None:  # ML3
    with start(Chain(Dense(4, 128, "relu"), Dense(128, 1))) as network:
        listed = [address for address in network.neurons() if address.startswith("dense_0/")]
        living = {node.name for _, node in network.tree().walk() if node.kind == "neuron"}
        outputs = network.activations(np.ones((1, 4)))["dense_0"].outputs
        states = [network.neuron(address) for address in listed]

    assert listed == [f"dense_0/{index}" for index in range(128)]
    assert set(listed) < living
    assert len(living) == 129
    assert [max(0.0, float(state.weights.sum() + state.bias)) for state in states] == pytest.approx(
        outputs[0].tolist(), rel=1e-5, abs=1e-6
    )


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_neurons_that_never_fire_are_flagged_and_no_others(granularity: str) -> None:  # ML4
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(20, 2))
    begin = [
        (rng.normal(size=(8, 2)), np.where(np.isin(np.arange(8), [3, 6]), -1000.0, 5.0)),
        (rng.normal(size=(1, 8)), np.zeros(1)),
    ]
    told: list[Event] = []
    model = Chain(Dense(2, 8, "relu"), Dense(8, 1))
    with start(model, granularity=granularity, parameters=begin, watcher=told.append) as network:
        run = network.train(inputs, inputs[:, :1], optimizer=Adam(0.01), until=Until(epochs=3)).wait()
        outputs = network.activations(inputs)["dense_0"].outputs
        asked = network.dead_neurons(inputs)
    silent = tuple(f"dense_0/{index}" for index in np.flatnonzero((outputs == 0).all(axis=0)))

    assert run.dead_neurons == asked == silent == ("dense_0/3", "dense_0/6")
    assert [event.addresses for event in told if isinstance(event, NeuronsDead)] == [silent]
