"""`deepnet resume`: go on with a run that was kept in a folder, where its last checkpoint was made."""

from dataclasses import replace

import click

from deepnet.cli.options import COUNT, POSITIVE
from deepnet.cli.train.job import from_plain, prepare_job, require_same_rows
from deepnet.cli.train.learn import carry_out, check_outputs, warn
from deepnet.logs import configure
from deepnet.runs.durable import Checkpoints, read_origin
from deepnet.settings import read_settings


@click.command("resume")
@click.argument("folder")
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
def command(
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
    """Go on with the run in FOLDER, which was given to `deepnet train --run-dir`.

    It ends as it would have ended had nobody stopped it: with the same weights, to the last bit. The data must still
    be there, and the same.
    """
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
