"""What a shell offers for an argument: names of networks, and addresses in them, from the running service.

It is asked at every press of a key: so it is quick, and silent where no service runs.
"""

import http.client
import json
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

MOST = 500
"""Addresses that are offered at a time."""
UNITS = ("batch", "epoch", "sample", "message")
"""What a run is played on by."""
PATIENCE_SECONDS = 1.0
"""How long a service may take to answer."""


def networks(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of networks that begin so."""
    return _matching(context, incomplete, list)


def places(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return names of networks; from a slash on, also addresses of layers; from the next one on, of neurons."""
    return _matching(context, incomplete, lambda summaries: _places(summaries, incomplete))


def settable(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return places, and the names of what can be set there; or its values, where there are few."""
    from deepnet.cli.settings import LAYERS, NEURONS, RUNS  # noqa: PLC0415 - few ask for it

    words = context.params.get("words") or ()
    if words and words[-1].lower() == "frozen":
        return [answer for answer in ("true", "false") if answer.startswith(incomplete)]
    target = words[0] if words else ""
    known = NEURONS if target.count("/") > 1 else LAYERS if "/" in target else RUNS
    names = [name for name in known if name.startswith(incomplete)]
    return names if words else [*places(context, parameter, incomplete), *names]


def played(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return names of networks, and the units that a run is played on by."""
    words = context.params.get("words") or ()
    units = [unit for unit in UNITS if unit.startswith(incomplete)]
    return units if words else [*networks(context, parameter, incomplete), *units]


def tables(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the built-in sets that begin so; if none does, what there is in the folder."""
    from deepnet.data.builtin import BUILT_IN  # noqa: PLC0415 - few ask for it

    return _or_files([name for name in BUILT_IN if name.startswith(incomplete)], incomplete)


def networks_or_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of networks that begin so; if none does, what there is in the folder."""
    return _or_files(networks(context, parameter, incomplete), incomplete)


def _or_files(names: Sequence[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names] or [CompletionItem(incomplete, type="file")]


def _matching(
    context: click.Context, incomplete: str, offer: Callable[[dict[str, dict[str, int]]], list[str]]
) -> list[str]:
    with suppress(Exception):  # whatever is wrong, this is not the place to hear of it
        return [text for text in offer(_layers(context)) if text.startswith(incomplete)][:MOST]
    return []


def _places(layers: dict[str, dict[str, int]], incomplete: str) -> list[str]:
    name, slash, rest = incomplete.partition("/")
    if len(layers) == 1 and name not in layers:  # the only network may be left out
        only = next(iter(layers.values()))
        return [*layers, *_within(only, incomplete)]
    if not slash or name not in layers:
        return [text for one in layers for text in (one, f"{one}/")] if len(layers) == 1 else list(layers)
    return [f"{name}/{place}" for place in _within(layers[name], rest)]


def _within(layers: dict[str, int], incomplete: str) -> list[str]:
    layer, slash, _ = incomplete.partition("/")
    if slash and layer in layers:
        return [f"{layer}/{index}" for index in range(layers[layer])]
    return list(layers)


def _layers(context: click.Context) -> dict[str, dict[str, int]]:
    """Return for each network how many neurons its layers have."""
    given: dict[str, Any] = context.params
    if given.get("url"):
        from deepnet.cli.attach import Link, reach  # noqa: PLC0415 - it brings the HTTP client with it

        with reach(None, given["url"]) as service:
            rows = list(Link(service, as_json=True).items("/networks"))
    else:
        rows = _ask(given.get("data_dir"))
    return {row["name"]: {layer["address"]: layer["neurons"] for layer in row["layers"]} for row in rows}


def _ask(data_dir: str | None) -> list[dict[str, Any]]:
    """Return the networks of a service on this machine; the client would take longer to load than this takes."""
    from deepnet.wire.runtime import default_data_dir, read_runtime  # noqa: PLC0415 - only who completes pays for it

    folder = Path(data_dir) if data_dir else default_data_dir(os.environ)
    runtime = read_runtime(folder.expanduser().absolute())
    if runtime is None or runtime.socket is None:
        return []
    connection = http.client.HTTPConnection("localhost", timeout=PATIENCE_SECONDS)
    with closing(connection), socket.socket(socket.AF_UNIX) as made:
        made.settimeout(PATIENCE_SECONDS)
        made.connect(runtime.socket)
        connection.sock = made
        connection.request("GET", "/api/v1/networks?limit=1000")
        rows: list[dict[str, Any]] = json.loads(connection.getresponse().read())["items"]
        return rows
