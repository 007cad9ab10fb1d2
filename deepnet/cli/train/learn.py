"""The command itself: read, learn, measure, keep."""

import json
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from deepnet.cli.main import DONE, FAILED, INTERRUPTED
from deepnet.cli.options import Choice
from deepnet.cli.train.facts import FIGURES, facts_of
from deepnet.cli.train.options import train_options
from deepnet.cli.train.plan_file import SUFFIX, read_plan
from deepnet.data.dataset import load_dataset
from deepnet.data.files import listed, one_line
from deepnet.errors import DataError, InputError
from deepnet.logs import configure
from deepnet.maths.heads import Head, head_for
from deepnet.maths.model import Chain, mlp
from deepnet.maths.optimizers import optimizer_from_dict
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.schedules import schedule_named
from deepnet.persistence.model_file import SavedModel, check_writable, save_model
from deepnet.persistence.whole_file import write_whole
from deepnet.runs.network import start
from deepnet.runs.run import Run
from deepnet.runs.tabular import PreparedTable, prepare_table
from deepnet.settings import read_settings
from deepnet.training.history import to_csv, to_json
from deepnet.training.patience import Patience
from deepnet.training.until import Until

Options = Mapping[str, Any]
MOST_NAMED = 10
"""Of more things of a kind only the first are named, or how many there are."""


