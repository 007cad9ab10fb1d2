"""What came of a run, in a table."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deepnet.plots.figures import Matrix
from deepnet.terminal.confusion import confusion_lines


def facts_table(rows: Mapping[str, str]) -> Table:
    """Return names and values in two columns."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return table


def numbers(values: Any) -> str:
    """Write a row of numbers, or rows of them, shortly."""
    if isinstance(values, (int, float)):
        return f"{values:.4g}"
    return "[" + ", ".join(numbers(value) for value in values) + "]"


def show_demo(facts: Mapping[str, Any]) -> None:
    """Print the summary of a demonstration."""
    console = Console()
    rows = {name: numbers(facts[name]) for name in ("input", "target", "output")}
    rows["epochs"] = str(facts["epochs"])
    side = "below" if facts["reached"] else "not below"
    rows["error"] = f"{facts['mean_squared_error']:.6f} (mean squared error; {side} {facts['threshold']:g})"
    rows["messages"] = f"{facts['messages']:,} handled"
    rows["restarts"] = str(facts["restarts"])
    rows["time"] = f"{facts['seconds']:.2f} s"
    if "same_weights" in facts:
        rows["kills"] = f"{facts['kills']}: {facts['deaths']} died, {facts['replays']} steps played again"
        if facts["heal_p50_seconds"] is not None:
            p50, p99 = (1000 * facts[f"heal_{name}_seconds"] for name in ("p50", "p99"))
            rows["kills"] += f", healed in {p50:.2f} ms (p50), {p99:.2f} ms (p99)"
        same = "equal those of the undisturbed run, bit for bit"
        rows["weights"] = same if facts["same_weights"] else "DIFFER from those of the undisturbed run"
    rows["sha256"] = facts["weights_sha256"]
    console.print()
    console.print(facts_table(rows))


NAMES = {
    "r2": "R2",
    "mean_absolute_error": "mean absolute error",
    "mean_squared_error": "mean squared error",
    "accuracy": "accuracy",
    "f1": "F1",
}
"""The figures that are shown, and what people call them."""
MOST_CLASSES = 12
"""A confusion matrix of more classes fills no screen well, and is left to ``--json``."""


def show_training(facts: Mapping[str, Any], saved: str | None) -> None:
    """Print how a training came out on the rows that were held out, beside what others make of them."""
    console = Console()
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"{facts['target']}, {facts['rows']['test']} test rows", style="dim")
    table.add_column("network", justify="right")
    for baseline in facts["baselines"]:
        table.add_column(baseline, justify="right", style="dim")
    for key, name in NAMES.items():
        if key in facts:
            scores = (facts[key], *(baseline[key] for baseline in facts["baselines"].values()))
            table.add_row(name, *map(_score, scores))
    console.print(table)
    if 2 < len(facts["labels"]) <= MOST_CLASSES:
        console.print()
        matrix = Matrix("", "", tuple(facts["labels"]), facts["confusion_matrix"])
        for line in confusion_lines(matrix, console.width):
            console.print(line, highlight=False, markup=False)
    console.print()
    rows = {
        "rows": f"{facts['rows']['train']} to learn from, {facts['rows']['test']} to test on",
        "network": f"{facts['neurons']} neurons, {facts['parameters']} parameters, {facts['dtype']}",
        "epochs": f"{facts['epochs']} ({facts['steps']:,} steps, {facts['state']}: {facts['reason']})",
        "messages": f"{facts['messages']:,} handled",
        "restarts": str(facts["restarts"]),
        "time": f"{facts['seconds']:.2f} s",
        "sha256": facts["weights_sha256"],
    }
    if "validation" in facts["rows"]:
        rows["rows"] += f", {facts['rows']['validation']} to validate each epoch on"
    if "chaos" in facts:
        rows |= _chaos_rows(facts["chaos"])
    if saved is not None:
        rows["saved"] = saved
    console.print(facts_table(rows))


def _chaos_rows(chaos: Mapping[str, Any]) -> dict[str, str]:
    """What became of those who died meanwhile."""
    deaths = ", ".join(f"{count} {kind}" for kind, count in sorted(chaos["deaths"].items())) or "nobody"
    rows = {
        "died": deaths,
        "healed": f"{chaos['restarts']} restarts, {chaos['replays']} steps played again, {chaos['steps_lost']} lost",
    }
    if chaos["heal_p50_seconds"] is not None:
        p50, p99 = (1000 * chaos[f"heal_{name}_seconds"] for name in ("p50", "p99"))
        rows["healed"] += f", each in {p50:.2f} ms (p50), {p99:.2f} ms (p99)"
    same = "equal those of the undisturbed run, bit for bit"
    rows["weights"] = same if chaos["same_weights"] else "DIFFER from those of the undisturbed run"
    return rows


def _score(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if abs(value) < 1e6 else f"{value:.3e}"
