"""`deepnet plot`: charts of activations, of a run's history and of a model's predictions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
import numpy as np

from deepnet.cli.main import DONE
from deepnet.cli.options import Names
from deepnet.data.files import one_line
from deepnet.data.truth import load_truth
from deepnet.errors import DataError, InputError
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.arrays import as_batch
from deepnet.maths.local import forward
from deepnet.maths.parameters import checked_parameters
from deepnet.persistence.model_file import load_model
from deepnet.plots.activations import activation_figure
from deepnet.plots.figures import Figure
from deepnet.plots.files import check_chart_path, write_chart
from deepnet.plots.history import history_figure
from deepnet.plots.predictions import predictions_figure
from deepnet.plots.spec import specification
from deepnet.training.history import read_history

OUTPUT = click.option("--output", "-o", metavar="FILE", help="Write it to this .svg, .png or .json file instead.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print its Vega-Lite specification and nothing else.")


@click.group("plot")
def command() -> None:
    """Draw a chart: as text, or as a picture with --output.

    Pictures need an extra: pip install vl-convert-python. Text and .json, a Vega-Lite specification, do not.
    """


@command.command("activations", short_help="Values and slopes of activations.")
@click.argument("names", nargs=-1, metavar="[NAME]...", type=click.Choice(sorted(ACTIVATIONS)))
@OUTPUT
@AS_JSON
def activations(names: tuple[str, ...], output: str | None, as_json: bool) -> int:
    """Draw the value and the slope of activations, such as relu and tanh; of all of them if none is named."""
    _check(output)
    return _show(activation_figure(names), output, as_json=as_json)


@command.command("history", short_help="Loss and metrics of each epoch.")
@click.argument("history")
@click.option("--metrics", type=Names(), metavar="A,B", help="Draw these metrics only; all that were measured if none.")
@OUTPUT
@AS_JSON
def history(history: str, metrics: tuple[str, ...] | None, output: str | None, as_json: bool) -> int:
    """Draw loss and metrics of each epoch in HISTORY, a .json or .csv file made by `deepnet train --history`."""
    _check(output)
    records = read_history(history)
    with _naming(history):
        figure = history_figure(records, metrics)
    return _show(figure, output, as_json=as_json)


@command.command("predictions", short_help="A model's predictions beside what is true.")
@click.argument("model")
@click.argument("data")
@click.option("--missing", type=click.Choice(["error", "drop"]), help="What to do about rows that lack a value.")
@OUTPUT
@AS_JSON
def predictions(model: str, data: str, missing: str | None, output: str | None, as_json: bool) -> int:
    """Draw what MODEL predicts for DATA beside what is true: points, or for classes a confusion matrix.

    DATA is any source that `deepnet train` takes, with the column that is predicted; of a source that sets rows
    aside for testing, these are drawn. Missing values are filled if MODEL was trained so, and an error if not.
    """
    _check(output)
    saved = load_model(model)
    preparation = saved.preparation
    usual = "error" if preparation.filler is None else "mean"
    inputs, targets = load_truth(
        data,
        saved.features,
        saved.target,
        task=saved.task,
        labels=saved.labels,
        encoder=preparation.encoder,
        missing=missing or usual,
    )
    with _naming(data):
        with np.errstate(over="ignore"):  # what becomes infinite is refused by name
            prepared = preparation.apply(inputs)
        rows = as_batch("the prepared features", prepared, saved.dtype, saved.model.inputs)
        outputs = forward(saved.model, checked_parameters(saved.model, saved.parameters, saved.dtype), rows)
        figure = predictions_figure(targets, outputs, target=saved.target, labels=saved.labels)
    return _show(figure, output, as_json=as_json)


@contextmanager
def _naming(source: str) -> Iterator[None]:
    """Say of which source it is true that it cannot be drawn."""
    try:
        yield
    except InputError as error:
        raise DataError(f"{one_line(source)}: {error}") from None


def _check(output: str | None) -> None:
    """Refuse an output that cannot be written before any work is done for it."""
    if output is not None:
        check_chart_path(output)


def _show(figure: Figure, output: str | None, *, as_json: bool) -> int:
    spec = specification(figure)
    if output is not None:
        write_chart(spec, output)
    if as_json:
        click.echo(json.dumps(spec, allow_nan=False))
    elif output is not None:
        click.echo(output)
    else:
        from deepnet.terminal.charts import show_chart  # noqa: PLC0415 - rich is for people only

        show_chart(figure)
    return DONE
