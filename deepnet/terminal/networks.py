"""Networks, runs and checkpoints of a service, in tables."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from deepnet.data.files import one_line
from deepnet.terminal.fitted import Column, show_table
from deepnet.terminal.summary import facts_table
from deepnet.terminal.units import count, moment, number, seconds, size

Row = Mapping[str, Any]

_NETWORKS = (
    Column("network", style="cyan"),
    Column("state"),
    Column("epoch", right=True, spare=2),
    Column("step", right=True),
    Column("loss", right=True),
    Column("neurons", right=True, spare=3),
    Column("restarts", right=True, spare=1),
    Column("created", spare=4),
)
_RUNS = (
    Column("run", style="cyan"),
    Column("state"),
    Column("epochs", right=True, spare=1),
    Column("step", right=True),
    Column("loss", right=True),
    Column("begun", spare=3),
    Column("why it ended", spare=2),
)
_ACTORS = {"neuron": "one a neuron", "layer": "one a layer", "mixed": "of some layers one a neuron"}
_CHECKPOINTS = (
    Column("step", right=True, style="cyan"),
    Column("size", right=True),
    Column("made"),
    Column("after the change", spare=1),
)


def show_networks(console: Console, networks: Sequence[Row], runs: Sequence[Row]) -> None:
    """Print networks, and below them runs."""
    if not networks:
        console.print("no network yet: deepnet train DATA --service NAME, or deepnet create NAME --layers 3-8-1:relu")
        return
    show_table(console, _NETWORKS, map(_network, networks))
    for row in networks:
        if not row["up"]:
            console.print(Text(f"{row['name']} is down: {one_line(row['reason'])}", style="red"), soft_wrap=True)
    if runs:
        console.print()
        show_table(console, _RUNS, map(_run, runs))


def _network(row: Row) -> tuple[str, ...]:
    return (
        row["name"],
        row["state"],
        count(row["epoch"]),
        count(row["step"]),
        number(row["loss"]),
        count(row["neurons"]),
        count(row["restarts"]),
        moment(row["created"]),
    )


def _run(row: Row) -> tuple[str, ...]:
    reason = one_line(row["reason"]) if row["reason"] else "-"
    return (
        row["id"],
        row["state"],
        count(row["epochs"]),
        count(row["step"]),
        number(row["loss"]),
        moment(row["created"]),
        reason if len(reason) <= 40 else f"{reason[:37]}...",
    )


def show_checkpoints(console: Console, run: str, entries: Sequence[Row]) -> None:
    """Print which states of *run* are kept."""
    if not entries:
        console.print(f"{run}: no state is kept yet")
        return
    rows = ((count(one["step"]), size(one["bytes"]), moment(one["time"]), str(one["change"])) for one in entries)
    show_table(console, _CHECKPOINTS, rows)


def show_network(console: Console, row: Row, run: Row | None) -> None:
    """Print all that there is to say of a network, and its layers in a table."""
    facts = {
        "network": row["name"],
        "state": row["state"] if run is None else f"{row['state']} ({run['id']})",
        "reason": one_line(row["reason"] or (run or {}).get("reason") or "-"),
        "epoch": f"{count(row['epoch'])}, step {count(row['step'])}",
        "loss": number(row["loss"]),
        **{name.replace("_", " "): number(value) for name, value in row["metrics"].items()},
        "learning rate": number(row["learning_rate"]),
        "begun": "" if run is None else _ago(run["created"]),
        "neurons": f"{count(row['neurons'])}, {count(row['parameters'])} parameters, {row['dtype']}",
        "treated": ", ".join(f"{count(row[how])} {how}" for how in ("frozen", "lesioned") if row.get(how)),
        "actors": _ACTORS[row["granularity"]] + f", by {row['kernels']}",
        "seed": str(row["seed"]),
        "restarts": count(row["restarts"]),
        "messages": f"{count(row['messages'])} handled",
    }
    console.print(facts_table({name: value for name, value in facts.items() if value not in ("", "-")}))
    console.print()
    columns = (
        Column("layer", style="cyan"),
        Column("inputs", right=True),
        Column("neurons", right=True),
        Column("activation"),
        Column("parameters", right=True, spare=1),
    )
    rows = (
        (one["address"], count(one["inputs"]), count(one["neurons"]), one["activation"], count(one["parameters"]))
        for one in row["layers"]
    )
    show_table(console, columns, rows)


def _ago(then: float) -> str:
    return f"{moment(then)}, {seconds(max(0.0, time.time() - then))} ago"


def progress_line(row: Row) -> Text:
    """Return how far a network is, and how fast."""
    line = Text.assemble((f"step {count(row['step']):>9}", "dim"), f"  epoch {count(row['epoch']):>5}")
    line.append(f"  loss {number(row['loss']):>9}")
    if row.get("steps_per_second") is not None:
        line.append(f"  {row['steps_per_second']:,.0f} steps/s")
    return line.append(f"  {row['state']}" + (f", {_restarts(row['restarts'])}" if row["restarts"] else ""))


def _restarts(times: int) -> str:
    return f"{count(times)} restart{'s' * (times != 1)}"
