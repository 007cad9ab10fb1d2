"""Rows AX3 and AX5-AX9: miles per gallon, 7-32-8-1, relu, Adam 0.001, batch 1, 40 epochs, float32, seeds 0-9.

.venv/bin/python scripts/seeds/auto_mpg.py [neuron|layer]
"""

import statistics
import sys

from rows import Rows

from deepnet import Adam, Until, start
from deepnet.data.dataset import load_dataset
from deepnet.maths.model import mlp
from deepnet.runs.tabular import PreparedTable, Scores, prepare_table, score

SEEDS = range(10)


def table(seed: int, *, standardize: bool, ignore: tuple[str, ...] = ()) -> PreparedTable:
    dataset = load_dataset("auto-mpg", ignore=("carname", *ignore))
    return prepare_table(dataset, test_fraction=0.2, seed=seed, standardize=standardize)


def learn(prepared: PreparedTable, seed: int, granularity: str) -> Scores:
    model = mlp(prepared.inputs.shape[1], (32, 8), 1, "relu")
    with start(model, seed=seed, granularity=granularity) as network:
        network.train(prepared.inputs, prepared.targets, optimizer=Adam(0.001), until=Until(epochs=40)).wait()
        return score(network.predict(prepared.test_inputs), prepared.test_targets)


def spread(values: list[float]) -> str:
    return " / ".join(f"{value:.3f}" for value in (min(values), statistics.median(values), max(values)))


def main(granularity: str) -> None:
    rows = Rows()
    first = table(0, standardize=False)
    sizes = (len(first.dataset.targets), len(first.targets), len(first.test_targets), len(first.dataset.features))
    rows.row("AX3", "392 rows: 314 to learn, 78 to test, 7 features", str(sizes), sizes == (392, 314, 78, 7))
    rows.row("AX9", "41 neurons", str(mlp(7, (32, 8), 1, "relu").neuron_count), True)
    baseline = [table(seed, standardize=False).baseline.r2 or 0.0 for seed in range(50)]
    median = statistics.median(baseline)
    rows.row("AX8", "least squares, 50 splits: median R2 near 0.796", spread(baseline), abs(median - 0.796) < 0.01)

    for name, standardize, ignore, wanted in (
        ("AX5", False, (), "raw: median R2 >= 0.85, median MAE <= 2.36"),
        ("AX6", True, (), "standardised: every R2 >= 0.82, median >= 0.87"),
        ("AX7", False, ("passedemissions",), "raw, without the leak: median R2 near 0.835"),
        ("AX7", True, ("passedemissions",), "standardised, without the leak: 0.817 / 0.865 / 0.889"),
    ):
        scores = [learn(table(seed, standardize=standardize, ignore=ignore), seed, granularity) for seed in SEEDS]
        r2 = [one.r2 or 0.0 for one in scores]
        mae = [one.mean_absolute_error for one in scores]
        holds = {
            "AX5": statistics.median(r2) >= 0.85 and statistics.median(mae) <= 2.36,
            "AX6": min(r2) >= 0.82 and statistics.median(r2) >= 0.87,
            "AX7": statistics.median(r2) >= (0.865 if standardize else 0.835) - 0.01,
        }[name]
        rows.row(name, wanted, f"R2 {spread(r2)}   MAE {spread(mae)}", holds)
    rows.end()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "layer")
