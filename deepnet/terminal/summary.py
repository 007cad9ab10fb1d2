"""What came of a run, in a table."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


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
        rows["kills"] = str(facts["kills"])
        same = "equal those of the undisturbed run, bit for bit"
        rows["weights"] = same if facts["same_weights"] else "DIFFER from those of the undisturbed run"
    rows["sha256"] = facts["weights_sha256"]
    console.print()
    console.print(facts_table(rows))


def show_training(facts: Mapping[str, Any], saved: str | None) -> None:
    """Print how a trained table came out on the rows that were held out."""
    console = Console()
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"{facts['target']}, {facts['rows']['test']} test rows", style="dim")
    table.add_column("network", justify="right")
    table.add_column("least squares", justify="right", style="dim")
    names = {"r2": "R2", "mean_absolute_error": "mean absolute error", "mean_squared_error": "mean squared error"}
    for key, name in names.items():
        scores = (facts[key], facts["baseline"][key])
        table.add_row(
            name,
            *("-" if value is None else f"{value:.4f}" if abs(value) < 1e6 else f"{value:.3e}" for value in scores),
        )
    console.print(table)
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
    if saved is not None:
        rows["saved"] = saved
    console.print(facts_table(rows))
