"""`deepnet watch`: a neuron, or a whole network, live."""

import itertools
import json
from typing import Any

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import places
from deepnet.cli.main import DONE
from deepnet.cli.options import COUNT, POSITIVE
from deepnet.cli.targets import find
from deepnet.errors import InputError


@click.command("watch")
@click.argument("target", metavar="[NETWORK[/NEURON]]", required=False, shell_complete=places)
@click.option("--rate", type=POSITIVE, default=2.0, show_default=True, help="Lines a second, at most; up to 20.")
@click.option("-n", "lines", type=COUNT, metavar="N", help="End after so many lines.")
@attached
def command(link: Link, target: str | None, rate: float, lines: int | None) -> int:
    """Follow a neuron or a network while it learns, a line at a time, until Ctrl-C.

    Of a neuron: its bias, the size of its weights, and the means over the batch of its weighted sum, output and
    delta. Of a network: epoch, step, loss and speed. With --json, all of it, an object a line.

    \b
    deepnet watch cars/dense_0/3
    deepnet watch cars --rate 1
    deepnet watch cars/dense_0/3 -n 10 --json
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    place = find(link, target)
    if place.address is not None and not place.is_neuron:
        raise InputError(f"{place} is no neuron: name one, such as {place}/0, or watch the network, {place.network}")
    if rate > 20:
        raise InputError(f"--rate is at most 20 lines a second, got {rate:g}")
    topic = "summary" if place.address is None else "neuron"
    frames = link.frames(topic, network=place.network, address=place.address, rate=rate)
    for data in itertools.islice(frames, lines):
        _tell(link, data, is_neuron=place.is_neuron)
    return DONE


def _tell(link: Link, data: dict[str, Any], *, is_neuron: bool) -> None:
    if link.as_json:
        click.echo(json.dumps(data))
        return
    from rich.console import Console  # noqa: PLC0415 - rich is for people only

    from deepnet.terminal.networks import progress_line  # noqa: PLC0415
    from deepnet.terminal.neurons import activity_line  # noqa: PLC0415

    line = activity_line(data) if is_neuron else progress_line(data)
    Console(highlight=False).print(line, soft_wrap=True)
