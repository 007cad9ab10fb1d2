"""`deepnet undo`: what was changed last is as it was."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.options import COUNT
from deepnet.cli.targets import Target, network


@click.command("undo")
@click.argument("target", metavar="[NETWORK]", required=False, shell_complete=networks)
@click.option("-n", "changes", type=COUNT, default=1, show_default=True, help="How many changes.")
@click.option("--list", "only_list", is_flag=True, help="Only list the changes that can be taken back, oldest first.")
@attached
def command(link: Link, target: str | None, changes: int, only_list: bool) -> int:
    """Take back the last changes of a network, newest first; what has been learnt since stays learnt.

    \b
    deepnet undo cars
    deepnet undo cars -n 3
    deepnet undo cars --list
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    name = network(link, target)
    if not only_list:
        return link.tell_change(name, link.post(f"{Target(name).path}/undo", n=changes))
    from deepnet.terminal.changes import show_changes  # noqa: PLC0415 - rich is for people only

    known = list(link.items(f"{Target(name).path}/changes"))
    return link.tell(known, lambda console: show_changes(console, name, known))
