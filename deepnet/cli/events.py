"""`deepnet events`: what has happened in the service, and what happens."""

import json
from typing import Any

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import places
from deepnet.cli.kinds import USUAL, Kind
from deepnet.cli.main import DONE
from deepnet.cli.options import COUNT, SEED
from deepnet.cli.targets import find


@click.command("events")
@click.argument("target", metavar="[NETWORK[/ADDRESS]]", required=False, shell_complete=places)
@click.option("-f", "--follow", is_flag=True, help="Go on with what happens from now on, until Ctrl-C.")
@click.option("--kind", "kinds", type=Kind(), multiple=True, metavar="KIND", help="Such as neuron_died; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Tell of the end of each epoch too.")
@click.option("--network", metavar="NETWORK", help="Only of this network; the same as to name it.")
@click.option("--run", metavar="RUN", help="Only of this run, such as cars-1.")
@click.option("--after", type=SEED, metavar="N", help="Only events numbered above N, oldest first.")
@click.option("-n", "limit", type=COUNT, default=20, show_default=True, help="How many of those that there are.")
@attached
def command(
    link: Link,
    target: str | None,
    *,
    follow: bool,
    kinds: tuple[str, ...],
    everything: bool,
    network: str | None,
    run: str | None,
    after: int | None,
    limit: int,
) -> int:
    """Tell the last events, oldest first: deaths and restarts, changes and who made them, checkpoints, ends of runs.

    Ends of epochs are left out: there are many. --kind epoch_ended, or --all, has them.
    With --json one list, and with -f one object a line; the id of each is the place to go on from with --after.

    \b
    deepnet events
    deepnet events cars -f
    deepnet events --kind neuron_died --kind neuron_restarted -n 100
    deepnet events --after 1200 --json
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    place = None if target is None and network is None else find(link, target or network)
    if not kinds and not everything:
        kinds = USUAL
    of_whom: dict[str, Any] = {"run": run}
    if place is not None:
        of_whom |= {"network": place.network, "address": place.address}
    wanted = {**of_whom, "kind": list(kinds) or None}
    rows = _stored(link, wanted, after, limit)
    if not follow:
        return _tell_all(link, rows)
    for row in rows:
        _tell(link, row)
    newest = rows[-1]["id"] if rows else (after if after is not None else _last(link))
    for row in link.follow(newest, {**of_whom, "kinds": kinds}):
        _tell(link, row)
    return DONE


def _stored(link: Link, wanted: dict[str, Any], after: int | None, limit: int) -> list[dict[str, Any]]:
    """Return the last *limit* events; or the first ones numbered above *after*."""
    if after is None:
        newest = link.first("/events", limit, **wanted, order="desc")
        return newest[::-1]
    return link.first("/events", limit, **wanted, after=after)


def _last(link: Link) -> int:
    """Return the number of the newest event of all."""
    return max((int(row["id"]) for row in link.first("/events", 1, order="desc")), default=0)


def _tell_all(link: Link, rows: list[dict[str, Any]]) -> int:
    from deepnet.terminal.events import show_events  # noqa: PLC0415 - rich is for people only

    return link.tell(rows, lambda console: show_events(console, rows))


def _tell(link: Link, row: dict[str, Any]) -> None:
    _tell_all(link, [row]) if not link.as_json else click.echo(json.dumps(row))
