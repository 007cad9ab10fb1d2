"""Events of a service, a line each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from deepnet.data.files import one_line
from deepnet.terminal.changes import told
from deepnet.terminal.units import count, moment, plain, seconds, size

_STYLES = {
    "neuron_died": "red",
    "checkpoint_failed": "red",
    "child_died": "red",
    "neuron_restarted": "green",
    "child_restarted": "green",
    "intervened": "yellow",
    "step_replayed": "yellow",
    "health_changed": "yellow",
    "events_left_out": "yellow",
}
_TOLD_ELSEWHERE = {"address", "kind", "network", "old", "new", "run", "step", "who"}


def _findings(found: Any) -> str:
    """Say who is unwell and how, without the evidence."""
    return ", ".join(f"{address} {condition}" for address, condition, *_ in found[:3]) + ", ..." * (len(found) > 3)


_UNITS: dict[str, Callable[[Any], str]] = {"seconds": seconds, "bytes": size, "epoch": count, "findings": _findings}
_NOWHERE = (None, "", "network", "run")
"""Addresses that say no more than the network's name does."""
_OF_ANYBODY = ("neuron_died", "neuron_restarted")
KIND_WIDTH = 18


def show_events(console: Console, rows: Iterable[Mapping[str, Any]]) -> None:
    """Print events, a line each."""
    for row in rows:
        console.print(event_line(row), soft_wrap=True)


def event_line(row: Mapping[str, Any]) -> Text:
    """Return when, what, where, at which step and what else there is to say of an event."""
    kind, data = str(row["kind"]), row.get("data") or {}
    what = data.get("kind", kind) if kind == "intervened" else kind
    address = row.get("address")
    if kind in _OF_ANYBODY and address and "/" not in address:  # its name says neuron, and it is told of all actors
        who, address = ("layer", address) if "_" in address else (address, None)
        what = kind.replace("neuron", who)
    where = "/".join(str(part) for part in (row.get("network"), address) if part not in _NOWHERE)
    line = Text.assemble(
        (f"{moment(row['time'])}  ", "dim"),
        (f"{str(what).replace('_', ' '):<{KIND_WIDTH}} ", _STYLES.get(kind, "")),
        (one_line(where) if where else "", "cyan"),
    )
    details = [f"step {count(row['step'])}"] if row.get("step") is not None else []
    details += [told(data.get("old"), data.get("new"))] if kind == "intervened" else []
    details += [
        f"{name.replace('_', ' ')} {_UNITS.get(name, plain)(value)}"
        for name, value in data.items()
        if name not in _TOLD_ELSEWHERE and value not in (None, "", {}, [])
    ]
    details += [f"by {row['who']}"] if row.get("who") and row["who"] != "service" else []
    return line.append("  " * bool(where) + ", ".join(detail for detail in details if detail))
