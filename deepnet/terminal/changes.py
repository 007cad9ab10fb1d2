"""What somebody has done to a network or a run, on a line or a few."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from deepnet.terminal.units import bare, count, plain

_DONE = {
    "set": "set",
    "grow": "grown",
    "prune": "pruned",
    "kill": "killed",
    "pause": "paused",
    "resume": "resumed",
    "step": "played on",
    "stop": "stopped",
    "rewind": "put back to its beginning",
    "undo": "undone",
    "inject": "disturbed",
}


def show_change(console: Console, where: str, change: Mapping[str, Any]) -> None:
    """Print what was done *where*, after which step, and each thing that it has replaced."""
    done = _DONE.get(change["kind"], change["kind"])
    console.print(Text.assemble((where, "cyan"), f" {done}, after step {count(change['step'])}"))
    for name, old, new in differences(change["old"], change["new"]):
        console.print(Text(f"  {name}{': ' if name else ''}{_value(old)} -> {_value(new)}"), soft_wrap=True)
    for message in change.get("messages") or ():
        console.print(Text(f"  {message['text']}"), soft_wrap=True)


def differences(old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    """Return what has changed, by name; nothing where it is only told that it was done."""
    old, new = bare(old), bare(new)
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old) and _are_parts(new):
        return [part for pair in zip(old, new, strict=True) for part in differences(*pair)]
    if not isinstance(new, Mapping):
        return [] if old is None and new is None else [("", old, new)]
    before = old if isinstance(old, Mapping) else {}
    parts = []
    for name, value in new.items():
        inner = differences(before.get(name), value) if isinstance(bare(value), Mapping) else []
        inner = [part for part in inner if part[1] != part[2]]
        said = name.replace("_", " ")
        parts += [(f"{said} {sub}", *pair) for sub, *pair in inner] or [(said, before.get(name), value)]
    return parts


def told(old: Any, new: Any) -> str:
    """Return what has changed on one line."""
    parts = differences(old, new)
    return ", ".join(f"{name}{' ' * bool(name)}{_value(one)} -> {_value(other)}" for name, one, other in parts)


def _are_parts(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(bare(value), Mapping) for value in values)


def _value(value: Any) -> str:
    return "none" if value in (None, {}) else plain(value)


def show_changes(console: Console, where: str, changes: Sequence[Mapping[str, Any]]) -> None:
    """Print changes of *where* that can be taken back, a line each."""
    if not changes:
        console.print(f"{where}: no change can be taken back")
    for change in changes:
        what = told(change["old"], change["new"])
        line = Text.assemble(
            f"{change['kind']} ", (str(change["address"]), "cyan"), f" after step {count(change['step'])}"
        )
        console.print(line.append(f": {what}" if what else ""), soft_wrap=True)
