"""`deepnet tree`: who supervises whom, in a network or in the service."""

from typing import Any

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.targets import Target, network


@click.command("tree")
@click.argument("target", metavar="[NETWORK]", required=False, shell_complete=networks)
@click.option("--service", "whole", is_flag=True, help="Of the service itself: what heals if a part of it crashes.")
@attached
def command(link: Link, target: str | None, whole: bool) -> int:
    """Draw the supervision tree of a network, with the restarts of each actor.

    \b
    deepnet tree cars
    deepnet tree --service
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    path = "/service/tree" if whole else f"{Target(network(link, target)).path}/tree"
    root = link.get(path)

    def show(console: Any) -> None:
        from deepnet.terminal.tree import draw_tree  # noqa: PLC0415 - rich is for people only
        from deepnet.wire.records import tree_from_dict  # noqa: PLC0415

        console.print(draw_tree(tree_from_dict(root)))

    return link.tell(root, show)
