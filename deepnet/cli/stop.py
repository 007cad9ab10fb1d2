"""`deepnet stop`: the end of a run, or of the service."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.targets import run
from deepnet.errors import InputError


@click.command("stop")
@click.argument("target", metavar="[NETWORK|RUN]", required=False, shell_complete=networks)
@click.option("--service", "whole", is_flag=True, help="Shut the service down; at its next start all runs go on.")
@attached
def command(link: Link, target: str | None, whole: bool) -> int:
    """End a run at its next seal, for good; what it has learnt stays. `deepnet pause` is for a while.

    \b
    deepnet stop cars
    deepnet stop --service
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    if not whole:
        number = run(link, target)
        return link.tell_change(number, link.post(f"/runs/{number}/stop"))
    if target is not None:
        raise InputError(f"--service stops all of it: leave {target!r} out, or --service")
    link.post("/service/shutdown")
    return link.say({"stopping": True}, "the service stops; at its next start all runs go on")
