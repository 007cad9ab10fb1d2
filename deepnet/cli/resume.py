"""`deepnet resume`: go on with a run of a folder, where its last checkpoint was made, or a paused one of a service."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deepnet.cli.attach import DATA_DIR, URL, Link, is_a_path, naming_the_file, reach
from deepnet.cli.complete import networks_or_files
from deepnet.cli.options import COUNT, POSITIVE
from deepnet.cli.targets import run
from deepnet.errors import InputError


@click.command("resume")
@click.argument("target", metavar="[FOLDER|NETWORK|RUN]", required=False, shell_complete=networks_or_files)
@click.option("--skip-batch", is_flag=True, help="Leave out the next batch: nobody could get past it.")
@click.option(
    "--checkpoint-steps", "every_steps", type=COUNT, metavar="N", help="Make a checkpoint after each N steps ..."
)
@click.option(
    "--checkpoint-seconds",
    "every_seconds",
    type=POSITIVE,
    default=10.0,
    show_default=True,
    help="... and every T seconds.",
)
@click.option("--checkpoints-kept", "keep", type=COUNT, default=3, show_default=True, help="How many are kept.")
@click.option("--save", metavar="MODEL", help="Write the model to this file.")
@click.option("--history", metavar="FILE", help="Write the figures of each epoch to this .json or .csv file.")
@click.option("--plot", metavar="FILE", help="Draw them into this .svg, .png or .json (Vega-Lite) file.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@DATA_DIR
@URL
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    target: str | None,
    data_dir: str | None,
    url: str | None,
    as_json: bool,
    **options: Any,
) -> int:
    """Go on with the run in FOLDER, which was given to `deepnet train --run-dir`, or with a paused one of the service.

    A run in a folder ends as it would have ended had nobody stopped it: with the same weights, to the last bit. The
    data must still be there, and the same. All options but those of the service are for it.

    \b
    deepnet resume runs/cars
    deepnet resume cars           a network of the service, or its run: cars-1
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    is_run = target is not None and (Path(target) / "run.json").is_file()
    if target is not None and is_a_path(target, is_there=is_run, data_dir=data_dir, url=url):
        return _in_folder(target, as_json=as_json, **options)
    given = click.core.ParameterSource.COMMANDLINE
    if foreign := [name for name in options if context.get_parameter_source(name) is given]:
        option = next(parameter.opts[0] for parameter in context.command.params if parameter.name == foreign[0])
        raise InputError(f"{option} is for a run in a folder, and there is no folder {target or ''}: leave it out")
    with naming_the_file(target, "folder of a run"), reach(data_dir, url) as service:
        link = Link(service, as_json=as_json)
        number = run(link, target)
        return link.tell_change(number, link.post(f"/runs/{number}/resume"))


def _in_folder(
    folder: str,
    *,
    skip_batch: bool,
    every_steps: int | None,
    every_seconds: float,
    keep: int,
    save: str | None,
    history: str | None,
    plot: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    from deepnet.cli.train.job import from_plain, prepare_job, require_same_rows  # noqa: PLC0415 - to learn is heavy
    from deepnet.cli.train.learn import carry_out, check_outputs, warn  # noqa: PLC0415
    from deepnet.logs import configure  # noqa: PLC0415
    from deepnet.runs.durable import Checkpoints, read_origin  # noqa: PLC0415
    from deepnet.settings import read_settings  # noqa: PLC0415

    configure(read_settings())
    origin = read_origin(folder)
    data, options = from_plain(origin)
    options |= {"history": history, "plot": plot, "run_dir": folder}
    check_outputs(save, options)
    job = prepare_job(data, options, warn)
    require_same_rows(origin, job, folder)
    return carry_out(
        replace(job, options=options),
        save=save,
        quiet=quiet,
        as_json=as_json,
        run_dir=folder,
        checkpoints=Checkpoints(every_steps=every_steps, every_seconds=every_seconds, keep=keep),
        skip_batch=skip_batch,
    )
