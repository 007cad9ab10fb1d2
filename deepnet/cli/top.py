"""`deepnet top`: a service on a screen, live, and steered by key."""

import sys

import click

from deepnet.cli.attach import DATA_DIR, URL, reach
from deepnet.cli.complete import networks
from deepnet.cli.main import DONE
from deepnet.errors import InputError


@click.command("top")
@click.argument("network", required=False, shell_complete=networks)
@DATA_DIR
@URL
@click.option(
    "--rate",
    type=click.FloatRange(0.1, 20),
    default=5.0,
    show_default=True,
    metavar="HZ",
    help="How often a second the screen is brought up to date; the key r changes it.",
)
def command(network: str | None, data_dir: str | None, url: str | None, rate: float) -> int:
    """Watch a service on a screen: the curve of the loss, the supervision tree, all neurons, each in detail, events.

    Keys steer it: pause, step, learning rate, undo, kill; ? tells them all. Of several networks one is picked, unless
    NETWORK is given. A service that goes away is looked for until it is back.

    \b
    deepnet top
    deepnet top cars --rate 10
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("top needs a terminal: use 'deepnet watch' or 'deepnet ps --json' where there is none")
    with reach(data_dir, url) as service:  # what is wrong from the start is told in a line, not on a screen
        if network is not None:
            service.network(network)
    from deepnet.terminal.top.app import Top  # noqa: PLC0415 - Textual is for this command only
    from deepnet.terminal.top.feed import Feed  # noqa: PLC0415

    Top(Feed(lambda: reach(data_dir, url), rate), network, rate).run()
    return DONE
