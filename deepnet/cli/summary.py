"""`deepnet summary`: what a model is made of, layer by layer."""

import json
import re

import click

from deepnet.cli.main import DONE
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.arrays import DTYPES
from deepnet.maths.model import Chain, mlp
from deepnet.maths.outline import mermaid, outline

_DIGITS = re.compile(r"[\d-]*\d[\d-]*")
_SIZES = re.compile(r"\d{1,9}(-\d{1,9})+")


@click.command("summary")
@click.argument("model", metavar="MODEL|SIZES")
@click.option("--activation", type=click.Choice(sorted(ACTIVATIONS)), help="Of hidden layers; relu unless given.")
@click.option("--output-activation", type=click.Choice(sorted(ACTIVATIONS)), help="Of the last; identity unless given.")
@click.option("--dtype", type=click.Choice(DTYPES), help="Of the parameters; float32 unless given.")
@click.option("--mermaid", "as_graph", is_flag=True, help="Print a graph in the language of Mermaid instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def command(
    context: click.Context,
    model: str,
    activation: str | None,
    output_activation: str | None,
    dtype: str | None,
    as_graph: bool,
    as_json: bool,
) -> int:
    """Show the layers of a saved MODEL, or of a network of these SIZES, such as 7-32-8-1.

    SIZES are how many numbers come in and how many neurons each layer has. The activations and the dtype are for
    SIZES; a saved model has its own. A file whose name looks like sizes is ./7-32-8-1.
    """
    if as_graph and as_json:
        raise click.UsageError("--mermaid and --json exclude each other: give one of them", context)
    if _DIGITS.fullmatch(model):
        chain, dtype = _sized(model, activation or "relu", output_activation or "identity"), dtype or "float32"
    else:
        given = {"--activation": activation, "--output-activation": output_activation, "--dtype": dtype}
        if own := [option for option, value in given.items() if value is not None]:
            raise click.UsageError(f"{own[0]} is for sizes, such as 7-32-8-1: a saved model has its own", context)
        chain, dtype = _saved(model)
    if as_graph:
        click.echo(mermaid(chain), nl=False)
    elif as_json:
        click.echo(json.dumps(outline(chain, dtype).to_dict()))
    else:
        from deepnet.terminal.outline import show_outline  # noqa: PLC0415 - rich is for people only

        show_outline(outline(chain, dtype))
    return DONE


def _sized(sizes: str, activation: str, output_activation: str) -> Chain:
    if not _SIZES.fullmatch(sizes):
        raise click.BadParameter(
            f"{sizes!r} is no network: give two sizes or more, joined by -, such as 7-32-8-1", param_hint="SIZES"
        )
    inputs, *hidden, outputs = map(int, sizes.split("-"))
    return mlp(inputs, tuple(hidden), outputs, activation, output_activation=output_activation)


def _saved(path: str) -> tuple[Chain, str]:
    from deepnet.persistence.model_file import load_model  # noqa: PLC0415 - sizes need no file

    saved = load_model(path)
    return saved.model, saved.dtype
