"""What the keys do to a network, as requests to its service."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from deepnet.errors import InputError
from deepnet.terminal.changes import differences
from deepnet.terminal.units import plain

Ask = Callable[[str, str, Any], Any]
"""Method, path and plain data of a request -> plain data of the answer; raises DeepnetError."""


class Wanted(NamedTuple):
    """A change that somebody has asked for.

    Attributes:
        verb: kill, pause, resume, step, learning_rate or undo.
        network: of which network.
        run: of which run; None if it has none.
        arguments: of ``kill`` the address, of ``learning_rate`` the rate.
    """

    verb: str
    network: str
    run: str | None
    arguments: Mapping[str, Any]


def make(wanted: Wanted, ask: Ask) -> str:
    """Have a change made; return what was done, in one line.

    Raises:
        InputError: there is no run to do it to.
        DeepnetError: the service refuses, or is gone; the message says why.
    """
    network = f"/networks/{wanted.network}"
    if wanted.verb == "kill":
        return told(ask("POST", f"{network}/kill", dict(wanted.arguments)))
    if wanted.verb == "undo":
        return told(ask("POST", f"{network}/undo", {"n": 1}))
    if wanted.run is None:
        raise InputError(f"{wanted.network} has no run to {wanted.verb.replace('_', ' ')}: train it first")
    run = f"/runs/{wanted.run}"
    if wanted.verb == "learning_rate":
        return told(ask("PATCH", run, dict(wanted.arguments)))
    body = {"unit": "batch", "n": 1} if wanted.verb == "step" else None
    return told(ask("POST", f"{run}/{wanted.verb}", body))


def told(change: Any) -> str:
    """Return a change, as plain data, in one line."""
    if not isinstance(change, Mapping) or "kind" not in change:
        return "done"
    parts = [
        f"{name}{' ' * bool(name)}{plain(old)} -> {plain(new)}"
        for name, old, new in differences(change.get("old"), change.get("new"))
    ]
    text = f"{change['kind']} {change.get('address', '')} after step {change.get('step', '?')}"
    return f"{text}: {', '.join(parts)}" if parts else text
