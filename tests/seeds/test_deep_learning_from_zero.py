"""Deep Learning from zero, chapter 3.

DZ1 and DZ2's softmax stand in tests/deepnet/maths (test_activations.py, test_coupled_activations.py), its plots in
tests/deepnet/plots/test_activations.py.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import SGD, Chain, Dense, Until, start
from deepnet.data.dataset import Dataset
from deepnet.maths.metrics import accuracy
from deepnet.persistence.model_file import load_model

Deepnet = Callable[..., Any]

WEIGHTS = Path(__file__).parents[2].parent / "shared" / "data" / "dlfs-ch3-weights.npz"
GRANULARITIES = ["neuron", "layer"]
BOOK = Chain(Dense(2, 3, "sigmoid"), Dense(3, 2, "sigmoid"), Dense(2, 2))
PARAMETERS = [
    ([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [0.1, 0.2, 0.3]),
    ([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [0.1, 0.2]),
    ([[0.1, 0.2], [0.3, 0.4]], [0.1, 0.2]),
]
TRACE = {
    "dense_0": ([0.3, 0.7, 1.1], [0.574442516811659, 0.6681877721681662, 0.7502601055951177]),
    "dense_1": ([0.5161598377933344, 1.2140269561658172], [0.6262493703990729, 0.7710106968556123]),
    "dense_2": ([0.3168270764110298, 0.6962790898619668], [0.3168270764110298, 0.6962790898619668]),
}


def assert_all_values_are_the_books(trace: Any, tolerance: float) -> None:
    assert trace.keys() == TRACE.keys()
    for address, (sums, outputs) in TRACE.items():
        np.testing.assert_allclose(trace[address].sums, [sums], rtol=0, atol=tolerance)
        np.testing.assert_allclose(trace[address].outputs, [outputs], rtol=0, atol=tolerance)


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 2e-7)])
def test_every_value_of_the_forward_pass_is_read_from_the_neurons(
    dtype: str, tolerance: float, granularity: str
) -> None:  # DZ3, DZ4
    with start(BOOK, dtype=dtype, granularity=granularity, parameters=PARAMETERS) as network:
        trace = network.activations([1.0, 0.5])
        predicted = network.predict([1.0, 0.5])

    assert (BOOK.parameter_count, BOOK.neuron_count) == (23, 7)
    assert_all_values_are_the_books(trace, tolerance)
    np.testing.assert_allclose(predicted, [[0.3168270764110298, 0.6962790898619668]], rtol=0, atol=tolerance)


def test_in_float32_the_outputs_are_those_that_are_printed() -> None:  # DZ3
    with start(BOOK, parameters=PARAMETERS) as network:
        outputs = network.activations([1.0, 0.5])["dense_2"].outputs[0]

    assert [f"{output:.7f}" for output in outputs] == ["0.3168271", "0.6962791"]


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_every_value_can_be_read_while_the_network_learns(granularity: str) -> None:  # DZ4
    # At so small a rate no weight moves, so whatever step is read has the book's values.
    with start(BOOK, dtype="float64", granularity=granularity, parameters=PARAMETERS) as network:
        run = network.train([[1.0, 0.5]], [[0.0, 0.0]], optimizer=SGD(1e-30), until=Until(epochs=10**9))
        steps = []
        for _ in range(20):
            assert_all_values_are_the_books(network.activations([1.0, 0.5]), 1e-12)
            steps.append(run.position.step)
        state = run.state
        run.stop()

    assert state == "running"
    assert steps == sorted(steps)
    assert steps[-1] > 0


@pytest.mark.parametrize(("data", "outputs", "activation"), [("digits", 10, "softmax"), ("auto-mpg", 1, "identity")])
def test_there_are_as_many_outputs_as_classes_and_a_number_has_one(
    deepnet: Deepnet, tmp_path: Path, data: str, outputs: int, activation: str
) -> None:  # DZ5
    path = tmp_path / "a.model"
    deepnet("train", data, "--epochs", "1", "--batch-size", "64", "--granularity", "layer", "--save", path, "--json")
    last = load_model(path).model.dense[-1]

    assert (last.neurons, last.activation) == (outputs, activation)


@pytest.mark.skipif(not WEIGHTS.is_file(), reason="needs ../shared/data/dlfs-ch3-weights.npz beside the repository")
@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_the_books_pretrained_network_reads_9352_of_10000_digits(mnist_test: Dataset, granularity: str) -> None:  # DZ6
    model = Chain(Dense(784, 50, "sigmoid"), Dense(50, 100, "sigmoid"), Dense(100, 10, "softmax"))
    with np.load(WEIGHTS) as file:
        parameters = [(file[f"W{number}"].T, file[f"b{number}"]) for number in (1, 2, 3)]
    with start(model, granularity=granularity, parameters=parameters) as network:
        outputs = network.activations(mnist_test.inputs)["dense_2"].outputs
        messages = network.summary().messages

    assert (model.parameter_count, model.neuron_count, len(outputs)) == (45_360, 160, 10_000)
    assert messages > (2 * 160 if granularity == "neuron" else 3)  # each neuron was asked, and answered
    assert round(accuracy(outputs, mnist_test.targets) * 10_000) == 9352
