"""Rows DN1-DN9, the Deepnet article: 3-3-3, sigmoid, to [1,1,1], rate 4, until the MSE is below 0.02; seeds 0-199.

.venv/bin/python scripts/seeds/deepnet_article.py [neuron|layer]
"""

import json
import sys
from typing import NamedTuple

from command import deepnet, killed_and_resumed
from rows import Rows, spread

from deepnet import SGD, Until
from deepnet.runs.demonstration import Demonstration

SEEDS = range(200)
THRESHOLD = 0.02
Inputs = tuple[tuple[float, ...], ...]


class Learnt(NamedTuple):
    """How long it took, and the mean squared error of each row."""

    epochs: int
    errors: list[float]


def learn(inputs: Inputs, seed: int, granularity: str) -> Learnt:
    task = Demonstration(
        inputs=inputs,
        targets=((1.0, 1.0, 1.0),),
        hidden=(3,),
        learning_rate=4.0,
        threshold=THRESHOLD,
        max_epochs=1000,
        seed=seed,
        granularity=granularity,
    )
    with task.start() as network:
        run = task.train(network).wait()
        return Learnt(len(run.history), ((network.predict(inputs) - 1) ** 2).mean(axis=1).tolist())


def learnt(rows: Rows, granularity: str) -> None:
    """Rows DN1-DN3: one row at a time."""
    for name, row in (
        ("DN1", (1, 0, 0)),
        ("DN2", (0, 1, 0)),
        ("DN2", (0, 0, 1)),
        ("DN2", (1, 1, 0)),
        ("DN2", (1, 1, 1)),
        ("DN3", (0, 0, 0)),
    ):
        found = [learn((row,), seed, granularity) for seed in SEEDS]
        epochs, worst = [one.epochs for one in found], max(one.errors[0] for one in found)
        wanted = "converges (the original never does)" if name == "DN3" else "MSE < 0.02 in at most 13 epochs"
        rows.row(
            name,
            f"{list(row)}, 200 seeds: {wanted}",
            f"epochs {spread(epochs, 0)}   MSE at most {worst:.6f}",
            worst < THRESHOLD and (name == "DN3" or max(epochs) <= 13),
        )


def two_rows(rows: Rows, granularity: str) -> None:
    """Row DN4. The stop rule looks at the mean of both rows, so it promises nothing about each of them."""
    found = [learn(((1, 0, 0), (1, 0, 1)), seed, granularity) for seed in SEEDS]
    together = max(sum(one.errors) / 2 for one in found)
    alone = sum(max(one.errors) < THRESHOLD for one in found)
    first, worst = found[0].errors, max(max(one.errors) for one in found)
    rows.row(
        "DN4",
        "[1,0,0] and [1,0,1] together: MSE < 0.02 on both rows",
        f"seed 0: {first[0]:.5f} and {first[1]:.5f}; 200 seeds: both together at most {together:.5f}, "
        f"each row alone below 0.02 with {alone} of them (worst {worst:.5f})",
        max(first) < THRESHOLD and together < THRESHOLD,
    )


def shown(rows: Rows) -> None:
    """Rows DN6-DN8: what is shown, read and set."""
    out = deepnet("demo").stdout
    promised = ("epoch     1   MSE", "target", "input", "epochs", "error")
    lines = [line for line in out.splitlines() if line.startswith("epoch ")]
    rows.row(
        "DN6",
        "a line an epoch with its error; target, inputs, epochs, error",
        f"{len(lines)} lines, the last: {' '.join(lines[-1].split()[:4])}; summary complete",
        all(text in out for text in promised),
    )

    task = Demonstration(
        inputs=((1.0, 0.0, 0.0),),
        targets=((1.0, 1.0, 1.0),),
        hidden=(3,),
        learning_rate=1.0,
        threshold=THRESHOLD,
        max_epochs=1000,
        seed=0,
        granularity="neuron",
    )
    with task.start() as network:
        run = network.train(task.inputs, task.targets, optimizer=SGD(1.0), until=Until(epochs=10**9))
        while not run.history:
            run.ended_within(0.001)
        summary, parameters, state = network.summary(), network.parameters(), run.state
        run.stop()
    sizes = [layer.weights.shape for layer in parameters], [layer.bias.shape for layer in parameters]
    rows.row(
        "DN7",
        "read while it learns: rate, sizes, 3x3 weights, biases, error, target",
        f"{state}: rate {summary.learning_rate}, {sizes}, loss {summary.loss:.4f}, target {run.targets.tolist()}",
        state == "running" and sizes == ([(3, 3)] * 2, [(3,)] * 2) and summary.loss is not None,
    )

    for threshold, rate in (("0.02", "1"), ("0.02", "2"), ("0.001", "4")):
        facts = json.loads(deepnet("demo", "--threshold", threshold, "--learning-rate", rate, "--json").stdout)
        rows.row(
            "DN8",
            f"threshold {threshold} and rate {rate} are what they are set to",
            f"MSE {facts['mean_squared_error']:.6f} after {facts['epochs']} epochs at rate {facts['learning_rate']}",
            facts["mean_squared_error"] < float(threshold) and facts["learning_rate"] == float(rate),
        )


def main(granularity: str) -> None:
    rows = Rows()
    learnt(rows, granularity)
    two_rows(rows, granularity)
    shown(rows)
    code, same = killed_and_resumed("xor", "--epochs", "400", "--granularity", "layer", after_seconds=2.0)
    rows.row("DN9", "a run survives the end of its process", f"exit {code}, same bits after that {same}", same)
    rows.end()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "neuron")
