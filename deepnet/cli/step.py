"""`deepnet step`: a run in pieces."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import UNITS, played
from deepnet.cli.options import POSITIVE
from deepnet.cli.targets import run
from deepnet.errors import InputError


@click.command("step")
@click.argument("words", nargs=-1, metavar="[NETWORK|RUN] [UNIT] [N]", shell_complete=played)
@click.option("--timeout", type=POSITIVE, default=30.0, show_default=True, metavar="SECONDS", help="Wait so long.")
@attached
def command(link: Link, words: tuple[str, ...], timeout: float) -> int:
    """Play a run on by N (1) units, and have it rest again. A run that is running is paused first.

    UNIT is batch (one optimizer step, if none is named), epoch, sample, or message: those are printed.

    \b
    deepnet step cars
    deepnet step cars epoch 5
    deepnet step message 3        where there is one network only
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    target, unit, times = _sorted(words)
    number = run(link, target)
    return link.tell_change(number, link.post(f"/runs/{number}/step", unit=unit, n=times, timeout=timeout))


def _sorted(words: tuple[str, ...]) -> tuple[str | None, str, int]:
    """Return which run, which unit and how many: each may be left out."""
    rest = list(words)
    times = _how_many(rest.pop()) if rest and rest[-1].lstrip("-").isdecimal() else 1
    unit = rest.pop() if rest and rest[-1] in UNITS else "batch"
    if len(rest) > 1:
        raise InputError(f"{rest[1]!r} is no unit: use one of {', '.join(UNITS)}, and then how many")
    return (rest[0] if rest else None), unit, times


def _how_many(text: str) -> int:
    if int(text) < 1:
        raise InputError(f"{text} is not 1 or more: say how many steps, such as 1")
    return int(text)
