"""What deaths and checkpoints cost a run: 7-32-8-1 on miles per gallon, Adam, batch 1, beside the same undisturbed.

The repeats take turns, so that a noisy moment strikes both sides. scripts/bench healing [--json]
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
from benches.measure import Report, usually

from deepnet import Adam, Checkpoints, Until, events, load_dataset, start
from deepnet.maths.model import mlp
from deepnet.maths.parameters import fingerprint
from deepnet.runs.chaos import Chaos, disturb
from deepnet.runs.tabular import prepare_table

STEPS = {"neuron": 12_000, "layer": 50_000}
KILLS_A_SECOND = 20.0
"""One every 50 ms on average."""
CHECKPOINTS_A_SECOND = 10
"""So many that what they cost is not lost in the noise; one a second costs a tenth of it."""


class Outcome(NamedTuple):
    """One run."""

    seconds: float
    weights: str
    heals: list[float]
    deaths: int
    checkpoints: int


def run(granularity: str, chaos: Chaos | None = None, **kept: Any) -> Outcome:
    table = prepare_table(load_dataset("auto-mpg"), test_fraction=0.2, seed=0)
    saved: list[events.Event] = []
    with start(mlp(7, (32, 8), 1, "relu"), granularity=granularity) as network:
        if kept:
            network.watchers.add(lambda event: saved.append(event) if "Checkpoint" in type(event).__name__ else None)
        with nullcontext() if chaos is None else disturb(network, chaos) as disturbance:
            began = time.perf_counter()
            until = Until(steps=STEPS[granularity])
            network.train(table.inputs, table.targets, optimizer=Adam(0.001), until=until, **kept).wait()
            seconds = time.perf_counter() - began
        deaths = 0 if disturbance is None else sum(disturbance.report().deaths.values())
        return Outcome(seconds, fingerprint(network.parameters()), list(network.actors.heals), deaths, len(saved))


def kept_run(granularity: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        when = Checkpoints(every_seconds=1 / CHECKPOINTS_A_SECOND)
        return run(granularity, run_dir=f"{folder}/run", checkpoints=when)


def pairs(one: Callable[[], Outcome], other: Callable[[], Outcome]) -> list[tuple[Outcome, Outcome]]:
    """Run both in turns, after a time that does not count."""
    one()
    return [(one(), other()) for _ in range(usually(5, 1))]


def disturbed(report: Report, name: str) -> None:
    found = pairs(lambda: run(name), lambda: run(name, Chaos(KILLS_A_SECOND, seed=1)))
    report.add(f"{name}: undisturbed", [left.seconds for left, _ in found])
    report.add(f"{name}: a kill every 50 ms", [right.seconds for _, right in found])
    heals = [1000 * seconds for _, right in found for seconds in right.heals]
    speed = statistics.median(left.seconds / right.seconds for left, right in found)
    report.note(f"{name}: speed under kills / undisturbed (at least 0.5)", round(speed, 3))
    report.note(f"{name}: deaths", sum(right.deaths for _, right in found))
    report.note(f"{name}: death to next seal, ms, p50", round(float(np.percentile(heals, 50)), 3))
    report.note(f"{name}: death to next seal, ms, p99 (below 10)", round(float(np.percentile(heals, 99)), 3))
    report.note(f"{name}: same bits", all(left.weights == right.weights for left, right in found))


def kept(report: Report, name: str) -> None:
    found = pairs(lambda: run(name), lambda: kept_run(name))
    report.add(f"{name}: {CHECKPOINTS_A_SECOND} checkpoints a second", [right.seconds for _, right in found])
    cost = statistics.median((right.seconds - left.seconds) / right.checkpoints for left, right in found)
    report.note(f"{name}: checkpoints in a run", statistics.median(right.checkpoints for _, right in found))
    report.note(f"{name}: a checkpoint costs, ms", round(1000 * cost, 2))
    report.note(f"{name}: one a second, percent of the speed (below 2)", round(100 * cost, 2))


def main() -> None:
    report = Report("A run that is disturbed, and one that is kept", "s")
    for name in STEPS:
        disturbed(report, name)
    for name in STEPS:
        kept(report, name)
    report.print()


if __name__ == "__main__":
    main()
