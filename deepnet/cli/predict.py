"""`deepnet predict`: what a saved model, or a network of the service, makes of a table."""

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from deepnet.cli.attach import DATA_DIR, URL, Link, is_a_path, naming_the_file, reach
from deepnet.cli.complete import networks_or_files, tables
from deepnet.cli.main import DONE
from deepnet.cli.options import Numbers
from deepnet.data.dataset import Features, load_features
from deepnet.data.files import one_line, quoted
from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import Batch
from deepnet.maths.local import forward
from deepnet.maths.parameters import checked_parameters
from deepnet.persistence.model_file import SavedModel, load_model
from deepnet.runs.answering import PROBABLE, chances_of, predictions


@click.command("predict")
@click.argument("model", metavar="MODEL|NETWORK", shell_complete=networks_or_files)
@click.argument("data", required=False, shell_complete=tables)
@click.option(
    "--missing",
    type=click.Choice(["error", "drop"]),
    help="What to do with rows that lack a value; a model trained with means fills them in.",
)
@click.option("--probabilities", is_flag=True, help="Of classes, print how probable each one is.")
@click.option(
    "--row",
    "rows",
    type=Numbers(),
    multiple=True,
    metavar="X,X,...",
    help="Instead of DATA, numbers for a NETWORK, in the units of the table that it has learnt; repeatable.",
)
@DATA_DIR
@URL
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of CSV.")
def command(
    model: str,
    data: str | None,
    missing: str | None,
    probabilities: bool,
    rows: tuple[tuple[float, ...], ...],
    data_dir: str | None,
    url: str | None,
    as_json: bool,
) -> int:
    """Print a prediction for each row of DATA: a file or a set as `deepnet train` takes it.

    A table needs the columns that MODEL was trained on, and no target. Of a set that keeps rows apart for
    testing, these are predicted. The output is CSV: the line (or row) of DATA, and its prediction: a number, or
    the name of a class. A NETWORK of the service is asked as it is now, also while it learns.

    \b
    deepnet predict cars.model new.csv
    deepnet predict cars new.csv          cars is a network of the service; a file of that name is ./cars
    deepnet predict small --row 1,0,0
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    if bool(rows) == (data is not None):
        raise InputError("say what to predict for: give DATA, or for a network of the service --row X,X,...")
    if data is None or not is_a_path(model, is_there=Path(model).is_file(), data_dir=data_dir, url=url):
        from deepnet.cli.predict_there import predict_rows, predict_table  # noqa: PLC0415 - it needs a service

        with naming_the_file(model), reach(data_dir, url) as service:
            link = Link(service, as_json=as_json)
            if data is None:
                return predict_rows(link, model, rows)
            return predict_table(link, model, data, missing=missing, probabilities=probabilities)
    saved = load_model(model)
    return answer(saved, data, _outputs, missing=missing, probabilities=probabilities, as_json=as_json)


def answer(
    saved: SavedModel,
    data: str,
    compute: Callable[[SavedModel, Batch], Batch],
    *,
    missing: str | None,
    probabilities: bool,
    as_json: bool,
) -> int:
    """Print what *compute* makes of the rows of *data* that have been prepared as *saved* says."""
    if probabilities:
        _refuse_improbable(saved)
    usual = "error" if saved.preparation.filler is None else "mean"
    features = load_features(
        data, saved.features, encoder=saved.preparation.encoder, missing=usual if missing is None else missing
    )
    outputs = _checked_outputs(saved, data, features, compute)
    chances = chances_of(saved.model.dense[-1].activation, outputs) if probabilities else None
    if as_json:
        click.echo(json.dumps(_facts(saved, features, outputs, chances)))
    else:
        _write(saved, features, outputs, chances)
    return DONE


def _outputs(saved: SavedModel, inputs: Batch) -> Batch:
    return forward(saved.model, checked_parameters(saved.model, saved.parameters, saved.dtype), inputs)


def _checked_outputs(
    saved: SavedModel, data: str, features: Features, compute: Callable[[SavedModel, Batch], Batch]
) -> Batch:
    """Return what the network makes of the rows, (rows, outputs)."""
    prepared = saved.preparation.apply(features.values)
    with np.errstate(over="ignore"):
        inputs = np.ascontiguousarray(prepared, dtype=saved.dtype)
    if not np.isfinite(inputs).all():
        row, column = np.argwhere(~np.isfinite(inputs))[0].tolist()
        name = quoted(saved.features[column])
        raise DataError(
            f"{_place(data, features, row)}: {name} is too large for {saved.dtype}: give it in the unit of the training"
        )
    outputs = compute(saved, inputs)
    if np.isnan(outputs).any():
        row = int(np.isnan(outputs).any(axis=1).argmax())
        place = _place(data, features, row)
        raise DataError(f"{place}: the network puts out nan: give its features in the unit of the training")
    return outputs


def _place(data: str, features: Features, row: int) -> str:
    return f"{one_line(data)}, {features.place} {features.lines[row]}"


def _refuse_improbable(saved: SavedModel) -> None:
    last = saved.model.dense[-1].activation
    if not saved.labels:
        raise InputError(f"this model predicts {one_line(saved.target)}, a number: leave --probabilities out")
    if last not in PROBABLE:
        raise InputError(f"the last layer of this model is {last}, which gives no probabilities: leave them out")


def _facts(saved: SavedModel, features: Features, outputs: Batch, chances: Batch | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"target": saved.target, "task": saved.task, "lines": features.lines.tolist()}
    facts["predictions"] = predictions(saved.labels, outputs)
    if saved.labels:
        facts["labels"] = saved.labels
    if chances is not None:
        facts["probabilities"] = chances.tolist()
    return facts


def _write(saved: SavedModel, features: Features, outputs: Batch, chances: Batch | None) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    several = not saved.labels and outputs.shape[1] > 1
    names = [f"{saved.target}_{place}" for place in range(outputs.shape[1])] if several else [saved.target]
    writer.writerow(("line", *names, *(saved.labels if chances is not None else ())))
    for row, (line, prediction) in enumerate(zip(features.lines, predictions(saved.labels, outputs), strict=True)):
        values = prediction if several else [prediction]
        numbers = [] if chances is None else chances[row].tolist()
        writer.writerow((int(line), *map(short, values), *map(short, numbers)))


def short(value: Any) -> str:
    """Write a number with six digits, and a text as it is."""
    return value if isinstance(value, str) else f"{value:.6g}"
