"""`deepnet prune`: one neuron less, while it learns."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import places
from deepnet.cli.targets import neuron


@click.command("prune")
@click.argument("target", metavar="[NETWORK/]NEURON", shell_complete=places)
@attached
def command(link: Link, target: str) -> int:
    """Take a neuron out of its layer; those after it move up by one.

    \b
    deepnet prune cars/dense_0/3
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    place = neuron(link, target)
    return link.tell_change(place, link.post(f"{place.path}/prune"))