class _Train(click.Command):
    """A command whose argument may be a plan file, which then gives the defaults of its options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = list(args)
        rest = super().parse_args(ctx, args)
        data = ctx.params.get("data")
        if isinstance(data, str) and data.lower().endswith(SUFFIX):
            options = {
                name.removeprefix("--").replace("-", "_"): option
                for option in self.params
                if isinstance(option, click.Option)
                for name in option.opts
                if name.startswith("--") and name != "--help"
            }
            source, values = read_plan(data, options)
            ctx.default_map = {str(options[name].name): value for name, value in values.items()}
            ctx.params = {}
            rest = super().parse_args(ctx, given)
            ctx.params["data"] = source
        return rest


@click.command("train", cls=_Train, short_help="Learn a column of a table, or what a set of arrays holds.")
@click.argument("data")
@train_options
def command(data: str, *, save: str | None, quiet: bool, as_json: bool, **options: Any) -> int:
    """Learn from DATA with a network of neuron actors, and measure it on rows that were held out.

    DATA is a table (CSV, TSV or Parquet), an NPZ file, a folder with the four IDX files of a set like MNIST, a
    built-in set (auto-mpg, iris, digits, xor, circles, moons, spirals), or a plan: a TOML file with these options.
    """
    configure(read_settings())
    _check_outputs(save, options)
    how = _how(options)
    table = _read(data, options)
    head = head_for(table.dataset.task, table.targets.shape[1])
    model = _model(table, head, options)
    began = time.perf_counter()
    with start(
        model, name="train", seed=options["seed"], granularity=options["granularity"], dtype=options["dtype"]
    ) as network:
        progress = None if quiet or as_json else _progress(head.metrics[0])
        run = network.train(
            table.inputs,
            table.targets,
            loss=options["loss"] or head.loss,
            metrics=tuple(dict.fromkeys((*head.metrics, *options["metrics"]))),
            **how,
        )
        interrupted = _follow(run, progress)
        facts = facts_of(table, head, network, run, time.perf_counter() - began)
        parameters = network.parameters()
    if run.state != "failed":
        _warn_of_dead_neurons(facts["dead_neurons"])
    _write_history(run, options)
    kept = None if run.state == "failed" else save
    if kept is not None:
        save_model(kept, _saved(table, model, parameters, facts))
    _show(facts, kept, as_json=as_json)
    if interrupted:
        click.echo(f"deepnet: interrupted, stopped at the seal of step {facts['steps']}", err=True)
        return INTERRUPTED
    if run.state == "failed":
        click.echo(f"deepnet: {run.reason}", err=True)
        return FAILED
    return DONE


def _check_outputs(save: str | None, options: Options) -> None:
    """Refuse now what could not be written after all the work."""
    for path in (save, options["history"]):
        if path is not None:
            check_writable(path)
    if options["history"] is not None and Path(options["history"]).suffix.lower() not in {".json", ".csv"}:
        raise DataError(f"{one_line(options['history'])}: is neither .json nor .csv: end its name with one of them")
    if options["plot"] is not None:
        from deepnet.plots import check_chart_path  # noqa: PLC0415 - few ask for it

        check_chart_path(options["plot"])


def _read(data: str, options: Options) -> PreparedTable:
    """Read and prepare the data; warn of what a person should know before they trust the result."""
    dataset = load_dataset(
        data,
        target=options["target"],
        features=options["features"],
        ignore=options["ignore"],
        categorical=options["categorical"],
        missing=options["missing"],
        task=options["task"],
        seed=options["seed"],
    )
    table = prepare_table(
        dataset, test_fraction=options["test_fraction"], seed=options["seed"], scaling=options["scaling"]
    )
    for leak in table.leaks:
        _warn(f"{leak.reason}; to learn without it: --ignore {shlex.quote(leak.feature)}")
    if len(table.constants) <= MOST_NAMED:
        for feature in table.constants:
            _warn(f"{one_line(feature)} is the same in every training row and teaches nothing")
    else:
        _warn(f"{len(table.constants)} features are the same in every training row and teach nothing")
    for warning in table.warnings:
        _warn(warning)
    return table


def _model(table: PreparedTable, head: Head, options: Options) -> Chain:
    return mlp(
        table.inputs.shape[1],
        options["hidden"],
        head.neurons,
        options["activation"],
        output_activation=options["output_activation"] or head.activation,
        dropout=options["dropout"] or 0.0,
        initializer=options["initializer"],
    )


def _how(options: Options) -> dict[str, Any]:
    """Return how to learn, whatever the data are; what is wrong with it is said before they are read."""
    optimizer: Choice = options["optimizer"]
    schedule: Choice = options["schedule"]
    as_they_are = ("clip_value", "clip_norm", "l1", "l2", "batch_size", "drop_last", "shuffle", "validation")
    return {
        "until": _until(options),
        "optimizer": optimizer_from_dict(
            {"learning_rate": options["learning_rate"], **optimizer.options, "name": optimizer.name}
        ),
        "schedule": schedule_named(schedule.name, **schedule.options),
        **{name: options[name] for name in as_they_are},
    }


def _until(options: Options) -> Until:
    patience = None
    if options["patience"] is not None:
        usual = "loss" if options["validation"] is None else "validation_loss"
        patience = Patience(options["patience"], options["monitor"] or usual)
    elif options["monitor"] is not None:
        raise InputError("--monitor says what --patience looks at: give --patience too, such as --patience 5")
    return Until(
        epochs=options["epochs"],
        steps=options["steps"],
        seconds=options["seconds"],
        mean_squared_error=options["threshold"],
        below=dict(options["below"]),
        above=dict(options["above"]),
        patience=patience,
    )


def _saved(
    table: PreparedTable, model: Chain, parameters: Sequence[LayerParameters], facts: Mapping[str, Any]
) -> SavedModel:
    kept = ("epochs", "steps", "seed", "state", "reason", *FIGURES[facts["task"]])
    return SavedModel(
        model=model,
        parameters=parameters,
        features=table.dataset.features,
        target=table.dataset.target,
        dtype=facts["dtype"],
        training={key: facts[key] for key in kept},
        preparation=table.preparation,
        task=table.dataset.task,
        labels=table.dataset.labels,
    )


def _warn(text: str) -> None:
    click.echo(f"deepnet: warning: {text}", err=True)


def _warn_of_dead_neurons(addresses: Sequence[str]) -> None:
    if addresses:
        are, them = ("is", "it") if len(addresses) == 1 else ("are", "them")
        _warn(
            f"{listed(addresses, MOST_NAMED)} {are} dead: nothing in the training rows moves {them} any more; "
            f"try another --seed, or --activation leaky_relu"
        )


def _progress(metric: str) -> Any:
    from rich.console import Console  # noqa: PLC0415 - rich is for people only

    from deepnet.terminal.progress import RunProgress  # noqa: PLC0415

    return RunProgress(Console(file=sys.stderr), metric)


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


def _write_history(run: Run, options: Options) -> None:
    """Keep and draw the figures of the epochs, where that was asked for."""
    path, plot = options["history"], options["plot"]
    if path is not None:
        text = to_csv(run.history) if Path(path).suffix.lower() == ".csv" else to_json(run.history)
        write_whole(path, text.encode())
    if plot is not None and run.history:
        from deepnet.plots import history_chart, write_chart  # noqa: PLC0415 - few ask for it

        write_chart(history_chart(run.history), plot)


def _show(facts: dict[str, Any], save: str | None, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**facts, "saved": save}))
        return
    from deepnet.terminal.summary import show_training  # noqa: PLC0415 - rich is for people only

    show_training(facts, save)
