"""`deepnet kill`: whoever is killed comes back under the same address, and the result is the same to the last bit."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import places
from deepnet.cli.targets import Target, find


@click.command("kill")
@click.argument("target", metavar="[NETWORK/]ADDRESS", shell_complete=places)
@attached
def command(link: Link, target: str) -> int:
    """Kill an actor before its next message, and see it heal: `deepnet inspect` counts its restarts.

    ADDRESS is a neuron, a layer, trainer or vault. With a NETWORK alone all its actors are killed at once.

    \b
    deepnet kill cars/dense_0/3
    deepnet kill dense_0/3        where there is one network only
    deepnet kill cars/trainer
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    place = find(link, target)
    change = link.post(f"{Target(place.network).path}/kill", address=place.address or "network")
    return link.tell_change(place, change)
