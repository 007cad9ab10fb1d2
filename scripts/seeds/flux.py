"""Rows FX1-FX7, the Flux summary: its names, its counts, MNIST, exclusive or, batches.

.venv/bin/python scripts/seeds/flux.py
"""

import statistics
import time

import numpy as np
from rows import Rows, spread
from shared import mnist

from deepnet import SGD, Adam, Chain, Dense, Network, Until, start
from deepnet.data.dataset import Dataset
from deepnet.data.generated import xor
from deepnet.maths.arrays import Batch
from deepnet.maths.labels import batch, onecold, onehot, onehotbatch
from deepnet.maths.losses import loss_named
from deepnet.maths.metrics import accuracy

GRANULARITIES = ("layer", "neuron")
REGRESSION = Chain(Dense(784, 10, "softmax"))
PERCEPTRON = Chain(Dense(784, 32, "sigmoid"), Dense(32, 10, "softmax"))
XOR = Chain(Dense(2, 3, "tanh"), Dense(3, 2, "softmax"))
CURVE = {1: 0.778, 3: 0.868, 5: 0.897, 10: 0.918, 20: 0.934}
"""Test accuracy of the reference after so many epochs."""
ABSENT = "needs ../shared/data/mnist beside the repository"


def names(rows: Rows) -> None:
    model, sgd = Chain(Dense(2, 3, "sigmoid"), Dense(3, 2, "softmax")), SGD(0.1)
    same = (
        ("Dense(2 => 3, sigmoid)", "Dense(2, 3, 'sigmoid')", model[0] == Dense(2, 3, "sigmoid")),
        ("Chain(a, b)", "Chain(a, b)", len(model) == 2),
        ("softmax last", "Dense(3, 2, 'softmax')", model.dense[-1].activation == "softmax"),
        ("Flux.mse", "loss='mse'", loss_named("mse").value(np.array([[1.0, 3.0]]), np.zeros((1, 2))) == 5),
        (
            "Flux.crossentropy",
            "loss='crossentropy'",
            abs(loss_named("crossentropy").value(np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]])) - np.log(4)) < 1e-15,
        ),
        ("Flux.onehot('b', 'abc')", "onehot('b', 'abc')", onehot("b", "abc").tolist() == [0, 1, 0]),
        ("Flux.onecold(y, 'abc')", "onecold(y, 'abc')", onecold([0.1, 0.7, 0.2], "abc") == "b"),
        ("Flux.batch(vectors)", "batch(vectors), a row each", batch([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]),
    )
    for flux, ours, holds in same:
        rows.row("FX1", flux, ours, holds)
    with start(model, seed=1) as network:
        before = network.parameters()[1].bias
        network.train([[1, 0]], [[0, 1]], loss="crossentropy", optimizer=sgd, until=Until(steps=1)).wait()
        moved = network.parameters()[1].bias - before
        outputs = network.predict([1, 0])[0]
    reached = f"network.train(..., optimizer=SGD(0.1)): biases {moved.round(4).tolist()}, outputs {outputs.tolist()}"
    rows.row("FX1", "Flux.train!(..., Descent(0.1))", reached, moved[0] < 0 < moved[1])


def counts(rows: Rows) -> None:
    for title, model, expected in (
        ("Dense(2, 1, sigmoid)", Chain(Dense(2, 1, "sigmoid")), 3),
        ("Chain(2-4-3)", Chain(Dense(2, 4, "sigmoid"), Dense(4, 3)), 27),
        ("784-10", REGRESSION, 7850),
        ("784-32-10", PERCEPTRON, 25_450),
        ("2-3-2", XOR, 17),
    ):
        found = model.parameter_count
        rows.row("FX2", f"{title}: {expected} parameters", str(found), found == expected)


def learn(model: Chain, data: Dataset, test: Dataset, epochs: int, granularity: str) -> tuple[list[float], float]:
    """Return the accuracy on the test images after each epoch, and the seconds it took."""
    began = time.perf_counter()
    with start(model, granularity=granularity) as network:
        run = network.train(
            data.inputs,
            data.targets,
            loss="crossentropy",
            optimizer=Adam(3e-4),
            batch_size=256,
            validation=(test.inputs, test.targets),
            metrics=["accuracy"],
            until=Until(epochs=epochs),
        ).wait()
    return [record.validation["accuracy"] for record in run.history], time.perf_counter() - began


