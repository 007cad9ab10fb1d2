"""`deepnet checkpoint`: states of a run that are kept on the disk of the service."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.main import DONE
from deepnet.cli.options import SEED
from deepnet.cli.targets import run
from deepnet.persistence.whole_file import check_writable, write_whole

RUN = click.argument("target", metavar="[NETWORK|RUN]", required=False, shell_complete=networks)
STEP = click.argument("step", type=SEED)


@click.group("checkpoint")
def command() -> None:
    """Save, list, restore or download states of a run.

    \b
    deepnet checkpoint save cars
    deepnet checkpoint list cars
    deepnet checkpoint restore cars 1200
    deepnet checkpoint download cars 1200 cars.safetensors
    """  # noqa: D301 - a mark of click's for lines to be left as they are


@command.command("save")
@RUN
@attached
def save(link: Link, target: str | None) -> int:
    """Keep the state of a run as it is now; the service does so by itself every few seconds, and keeps the last few.

    \b
    deepnet checkpoint save cars
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    number = run(link, target)
    made = link.post(f"/runs/{number}/checkpoints")
    return link.say(made, f"{number}: step {made['step']:,} is kept")


@command.command("list")
@RUN
@attached
def list_(link: Link, target: str | None) -> int:
    """List the states of a run that are kept, oldest first.

    \b
    deepnet checkpoint list cars
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    from deepnet.terminal.networks import show_checkpoints  # noqa: PLC0415 - rich is for people only

    number = run(link, target)
    entries = list(link.items(f"/runs/{number}/checkpoints"))
    return link.tell(entries, lambda console: show_checkpoints(console, number, entries))


@command.command("restore")
@click.argument("target", metavar="NETWORK|RUN", shell_complete=networks)
@STEP
@attached
def restore(link: Link, target: str, step: int) -> int:
    """Put the network back to STEP; a run under way goes on from there.

    \b
    deepnet checkpoint restore cars 1200
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    number = run(link, target)
    return link.tell_change(number, link.post(f"/runs/{number}/checkpoints/{step}/restore"), undo=True)


@command.command("download")
@click.argument("target", metavar="NETWORK|RUN", shell_complete=networks)
@STEP
@click.argument("file")
@attached
def download(link: Link, target: str, step: int, file: str) -> int:
    """Write the parameters at STEP to FILE, as safetensors. `deepnet export` writes a model to predict with.

    \b
    deepnet checkpoint download cars 1200 cars.safetensors
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    check_writable(file)
    number = run(link, target)
    content = link.content(f"/runs/{number}/checkpoints/{step}")
    write_whole(file, content)
    link.say({"file": file, "bytes": len(content), "step": step}, f"{file}: step {step:,}, {len(content):,} bytes")
    return DONE
