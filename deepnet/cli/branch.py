"""`deepnet branch`: what would become of it if ...: a second network that goes on from the same step."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.options import SEED, NewName
from deepnet.cli.targets import run


@click.command("branch")
@click.argument("target", metavar="[NETWORK|RUN]", required=False, shell_complete=networks)
@click.argument("name", type=NewName(), required=False)
@click.option("--step", type=SEED, help="A step whose checkpoint is kept; by default the last sealed one.")
@attached
def command(link: Link, target: str | None, name: str | None, step: int | None) -> int:
    """Begin a second network, called NAME, that goes on from where a run is, and is paused.

    \b
    deepnet branch cars cars-faster
    deepnet set cars-faster learning-rate 0.01
    deepnet resume cars-faster
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    number = run(link, target)
    made = link.post(f"/runs/{number}/branch", name=name, step=step)
    return link.say(made, f"{made['name']} goes on from {number}, and is paused: deepnet resume {made['name']}")
