"""`deepnet create`: a network of the service that has learnt nothing yet."""

import re
from typing import Any

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.options import SEED, NewName
from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels.choice import KERNELS

_LAYERS = re.compile(r"[1-9]\d{0,4}(-[1-9]\d{0,4})+(:\w+){0,2}")


class _Layers(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """Inputs and widths of layers, and activations of the hidden ones and of the last."""

    name = "layers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _LAYERS.fullmatch(value):
            self.fail(f"{value!r} is no network: write sizes joined by -, such as 3-8-1 or 3-8-1:relu", param, ctx)
        return str(value)


@click.command("create")
@click.argument("name", type=NewName(), required=False)
@click.option(
    "--layers",
    type=_Layers(),
    required=True,
    metavar="SIZES[:ACTIVATION]",
    help="Such as 3-8-1:relu or 4-8-3:relu:softmax; inputs come first.",
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Where chance begins.")
@click.option("--granularity", type=click.Choice(["neuron", "layer"]), default="neuron", show_default=True)
@click.option("--dtype", type=click.Choice(DTYPES), default="float32", show_default=True)
@click.option("--kernels", type=click.Choice(KERNELS), help="What computes; by default what the service has.")
@attached
def command(
    link: Link, name: str | None, layers: str, seed: int, granularity: str, dtype: str, kernels: str | None
) -> int:
    """Bring up a network, called NAME; `deepnet train DATA --service NAME` makes one that fits a table and trains it.

    \b
    deepnet create small --layers 3-8-1:relu
    deepnet predict small --row 1,0,0
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    made = link.post(
        "/networks", name=name, layers=layers, seed=seed, granularity=granularity, dtype=dtype, kernels=kernels
    )
    return link.say(made, f"{made['name']} is up: {layers}, seed {seed}")