def digits(rows: Rows) -> None:
    data = mnist()
    regression = "784-10, Adam 3e-4, batch 256, 10 epochs: near 0.9113"
    perceptron = "784-32-10, sigmoid, 30 epochs: at least 0.94 (reference 0.9431)"
    if data is None or data.test is None:
        for name, wanted in (("FX3", regression), ("FX4", perceptron), ("FX5", "untrained: about 0.10")):
            rows.unmeasured(name, wanted, ABSENT)
        return
    for granularity in GRANULARITIES:
        reached, seconds = learn(REGRESSION, data, data.test, 10, granularity)
        after = ", ".join(f"{reached[epoch - 1]:.4f}" for epoch in (1, 3, 10))
        found = f"{granularity}: {after} after 1, 3, 10 epochs, {seconds:.1f} s"
        rows.row("FX3", regression, found, abs(reached[-1] - 0.9113) < 0.005)
    for granularity in GRANULARITIES:
        reached, seconds = learn(PERCEPTRON, data, data.test, 30, granularity)
        found = f"{granularity}: {reached[-1]:.4f} after 30 epochs, {seconds:.1f} s"
        rows.row("FX4", perceptron, found, reached[-1] >= 0.94)
        off = max(abs(reached[epoch - 1] - expected) for epoch, expected in CURVE.items())
        after = ", ".join(f"{reached[epoch - 1]:.3f}" for epoch in CURVE)
        wanted = f"{', '.join(f'{share:.3f}' for share in CURVE.values())} after 1, 3, 5, 10, 20 epochs"
        rows.row("FX4", wanted, f"{granularity}: {after}", off < 0.01)
    untrained = []
    for seed in range(10):
        with start(PERCEPTRON, seed=seed, granularity="layer") as network:
            untrained.append(accuracy(network.predict(data.test.inputs), data.test.targets))
    holds = min(untrained) >= 0.05 and max(untrained) <= 0.15
    rows.row("FX5", "untrained: about 0.10, 0.05 to 0.15", f"seeds 0-9: {spread(untrained)}", holds)


def quickstart(rows: Rows) -> None:
    """Row FX6. Flux measures on the points it has learnt, and so do we; there is no batch normalisation here."""
    found, fresh = [], []
    for seed in range(10):
        points, others = xor(seed), xor(seed + 100)
        targets = onehotbatch(points.targets[:, 0].tolist(), [1, 0])
        with start(XOR, seed=seed, granularity="layer") as network:
            network.train(
                points.inputs,
                targets,
                loss="crossentropy",
                optimizer=Adam(0.01),
                batch_size=64,
                until=Until(epochs=1000),
            ).wait()
            found.append(accuracy(network.predict(points.inputs), targets))
            fresh.append(accuracy(network.predict(others.inputs), onehotbatch(others.targets[:, 0].tolist(), [1, 0])))
    enough = sum(share >= 0.94 for share in found)
    reached = f"seeds 0-9: {spread(found)}, {enough} of them at 0.94; on 1000 fresh points {spread(fresh)}"
    rows.row("FX6", "xor, 2-3-2, 1000 points, 1000 epochs: about 0.94", reached, statistics.median(found) >= 0.94)


def difference(network: Network, *, through_actors: bool) -> tuple[float, float]:
    """Return by how much outputs of a batch differ from those of its rows one by one, and what share is equal."""

    def outputs(inputs: object) -> Batch:
        return network.activations(inputs)["dense_1"].outputs if through_actors else network.predict(inputs)

    rows = np.random.default_rng(0).random((500, 784))
    together, alone = outputs(rows), np.concatenate([outputs(row) for row in rows])
    return float((np.abs(together - alone) / alone).max()), float((together == alone).mean())


def batches(rows: Rows) -> None:
    for dtype, tolerance in (("float32", 1e-6), ("float64", 1e-12)):
        for granularity in GRANULARITIES:
            with start(PERCEPTRON, dtype=dtype, granularity=granularity) as network:
                for through_actors in (False, True):
                    off, same = difference(network, through_actors=through_actors)
                    way = "activations" if through_actors else "predict"
                    found = f"at most {off:.1e} off; {same:.0%} of the numbers equal in every bit"
                    wanted = f"{dtype}, {granularity}, {way}: one by one within {tolerance:g}"
                    rows.row("FX7", wanted, found, off <= tolerance)


def main() -> None:
    rows = Rows()
    names(rows)
    counts(rows)
    digits(rows)
    quickstart(rows)
    batches(rows)
    rows.end()


if __name__ == "__main__":
    main()
