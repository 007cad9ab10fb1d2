"""`deepnet pause`: a run rests between two steps."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.targets import run


@click.command("pause")
@click.argument("target", metavar="[NETWORK|RUN]", required=False, shell_complete=networks)
@attached
def command(link: Link, target: str | None) -> int:
    """Have a run rest before its next step. Look, change, predict, and `deepnet resume` it.

    \b
    deepnet pause cars
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    number = run(link, target)
    return link.tell_change(number, link.post(f"/runs/{number}/pause"))
