"""`deepnet delete`: a network that nobody needs any more."""

import sys

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.targets import Target, network
from deepnet.errors import InputError


@click.command("delete")
@click.argument("target", metavar="NETWORK", shell_complete=networks)
@click.option("--yes", is_flag=True, help="Do not ask.")
@attached
def command(link: Link, target: str, yes: bool) -> int:
    """Take a network away for good, with its runs and their checkpoints.

    \b
    deepnet delete cars
    deepnet delete cars --yes
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    name = network(link, target)
    if not yes:
        if not sys.stdin.isatty() or link.as_json:
            raise InputError(f"{name} and its runs would be gone for good: say --yes too")
        click.confirm(f"delete {name} and its runs for good?", abort=True, err=True)
    link.service.request("DELETE", Target(name).path)
    return link.say({"deleted": name}, f"{name} is deleted")
