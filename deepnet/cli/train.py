"""`deepnet train`: learn a column of a table, measure it on rows held out, save the model."""

import json
import sys
import time
from dataclasses import asdict
from typing import Any

import click

from deepnet.cli.main import DONE, FAILED, INTERRUPTED
from deepnet.cli.options import COUNT, SEED, Names, Positive, Share, Widths
from deepnet.data.dataset import load_dataset
from deepnet.logs import configure
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.losses import LOSSES
from deepnet.maths.model import mlp
from deepnet.maths.optimizers import OPTIMIZERS, optimizer_named
from deepnet.maths.parameters import fingerprint
from deepnet.persistence.model_file import SavedModel, check_writable, save_model
from deepnet.runs.network import Network, start
from deepnet.runs.run import Run
from deepnet.runs.tabular import PreparedTable, prepare_table, score
from deepnet.settings import read_settings
from deepnet.training.until import Until

METRIC = "mean_absolute_error"


@click.command("train", short_help="Learn a column of a table.")
@click.argument("data")
@click.option("--target", metavar="COLUMN", help="The column to learn; a built-in table has its own.")
@click.option("--features", type=Names(), metavar="A,B", help="Learn it from these columns only.")
@click.option("--ignore", type=Names(), default=(), metavar="A,B", help="Leave these columns out.")
@click.option("--drop-missing", is_flag=True, help="Leave out rows that lack a value.")
@click.option("--standardize/--no-standardize", default=True, help="Scale features by the training rows.")
@click.option("--test", "test_fraction", type=Share(), default=0.2, show_default=True, help="Share of rows held out.")
@click.option("--hidden", type=Widths(), default="32,8", show_default=True, help="Widths of the hidden layers.")
@click.option("--activation", type=click.Choice(sorted(ACTIVATIONS)), default="relu", show_default=True)
@click.option("--loss", type=click.Choice(sorted(LOSSES)), default="mean_squared_error", show_default=True)
@click.option("--optimizer", type=click.Choice(sorted(OPTIMIZERS)), default="adam", show_default=True)
@click.option("--learning-rate", type=Positive(), default=0.001, show_default=True)
@click.option("--batch-size", type=COUNT, default=4, show_default=True, help="Rows learnt together.")
@click.option("--epochs", type=COUNT, default=40, show_default=True, help="Passes over the training rows.")
@click.option("--threshold", type=Positive(), help="Stop earlier, once the mean squared error is below this.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Where chance begins.")
@click.option("--granularity", type=click.Choice(["neuron", "layer"]), default="neuron", show_default=True)
@click.option("--dtype", type=click.Choice(["float32", "float64"]), default="float32", show_default=True)
@click.option("--save", metavar="MODEL", help="Write the model to this file.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
def command(data: str, save: str | None, quiet: bool, as_json: bool, **options: Any) -> int:
    """Learn a column of DATA, a CSV file or the built-in table auto-mpg, with a network of neuron actors."""
    configure(read_settings())
    if save is not None:
        check_writable(save)
    table = _read(data, options)
    model = mlp(len(table.dataset.features), options["hidden"], 1, options["activation"])
    until = Until(mean_squared_error=options["threshold"], epochs=options["epochs"])
    began = time.perf_counter()
    with start(
        model, name="train", seed=options["seed"], granularity=options["granularity"], dtype=options["dtype"]
    ) as network:
        progress = None if quiet or as_json else _progress()
        run = network.train(
            table.inputs,
            table.targets,
            until=until,
            loss=options["loss"],
            optimizer=optimizer_named(options["optimizer"], options["learning_rate"]),
            batch_size=options["batch_size"],
            metrics=(METRIC,),
        )
        interrupted = _follow(run, progress)
        facts = _facts(table, network, run, time.perf_counter() - began, options)
        parameters = network.parameters()
    if save is not None and run.state != "failed":
        saved = SavedModel(
            model=model,
            parameters=parameters,
            features=table.dataset.features,
            target=table.dataset.target,
            standardizer=table.standardizer,
            dtype=options["dtype"],
            training={key: facts[key] for key in ("epochs", "steps", "seed", "r2", "mean_absolute_error", "state")},
        )
        save_model(save, saved)
    _show(facts, None if run.state == "failed" else save, as_json=as_json)
    if interrupted:
        click.echo(f"deepnet: interrupted, stopped at the seal of step {facts['steps']}", err=True)
        return INTERRUPTED
    if run.state == "failed":
        click.echo(f"deepnet: {run.reason}", err=True)
        return FAILED
    return DONE


def _read(data: str, options: dict[str, Any]) -> PreparedTable:
    """Read and prepare the table; warn of what a person should know before they trust the result."""
    dataset = load_dataset(
        data,
        target=options["target"],
        features=options["features"],
        ignore=options["ignore"],
        drop_missing=options["drop_missing"],
    )
    table = prepare_table(
        dataset,
        test_fraction=options["test_fraction"],
        seed=options["seed"],
        standardize=options["standardize"],
    )
    for leak in table.leaks:
        click.echo(f"deepnet: warning: {leak.reason}; to learn without it: --ignore {leak.feature}", err=True)
    for feature in table.constants:
        click.echo(f"deepnet: warning: {feature} is the same in every training row and teaches nothing", err=True)
    return table


def _progress() -> Any:
    from rich.console import Console  # noqa: PLC0415 - rich is for people only

    from deepnet.terminal.progress import RunProgress  # noqa: PLC0415

    return RunProgress(Console(file=sys.stderr), METRIC)


def _follow(run: Run, progress: Any) -> bool:
    """Wait for the end, showing how far it is; True if Ctrl-C brought it."""
    try:
        if progress is None:
            while not run.ended_within(60):
                pass
        else:
            progress.follow(run)
    except KeyboardInterrupt:
        run.stop()
        return True
    return False


def _facts(table: PreparedTable, network: Network, run: Run, seconds: float, options: dict[str, Any]) -> dict[str, Any]:
    """What came out, as plain data."""
    summary = network.summary()
    return {
        **asdict(score(network.predict(table.test_inputs), table.test_targets)),
        "baseline": asdict(table.baseline),
        "target": table.dataset.target,
        "features": list(table.dataset.features),
        "leaks": [leak.feature for leak in table.leaks],
        "rows": {"train": len(table.targets), "test": len(table.test_targets)},
        "neurons": summary.neurons,
        "parameters": summary.parameters,
        "granularity": summary.granularity,
        "dtype": summary.dtype,
        "epochs": summary.epoch,
        "steps": summary.step,
        "messages": summary.messages,
        "restarts": summary.restarts,
        "seconds": seconds,
        "seed": options["seed"],
        "state": run.state,
        "reason": run.reason,
        "weights_sha256": fingerprint(network.parameters()),
        "history": [asdict(record) for record in run.history],
    }


def _show(facts: dict[str, Any], save: str | None, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**facts, "saved": save}))
        return
    from deepnet.terminal.summary import show_training  # noqa: PLC0415 - rich is for people only

    show_training(facts, save)
