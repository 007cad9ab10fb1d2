"""The Flux summary.

FX2 stands in tests/deepnet/maths/test_outline.py; MNIST and exclusive or in full are scripts/seeds/flux.py.
"""

import numpy as np
import pytest

from deepnet import SGD, Adam, Chain, Dense, Until, start
from deepnet.data.dataset import Dataset
from deepnet.data.generated import xor
from deepnet.maths.arrays import Batch
from deepnet.maths.labels import batch, onecold, onehot, onehotbatch
from deepnet.maths.losses import loss_named
from deepnet.maths.metrics import accuracy
from deepnet.maths.model import Layer
from deepnet.runs.network import Network

GRANULARITIES = ["neuron", "layer"]
REGRESSION = Chain(Dense(784, 10, "softmax"))
PERCEPTRON = Chain(Dense(784, 32, "sigmoid"), Dense(32, 10, "softmax"))


def test_what_flux_calls_so_is_called_so_and_means_the_same() -> None:  # FX1
    parts: list[Layer] = [Dense(2, 3, "sigmoid"), Dense(3, 2, "softmax")]
    model = Chain(*parts)
    outputs, targets = np.array([[0.25, 0.75], [0.5, 0.5]]), onehotbatch("ab", "ab")

    assert list(model) == parts
    assert loss_named("mse").value(outputs, targets) == pytest.approx((0.75**2 + 0.75**2 + 0.5**2 + 0.5**2) / 4)
    assert loss_named("crossentropy").value(outputs, targets) == pytest.approx(-np.log([0.25, 0.5]).mean())
    assert onehot("b", "abc").tolist() == [0, 1, 0]
    assert onecold(onehotbatch("cab", "abc"), "abc") == ["c", "a", "b"]
    assert batch([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]  # columns in Flux


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_training_with_sgd_is_fluxs_descent(granularity: str) -> None:  # FX1
    rng = np.random.default_rng(1)
    inputs, targets = rng.normal(size=(6, 2)), onehotbatch("abbaba", "ab")
    with start(Chain(Dense(2, 2, "softmax")), dtype="float64", granularity=granularity) as network:
        (weights, bias) = network.parameters()[0]
        network.train(
            inputs, targets, loss="crossentropy", optimizer=SGD(0.1), batch_size=6, until=Until(steps=1)
        ).wait()
        learnt = network.parameters()[0]
    powers = np.exp(inputs @ weights.T + bias)
    error = (powers / powers.sum(axis=1, keepdims=True) - targets) / 6

    np.testing.assert_allclose(learnt.weights, weights - 0.1 * error.T @ inputs, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(learnt.bias, bias - 0.1 * error.sum(axis=0), rtol=1e-12, atol=1e-15)


def after_one_epoch(model: Chain, data: Dataset, test: Dataset, granularity: str) -> float:
    with start(model, granularity=granularity) as network:
        network.train(
            data.inputs,
            data.targets,
            loss="crossentropy",
            optimizer=Adam(3e-4),
            batch_size=256,
            until=Until(epochs=1),
        ).wait()
        return accuracy(network.predict(test.inputs), test.targets)


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_softmax_regression_reads_digits_after_one_epoch(
    mnist: Dataset, mnist_test: Dataset, granularity: str
) -> None:  # FX3, whose reference is at 0.818 then
    assert after_one_epoch(REGRESSION, mnist, mnist_test, granularity) >= 0.80


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_the_model_zoos_perceptron_is_on_its_curve_after_one_epoch(
    mnist: Dataset, mnist_test: Dataset, granularity: str
) -> None:  # FX4
    assert after_one_epoch(PERCEPTRON, mnist, mnist_test, granularity) == pytest.approx(0.778, abs=0.015)


def test_a_network_that_has_learnt_nothing_guesses(mnist_test: Dataset) -> None:  # FX5
    for seed in range(10):
        with start(PERCEPTRON, seed=seed, granularity="layer") as network:
            assert 0.05 <= accuracy(network.predict(mnist_test.inputs), mnist_test.targets) <= 0.15


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_the_quickstart_learns_exclusive_or(granularity: str) -> None:  # FX6, a tenth of its epochs
    points = xor(0)
    targets = onehotbatch(points.targets[:, 0].tolist(), [1, 0])
    with start(Chain(Dense(2, 3, "tanh"), Dense(3, 2, "softmax")), granularity=granularity) as network:
        network.train(
            points.inputs, targets, loss="crossentropy", optimizer=Adam(0.01), batch_size=64, until=Until(epochs=100)
        ).wait()

        assert network.model.parameter_count == 17
        assert len(points.inputs) == 1000
        assert accuracy(network.predict(points.inputs), targets) >= 0.9


def outputs_of(network: Network, inputs: object, way: str) -> Batch:
    return network.predict(inputs) if way == "predict" else network.activations(inputs)["dense_1"].outputs


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-6)])
@pytest.mark.parametrize("way", ["predict", "activations"])
def test_a_batch_gives_what_its_rows_give_one_by_one(
    way: str, dtype: str, tolerance: float, granularity: str
) -> None:  # FX7: to rounding, not in every bit, for a product of matrices sums up in another order
    rows = np.random.default_rng(0).normal(size=(50, 20))
    model = Chain(Dense(20, 16, "sigmoid"), Dense(16, 4, "softmax"))
    with start(model, dtype=dtype, granularity=granularity) as network:
        together = outputs_of(network, rows, way)
        alone = np.concatenate([outputs_of(network, row, way) for row in rows])

    np.testing.assert_allclose(together, alone, rtol=tolerance, atol=0)
