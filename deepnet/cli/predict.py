"""`deepnet predict`: what a saved model makes of a table."""

import csv
import json
import sys

import click

from deepnet.cli.main import DONE
from deepnet.data.dataset import load_features
from deepnet.maths.arrays import as_batch
from deepnet.maths.local import forward
from deepnet.maths.parameters import checked_parameters
from deepnet.persistence.model_file import load_model


@click.command("predict", short_help="Predict a column with a saved model.")
@click.argument("model")
@click.argument("data")
@click.option("--drop-missing", is_flag=True, help="Leave out rows that lack a value.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of CSV.")
def command(model: str, data: str, drop_missing: bool, as_json: bool) -> int:
    """Print a prediction for each row of DATA, a CSV file with the columns that MODEL was trained on.

    The output is CSV: the line of DATA that a row stands in, and its prediction.
    """
    saved = load_model(model)
    inputs, lines = load_features(data, saved.features, drop_missing=drop_missing)
    if saved.standardizer is not None:
        inputs = saved.standardizer.apply(inputs)
    rows = as_batch("the features", inputs, saved.dtype, saved.model.inputs)
    outputs = forward(saved.model, checked_parameters(saved.model, saved.parameters, saved.dtype), rows)[:, 0]
    if as_json:
        facts = {"target": saved.target, "lines": lines.tolist(), "predictions": outputs.tolist()}
        click.echo(json.dumps(facts))
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("line", saved.target))
        writer.writerows((int(line), f"{output:.6g}") for line, output in zip(lines, outputs, strict=True))
    return DONE
