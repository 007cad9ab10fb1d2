"""What deaths and checkpoints cost a run: 7-32-8-1 on miles per gallon, Adam, batch 1, beside the same undisturbed.

The repeats take turns, so that a noisy moment strikes both sides. scripts/bench healing [--json]
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
from measure import Report

from deepnet import Adam, Checkpoints, Until, load_dataset, start
from deepnet.maths.model import mlp
from deepnet.maths.parameters import fingerprint
from deepnet.runs.chaos import Chaos, disturb
from deepnet.runs.tabular import prepare_table

REPEATS = 5
STEPS = {"neuron": 4000, "layer": 25_000}
LONGER = 4
"""Times as many steps where checkpoints are measured: a run has one at its beginning and one at its end besides."""
KILLS_A_SECOND = 20.0
"""One every 50 ms on average."""


def run(
    granularity: str, chaos: Chaos | None = None, times: int = 1, **kept: Any
) -> tuple[float, str, list[float], int]:
    """Return seconds, the bits, how long each healing took, and how many died."""
    table = prepare_table(load_dataset("auto-mpg"), test_fraction=0.2, seed=0)
    with start(mlp(7, (32, 8), 1, "relu"), granularity=granularity) as network:
        with nullcontext() if chaos is None else disturb(network, chaos) as disturbance:
            began = time.perf_counter()
            learning = network.train(
                table.inputs,
                table.targets,
                optimizer=Adam(0.001),
                until=Until(steps=times * STEPS[granularity]),
                **kept,
            )
            learning.wait()
            seconds = time.perf_counter() - began
        deaths = 0 if disturbance is None else sum(disturbance.report().deaths.values())
        return seconds, fingerprint(network.parameters()), list(network.actors.heals), deaths


def kept_run(granularity: str) -> tuple[float, str, list[float], int]:
    """The same with a checkpoint a second."""
    with tempfile.TemporaryDirectory() as folder:
        return run(granularity, times=LONGER, run_dir=f"{folder}/run", checkpoints=Checkpoints(every_seconds=1.0))


def pairs(
    one: Callable[[], tuple[float, str, list[float], int]], other: Callable[[], tuple[float, str, list[float], int]]
) -> list[tuple[Any, Any]]:
    """Run both in turns, after a time that does not count."""
    one()
    return [(one(), other()) for _ in range(REPEATS)]


def main() -> None:
    report = Report("A run that is disturbed, and one that is kept", "s")
    for granularity in STEPS:
        found = pairs(
            lambda name=granularity: run(name),
            lambda name=granularity: run(name, Chaos(KILLS_A_SECOND, seed=1)),
        )
        report.add(f"{granularity}: undisturbed", [left[0] for left, _ in found])
        report.add(f"{granularity}: a kill every 50 ms", [right[0] for _, right in found])
        heals = [1000 * seconds for _, right in found for seconds in right[2]]
        speed = statistics.median(left[0] / right[0] for left, right in found)
        report.note(f"{granularity}: speed under kills / undisturbed (at least 0.5)", round(speed, 3))
        report.note(f"{granularity}: deaths", sum(right[3] for _, right in found))
        report.note(f"{granularity}: death to next seal, ms, p50", round(float(np.percentile(heals, 50)), 3))
        report.note(f"{granularity}: death to next seal, ms, p99 (below 10)", round(float(np.percentile(heals, 99)), 3))
        report.note(f"{granularity}: same bits", all(left[1] == right[1] for left, right in found))
    for granularity in STEPS:
        found = pairs(lambda name=granularity: run(name, times=LONGER), lambda name=granularity: kept_run(name))
        report.add(f"{granularity}: kept, a checkpoint a second", [right[0] for _, right in found])
        cost = statistics.median(right[0] / left[0] for left, right in found) - 1
        report.note(f"{granularity}: cost of a checkpoint a second, percent (below 2)", round(100 * cost, 2))
    report.print()


if __name__ == "__main__":
    main()
