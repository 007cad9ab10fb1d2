"""A neuron in full, many neurons in a table, and what a neuron does, line by line."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from deepnet.data.files import one_line
from deepnet.terminal.fitted import Column, show_table
from deepnet.terminal.summary import facts_table
from deepnet.terminal.units import count, moment, number, plain

Row = Mapping[str, Any]
MOST_WEIGHTS = 16
"""Weights of one neuron that are shown; of more, the largest ones."""
BAR = 12

_NEURONS = (
    Column("neuron", style="cyan"),
    Column("bias", right=True),
    Column("|weights|", right=True),
    Column("activation", spare=2),
    Column("rate", right=True, spare=3),
    Column("restarts", right=True, spare=1),
    Column("treated"),
)


def show_neuron(console: Console, where: str, state: Row, features: Sequence[str] = ()) -> None:
    """Print one neuron at a sealed step.

    Args:
        console: where to.
        where: what it is called.
        state: the neuron, as plain data.
        features: names of its inputs, where there are any.
    """
    facts = {
        "neuron": f"{where} at step {count(state['step'])}",
        "activation": state["activation"],
        "bias": number(state["bias"]),
        "learns": _learns(state),
        "held at": "" if state["lesioned"] is None else number(state["lesioned"]),
        "faults": ", ".join(
            plain(fault.get("kind") if isinstance(fault, Mapping) else fault) for fault in state["faults"]
        ),
        "restarts": count(state["restarts"]),
        "died": "; ".join(_death(death) for death in state["deaths"][-3:]),
        "mailbox": "" if state["mailbox"] is None else f"{count(state['mailbox'])} messages wait",
        "messages": "" if state["messages"] is None else f"{count(state['messages'])} handled",
    }
    console.print(facts_table({name: value for name, value in facts.items() if value}))
    console.print()
    _show_weights(console, [float(weight) for weight in state["weights"]], features)
    if state["history"]:
        console.print()
        console.print(activity_line(state), soft_wrap=True)


def _learns(state: Row) -> str:
    if state["frozen"]:
        return "no, it is frozen"
    return "at the rate of the run" if state["rate"] == 1 else f"at {number(state['rate'])} times the rate of the run"


def _death(death: Row) -> str:
    return f"{one_line(death['reason'])} at step {count(death['step'])}, {moment(death['at'])}"


def _show_weights(console: Console, weights: Sequence[float], features: Sequence[str]) -> None:
    named = len(features) == len(weights)
    order = sorted(range(len(weights)), key=lambda place: -abs(weights[place]))
    shown = sorted(order[:MOST_WEIGHTS])
    largest = max((abs(weight) for weight in weights if math.isfinite(weight)), default=0.0)
    columns = (
        Column("input", right=True, style="cyan"),
        *((Column("feature"),) if named else ()),
        Column("weight", right=True),
        Column("", spare=1),
    )
    rows = [
        (
            str(place),
            *((_short(features[place]),) if named else ()),
            number(weights[place]),
            _bar(weights[place], largest),
        )
        for place in shown
    ]
    show_table(console, columns, rows)
    if len(weights) > MOST_WEIGHTS:
        console.print(f"the largest {MOST_WEIGHTS} of {count(len(weights))} weights; --json has them all")


def _bar(weight: float, largest: float) -> str:
    if not largest or not math.isfinite(weight):
        return ""
    return ("-" if weight < 0 else "+") * max(1, round(abs(weight) / largest * BAR))


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= 24 else f"{text[:21]}..."


def show_layer(console: Console, where: str, layer: Row) -> None:
    """Print a layer of neurons, or a Dropout, in short."""
    if layer["kind"] != "dense":
        console.print(
            Text.assemble((where, "cyan"), f" is a Dropout that leaves out {number(layer['rate'])} of all outputs")
        )
        return
    held = [f"{layer[how]} {how}" for how in ("frozen", "lesioned") if layer[how]]
    facts = {
        "layer": f"{where} at step {count(layer['step'])}",
        "neurons": f"{count(layer['neurons'])} of {count(layer['inputs'])} inputs, {layer['activation']}",
        "actors": "one a neuron" if layer["granularity"] == "neuron" else "one for all of them",
        "parameters": count(layer["parameters"]),
        "|weights|": number(layer["norm"]),
        "restarts": count(layer["restarts"]),
        "treated": ", ".join(held),
    }
    console.print(facts_table({name: value for name, value in facts.items() if value}))
    console.print()


def show_neurons(console: Console, rows: Sequence[Row], total: int) -> None:
    """Print neurons, a line each, and how many there are besides."""
    show_table(console, _NEURONS, map(_neuron, rows))
    if total > len(rows):
        console.print(f"{count(len(rows))} of {count(total)} neurons: see --sort and -n")


def _neuron(row: Row) -> tuple[str, ...]:
    held = [] if row.get("lesioned") is None else [f"held at {number(row['lesioned'])}"]
    treated = ["frozen"] * bool(row.get("frozen")) + held
    norm = row.get("norm")
    if norm is None and row.get("weights"):
        norm = math.hypot(*map(float, row["weights"]))
    return (
        row["address"],
        number(row["bias"]),
        number(norm),
        str(row.get("activation", "-")),
        number(row.get("rate")),
        count(row["restarts"]),
        ", ".join(treated) or "-",
    )


def activity_line(state: Row) -> Text:
    """Return what a neuron did at its last step that was watched: means over the rows of the batch."""
    history = state.get("history") or ()
    last: Row = history[-1] if history else {}
    step = last.get("step", state["step"])
    line = Text.assemble((f"step {count(step):>9}", "dim"), f"  bias {_fixed(state['bias'])}")
    line.append(f"  |w| {_fixed(math.hypot(*state['weights']))}")
    for name in ("sum", "output", "delta") if last else ():
        line.append(f"  {name} {_fixed(_mean(last[name]))}")
    return line


def _mean(values: Sequence[Any]) -> float:
    numbers = [float(value) for value in values]  # what is no finite number comes as a text
    return sum(numbers) / len(numbers) if numbers else math.nan


def _fixed(value: float) -> str:
    return f"{number(value):>9}"
