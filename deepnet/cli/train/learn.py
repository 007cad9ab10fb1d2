"""The command itself: learn, measure, keep."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from deepnet import events
from deepnet.cli.complete import tables
from deepnet.cli.main import DONE, FAILED, INTERRUPTED
from deepnet.cli.train.facts import FIGURES, chaos_facts, facts_of
from deepnet.cli.train.job import MOST_NAMED, Job, Options, prepare_job, to_plain
from deepnet.cli.train.options import train_options
from deepnet.cli.train.plan_file import SUFFIX, read_plan
from deepnet.cli.train.there import require_fitting, train_there
from deepnet.data.files import listed, one_line
from deepnet.errors import DataError
from deepnet.logs import configure
from deepnet.maths.parameters import LayerParameters, fingerprint
from deepnet.persistence.model_file import SavedModel, check_writable, save_model
from deepnet.persistence.whole_file import write_whole
from deepnet.runs.chaos import Chaos, disturb
from deepnet.runs.durable import Checkpoints
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.settings import read_settings
from deepnet.training.history import to_csv, to_json


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


@click.command("train", cls=_Train)
@click.argument("data", shell_complete=tables)
@train_options
@click.pass_context
def command(
    context: click.Context, /, *, data: str, save: str | None, quiet: bool, as_json: bool, **options: Any
) -> int:
    """Learn from DATA with a network of neuron actors, and measure it on rows that were held out.

    DATA is a table (CSV, TSV or Parquet), an NPZ file, a folder with the four IDX files of a set like MNIST, a
    built-in set (auto-mpg, iris, digits, xor, circles, moons, spirals), or a plan: a TOML file with these options.

    \b
    deepnet train auto-mpg --save cars.model
    deepnet train cars.csv --target mpg --service cars     in the service; again, and it learns on
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    configure(read_settings())
    there = {name: options.pop(name) for name in ("name", "wait", "data_dir", "url")}
    there["given"] = [
        name for name in options if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    require_fitting(context, for_service=there["name"] is not None)
    if there["name"] is not None:
        return train_there(lambda: prepare_job(data, options, warn), there, quiet=quiet, as_json=as_json)
    check_outputs(save, options)
    job = prepare_job(data, options, warn)
    kept: dict[str, Any] = {}
    if options["run_dir"] is not None:
        when = Checkpoints(
            every_steps=options["every_steps"], every_seconds=options["every_seconds"], keep=options["keep"]
        )
        kept = {"run_dir": options["run_dir"], "checkpoints": when, "origin": to_plain(data, job)}
    return carry_out(job, save=save, quiet=quiet, as_json=as_json, **kept)


def carry_out(job: Job, *, save: str | None, quiet: bool, as_json: bool, **kept: Any) -> int:
    """Learn, show what comes out, and keep it; return the exit code.

    Args:
        job: what to learn.
        save: the file for the model, or None.
        quiet: show no progress.
        as_json: print one JSON object.
        kept: arguments of `Network.train` that keep the run in a folder.
    """
    chaos: Chaos | None = job.options["chaos"]
    if chaos is not None and job.options["chaos_seed"] is not None:
        chaos = Chaos(chaos.kills, chaos.per, job.options["chaos_seed"])
    with job.start() as network:
        _prepare(network, quiet=quiet)
        progress = None if quiet or as_json else _progress(job.head.metrics[0])
        began = time.perf_counter()
        with nullcontext() if chaos is None else disturb(network, chaos) as disturbance:
            run = job.train(network, **kept)
            for problem in run.problems:
                warn(f"a damaged checkpoint is passed over: {problem}")
            interrupted = _follow(run, progress)
        if run.resumed_at == run.position.step and run.state == "finished":
            click.echo(f"deepnet: the run was over already: {run.reason}", err=True)
        facts = facts_of(job.table, job.head, network, run, time.perf_counter() - began)
        parameters = network.parameters()
    if disturbance is not None and not interrupted:
        facts["chaos"] = chaos_facts(disturbance, _is_undisturbed(job, facts))
    if run.state != "failed":
        _warn_of_dead_neurons(facts["dead_neurons"])
    _write_history(run, job.options)
    place = None if run.state == "failed" else save
    if place is not None:
        save_model(place, _saved(job, parameters, facts))
    if as_json or run.state != "failed":  # what a failed run's weights score is for machines to read
        _show(facts, place, as_json=as_json)
    if interrupted:
        click.echo(f"deepnet: interrupted, stopped at the seal of step {facts['steps']}", err=True)
        return INTERRUPTED
    if run.state == "failed":
        click.echo(f"deepnet: {run.reason}", err=True)
        return FAILED
    return DONE if disturbance is None or facts["chaos"]["same_weights"] else FAILED


def _prepare(network: Network, *, quiet: bool) -> None:
    """Do what takes time, and let a person know of it."""
    network.watchers.add(_warn_of_checkpoints)
    if not quiet:
        network.watchers.add(_tell_of_kernels)
    network.load_kernels()


def _is_undisturbed(job: Job, facts: Mapping[str, Any]) -> bool:
    """Learn the same once more, with nobody dying; whether the weights are the same."""
    with job.start() as network:
        job.train(network).wait()
        same: bool = fingerprint(network.parameters()) == facts["weights_sha256"]
        return same


def check_outputs(save: str | None, options: Options) -> None:
    """Refuse now what could not be written after all the work."""
    for path in (save, options["history"]):
        if path is not None:
            check_writable(path)
    if options["history"] is not None and Path(options["history"]).suffix.lower() not in {".json", ".csv"}:
        raise DataError(f"{one_line(options['history'])}: is neither .json nor .csv: end its name with one of them")
    if options["plot"] is not None:
        from deepnet.plots import check_chart_path  # noqa: PLC0415 - few ask for it

        check_chart_path(options["plot"])


def _saved(job: Job, parameters: Sequence[LayerParameters], facts: Mapping[str, Any]) -> SavedModel:
    kept = ("epochs", "steps", "seed", "state", "reason", *FIGURES[facts["task"]])
    dataset = job.table.dataset
    return SavedModel(
        model=job.model,
        parameters=parameters,
        features=dataset.features,
        target=dataset.target,
        dtype=facts["dtype"],
        training={key: facts[key] for key in kept},
        preparation=job.table.preparation,
        task=dataset.task,
        labels=dataset.labels,
    )


def warn(text: str) -> None:
    """Say on stderr what a person should know."""
    click.echo(f"deepnet: warning: {text}", err=True)


def _warn_of_dead_neurons(addresses: Sequence[str]) -> None:
    if addresses:
        are, them = ("is", "it") if len(addresses) == 1 else ("are", "them")
        warn(
            f"{listed(addresses, MOST_NAMED)} {are} dead: nothing in the training rows moves {them} any more; "
            f"try another --seed, or --activation leaky_relu"
        )


def _warn_of_checkpoints(event: events.Event) -> None:
    if isinstance(event, events.CheckpointFailed):
        warn(f"no checkpoint of step {event.step}: {event.reason}; the run goes on")


def _tell_of_kernels(event: events.Event) -> None:
    if isinstance(event, events.KernelsCompiling):
        click.echo(f"deepnet: compiling the arithmetic for {event.dtype}, once on this machine ...", err=True)
    elif isinstance(event, events.KernelsCompiled):
        click.echo(f"deepnet: compiled in {event.seconds:.1f} s", err=True)


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
