"""`deepnet grow`: more neurons for a layer, while it learns."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import places
from deepnet.cli.options import COUNT
from deepnet.cli.targets import layer


@click.command("grow")
@click.argument("target", metavar="[NETWORK/]LAYER", shell_complete=places)
@click.argument("neurons", type=COUNT, default=1)
@attached
def command(link: Link, target: str, neurons: int) -> int:
    """Let NEURONS (1) join a layer; at that instant the outputs of the network stay what they are.

    \b
    deepnet grow cars/dense_0
    deepnet grow cars/dense_0 4
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    place = layer(link, target)
    return link.tell_change(place, link.post(f"{place.path}/grow", neurons=neurons))
