"""What came of a training, as plain data."""

import json
from dataclasses import asdict
from typing import Any

from deepnet.maths.heads import Head
from deepnet.maths.parameters import fingerprint
from deepnet.runs.chaos import Disturbance
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.runs.tabular import PreparedTable, score
from deepnet.training.history import to_json

FIGURES = {
    "regression": ("r2", "mean_absolute_error", "mean_squared_error"),
    "binary": ("accuracy", "f1"),
    "multiclass": ("accuracy", "f1"),
}
"""How well a network does on the test rows, by its task."""


def facts_of(table: PreparedTable, head: Head, network: Network, run: Run, seconds: float) -> dict[str, Any]:
    """Return what came out: scores on the test rows, what was learnt from, how, and how it went."""
    summary, dataset = network.summary(), table.dataset
    scores = score(network.predict(table.test_inputs), table.test_targets, dataset.task)
    return {
        **asdict(scores),
        "baseline": asdict(table.baseline),
        "baselines": {name: asdict(baseline) for name, baseline in table.baselines.items()},
        "task": dataset.task,
        "target": dataset.target,
        "labels": list(dataset.labels),
        "features": list(dataset.features),
        "leaks": [leak.feature for leak in table.leaks],
        "rows": _rows(table, run),
        "dead_neurons": list(network.dead_neurons(run.inputs)),
        "metrics": list(head.metrics),
        "neurons": summary.neurons,
        "parameters": summary.parameters,
        "granularity": summary.granularity,
        "kernels": network.kernels,
        "dtype": summary.dtype,
        "epochs": summary.epoch,
        "steps": summary.step,
        "messages": summary.messages,
        "restarts": summary.restarts,
        "seconds": seconds,
        "seed": network.seed,
        "state": run.state,
        "reason": run.reason,
        "weights_sha256": fingerprint(network.parameters()),
        "history": json.loads(to_json(run.history)),
    }


def chaos_facts(disturbance: Disturbance, same_weights: bool) -> dict[str, Any]:
    """Return what became of those who died, and whether the weights noticed."""
    report = asdict(disturbance.report())
    heal = report.pop("heal_seconds")
    p50, p99 = heal or (None, None)
    return {**report, "heal_p50_seconds": p50, "heal_p99_seconds": p99, "same_weights": same_weights}


def _rows(table: PreparedTable, run: Run) -> dict[str, int]:
    rows = {"train": len(run.inputs), "test": len(table.test_targets)}
    held_out = len(table.inputs) - rows["train"]
    return rows | {"validation": held_out} if held_out else rows
