"""`deepnet ps`: which networks the service has, and what they are doing."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks as complete_networks
from deepnet.cli.options import COUNT
from deepnet.cli.targets import network


@click.command("ps")
@click.argument("target", metavar="[NETWORK]", required=False, shell_complete=complete_networks)
@click.option("-n", "limit", type=COUNT, default=10, show_default=True, help="How many runs are listed, newest first.")
@attached
def command(link: Link, target: str | None, limit: int) -> int:
    """List the networks of the service, and their runs, newest first.

    \b
    deepnet ps
    deepnet ps cars -n 100
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    from deepnet.terminal.networks import show_networks  # noqa: PLC0415 - rich is for people only

    networks = list(link.items("/networks"))
    name = None if target is None else network(link, target, names=[row["name"] for row in networks])
    networks = [row for row in networks if name in (None, row["name"])]
    runs = link.first("/runs", limit, network=name)
    document = {"networks": networks, "runs": runs}
    return link.tell(document, lambda console: show_networks(console, networks, runs))
