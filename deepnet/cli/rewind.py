"""`deepnet rewind`: a run begins again."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.targets import run


@click.command("rewind")
@click.argument("target", metavar="[NETWORK|RUN]", required=False, shell_complete=networks)
@attached
def command(link: Link, target: str | None) -> int:
    """Put the network back to how the run began, with the same initial weights; a run under way begins again.

    \b
    deepnet rewind cars
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    number = run(link, target)
    return link.tell_change(number, link.post(f"/runs/{number}/rewind"), undo=True)
