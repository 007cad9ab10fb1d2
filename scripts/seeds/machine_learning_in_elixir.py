"""Rows ML1-ML4, Machine Learning in Elixir: activations, heads, neurons that can be listed, neurons that never fire.

.venv/bin/python scripts/seeds/machine_learning_in_elixir.py [neuron|layer]
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from command import deepnet
from rows import Rows

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.events import Event, NeuronsDead
from deepnet.maths.arrays import Batch
from deepnet.maths.heads import head_for
from deepnet.persistence.model_file import load_model

SUMS = np.array([-1e300, -1e5, -700, -40, -1.5, -1e-30, 0, 1e-30, 0.3, 20, 800, 1e5, 1e300])
TRIPLES = np.array([[0.3, 2.9, 4.0], [1e300, -1e300, 0], [1e5, 1e5 + 1, 1e5 - 1], [-1e4, -1e4, -1e4], [0, 0, 0]])


def of_live_neurons(activation: str, sums: Batch, granularity: str) -> Batch:
    """Return what neurons with these weighted sums, (rows, neurons), answer."""
    neurons = sums.shape[1]
    begin = [(np.eye(neurons), np.zeros(neurons))]
    model = Chain(Dense(neurons, neurons, activation))
    with start(model, dtype="float64", granularity=granularity, parameters=begin) as network:
        return network.activations(sums)["dense_0"].outputs


def activations(rows: Rows, granularity: str) -> None:
    exact = SUMS.astype(np.longdouble)[:, np.newaxis]
    triples = TRIPLES.astype(np.longdouble)
    powers = np.exp(triples - triples.max(axis=1, keepdims=True))
    with np.errstate(over="ignore"):
        expected = {
            "relu": np.where(exact > 0, exact, 0),
            "sigmoid": 1 / (1 + np.exp(-exact)),
            "linear": exact,
            "softmax": powers / powers.sum(axis=1, keepdims=True),
        }
    for name, values in expected.items():
        sums = TRIPLES if name == "softmax" else SUMS[:, np.newaxis]
        off = float(np.abs(of_live_neurons(name, sums, granularity) - values).max())
        rows.row("ML1", f"{name} of live neurons within 1e-12, up to 1e300", f"at most {off:.1e} off", off <= 1e-12)


def heads(rows: Rows, folder: Path) -> None:
    for data, task, outputs in (("xor", "binary", 1), ("iris", "multiclass", 3), ("auto-mpg", "regression", 1)):
        path, head = folder / data, head_for(task, outputs)
        options = ("train", data, "--epochs", "2", "--granularity", "layer", "--json")
        by_default = json.loads(deepnet(*options, "--save", str(path)).stdout)
        asked_for = json.loads(deepnet(*options, "--loss", head.loss).stdout)
        last = load_model(path).model.dense[-1]
        rows.row(
            "ML2",
            f"train {data} ends in {outputs} x {head.activation}, learns by {head.loss}",
            f"{by_default['task']}: {last.neurons} x {last.activation}, same weights as with --loss {head.loss}",
            (last.neurons, last.activation, by_default["task"]) == (outputs, head.activation, task)
            and by_default["weights_sha256"] == asked_for["weights_sha256"],
        )


def neurons(rows: Rows) -> None:
    with start(Chain(Dense(4, 128, "relu"), Dense(128, 1))) as network:
        listed = [address for address in network.neurons() if address.startswith("dense_0/")]
        living = [node.name for _, node in network.tree().walk() if node.kind == "neuron"]
        rows.row(
            "ML3",
            "dense(128): 128 live neurons that can be listed",
            f"{len(listed)} listed, {len(set(listed) & set(living))} of them live, {listed[0]} to {listed[-1]}",
            len(listed) == 128 and set(listed) <= set(living),
        )


def dead(rows: Rows, granularity: str) -> None:
    told: list[Event] = []
    model = Chain(Dense(2, 8, "relu"), Dense(8, 1))
    rng = np.random.default_rng(1)
    begin = [
        (rng.normal(size=(8, 2)), np.where(np.arange(8) == 3, -1000.0, 5.0)),
        (rng.normal(size=(1, 8)), np.zeros(1)),
    ]
    with start(model, granularity=granularity, parameters=begin, watcher=told.append) as network:
        inputs = rng.normal(size=(20, 2))
        run = network.train(inputs, inputs[:, :1], optimizer=Adam(0.01), until=Until(epochs=3)).wait()
        asked = network.dead_neurons(inputs)
    alarms = [event for event in told if isinstance(event, NeuronsDead)]
    rows.row(
        "ML4",
        "a neuron that nothing moves is flagged, and no other",
        f"flagged {run.dead_neurons}; {len(alarms)} event, of epoch {alarms[0].epoch}",
        run.dead_neurons == asked == ("dense_0/3",) and [alarm.addresses for alarm in alarms] == [("dense_0/3",)],
    )


def main(granularity: str) -> None:
    rows = Rows()
    activations(rows, granularity)
    with tempfile.TemporaryDirectory() as folder:
        heads(rows, Path(folder))
    neurons(rows)
    dead(rows, granularity)
    rows.end()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "neuron")
