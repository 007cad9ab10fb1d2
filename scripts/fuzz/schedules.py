"""Random networks, plans, orders of turns and faults: whatever happens, the bits are those of the undisturbed run.

A seed decides all of it. What fails is printed with its seed: `--first SEED --count 1` plays it again.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from deepnet import SGD, Adam, Chain, Dense, Dropout, Until
from deepnet.maths.activations import ACTIVATIONS
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.runs.simulation import draw_faults, simulate

OPTIMIZERS = (SGD(0.1), SGD(0.05, momentum=0.9), Adam(0.02))


class Case(NamedTuple):
    """What a seed has drawn."""

    model: Chain
    granularity: str
    begin: Callable[[Network], Run]
    faults: dict[int, str]


def case_of(seed: int) -> Case:
    chance = np.random.default_rng([seed, 5])
    widths = chance.integers(1, 5, size=int(chance.integers(2, 6))).tolist()
    layers: list[Any] = []
    for inputs, neurons in pairwise(widths):
        if chance.random() < 0.4:
            layers.append(Dropout(float(chance.choice([0.2, 0.5]))))
        layers.append(Dense(inputs, neurons, str(chance.choice(sorted(ACTIVATIONS)))))
    model = Chain(*layers)
    rows, batch_size = int(chance.integers(1, 17)), int(chance.integers(1, 17))
    inputs, targets = chance.normal(size=(rows, model.inputs)), chance.normal(size=(rows, model.outputs))
    steps = int(chance.integers(1, 7))
    plan: dict[str, Any] = {
        "until": Until(steps=steps),
        "optimizer": OPTIMIZERS[int(chance.integers(len(OPTIMIZERS)))],
        "batch_size": batch_size,
        "clip_norm": 0.5 if chance.random() < 0.3 else None,
        "metrics": ["mae"],
    }
    granularity = str(chance.choice(["neuron", "layer"]))
    actors = model.neuron_count if granularity == "neuron" else 0
    messages = steps * (4 * actors + 4 * len(model)) + 10
    return Case(
        model,
        granularity,
        lambda network: network.train(inputs, targets, **plan),
        draw_faults(model, seed, messages),
    )


def failure_of(seed: int, seen: Counter[str]) -> str | None:
    """Play what *seed* has drawn, disturbed and not; say what is wrong."""
    case = case_of(seed)
    options = {"granularity": case.granularity, "dtype": "float32"}
    try:
        expected = simulate(case.model, case.begin, order=0, **options)
        found = simulate(case.model, case.begin, order=seed + 1, faults=case.faults, **options)
    except Exception as error:  # noqa: BLE001 - the seed has to be told, whatever it was
        return f"{type(error).__name__}: {error}"
    seen["faults"] += len(case.faults)
    seen[case.granularity] += 1
    return None if found == expected else f"{found} instead of {expected}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Play random schedules with random faults and compare bits.")
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long, if no --count is given")
    parser.add_argument("--count", type=int, help="how many schedules")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    began, seen, failed, seed = time.monotonic(), Counter[str](), 0, options.first
    while time.monotonic() - began < options.seconds if options.count is None else seed < options.first + options.count:
        wrong = failure_of(seed, seen)
        if wrong is not None:
            failed += 1
            print(f"seed {seed}: {wrong}", flush=True)
        seed += 1
    played = seed - options.first
    print(
        f"{played} schedules ({seen['neuron']} neuron, {seen['layer']} layer), {seen['faults']} faults, "
        f"{failed} failed, {time.monotonic() - began:.1f} s"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
