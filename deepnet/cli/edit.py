"""`deepnet edit`: other weights or another bias for one neuron, while it learns."""

from collections.abc import Sequence
from typing import Any

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import places
from deepnet.cli.options import FINITE, Numbers
from deepnet.cli.targets import neuron
from deepnet.errors import InputError


class _Weight(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """One weight by the number of its input: 2=0.5."""

    name = "weight"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        place, _, number = value.partition("=")
        if not place.strip().isdecimal():
            self.fail(f"{value!r} is no input with its weight, such as 2=0.5", param, ctx)
        return place.strip(), FINITE.convert(number, param, ctx)


@click.command("edit")
@click.argument("target", metavar="[NETWORK/]NEURON", shell_complete=places)
@click.option(
    "--weight", "some", type=_Weight(), multiple=True, metavar="I=W", help="The weight of input I; repeatable."
)
@click.option("--weights", type=Numbers(), metavar="W,W,...", help="All weights, first input first.")
@click.option("--bias", type=FINITE, help="The bias.")
@attached
def command(
    link: Link, target: str, some: Sequence[tuple[str, float]], weights: Sequence[float] | None, bias: float | None
) -> int:
    """Set weights and the bias of a neuron; `deepnet undo` puts them back.

    \b
    deepnet edit cars/dense_0/3 --bias 0.5
    deepnet edit cars/dense_0/3 --weight 0=0.1 --weight 2=-0.5
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    if weights is not None and some:
        raise InputError("--weights are all of them: leave --weight out, or --weights")
    body = {"weights": list(weights) if weights is not None else dict(some) or None, "bias": bias}
    body = {name: value for name, value in body.items() if value is not None}
    if not body:
        raise InputError("nothing is to be set: give --bias, --weight or --weights")
    place = neuron(link, target)
    return link.tell_change(place, link.patch(place.path, body))
