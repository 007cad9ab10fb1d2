"""`deepnet faults`: what goes wrong with a network that learns, how much it hurts, and how it gets over it."""

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from deepnet.cli.main import DONE, FAILED, INTERRUPTED
from deepnet.cli.options import COUNT, NOT_NEGATIVE, POSITIVE, SEED, Names, Widths, plain_value
from deepnet.data.dataset import Dataset, load_dataset
from deepnet.errors import InputError
from deepnet.logs import configure
from deepnet.maths.heads import head_for
from deepnet.maths.kernels.choice import KERNELS
from deepnet.maths.model import Chain, mlp
from deepnet.maths.optimizers import Adam
from deepnet.persistence.whole_file import check_writable, write_whole
from deepnet.runs.campaign import HIDDEN, Campaign, Lesson, levels_of
from deepnet.runs.injecting import FAULTS
from deepnet.runs.recovery import Outcome, by_level, hardly_learnt, spread, undisturbed_errors
from deepnet.runs.tabular import prepare_table
from deepnet.settings import read_settings
from deepnet.training.interventions.faults import EVERYWHERE

UNFINISHED = 3
"""The exit code where runs are missing, and nothing worse happened."""
QUICK: dict[str, Any] = {"seeds": 1, "epochs": 15, "window": (5, 6)}


class _Window(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """The first and the last epoch of a fault: 9-12."""

    name = "window"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        first, _, last = value.partition("-")
        ends = plain_value(first), plain_value(last or first)
        if not all(type(end) is int and end >= 2 for end in ends) or ends[0] > ends[1]:
            self.fail(f"{value!r} is no first and last epoch, from 2 on, such as 9-12", param, ctx)
        return ends


@click.command("faults", short_help="Break a network on purpose, and measure how it gets over it.")
@click.argument("data", default="moons")
@click.option(
    "--fault", "faults", type=click.Choice(FAULTS), multiple=True, help="What goes wrong; repeatable. All by default."
)
@click.option(
    "--rate",
    "rates",
    type=POSITIVE,
    multiple=True,
    help="Probability that it strikes: at a message (0.002 and 0.01), or at a step (bit_flip 0.01 and 0.1, the other "
    "value faults 0.1 and 1); repeatable.",
)
@click.option(
    "--amount",
    "amounts",
    type=float,
    multiple=True,
    help="How much of one fault, see above; repeatable.",
)
@click.option("--share", type=POSITIVE, default=0.5, show_default=True, help="Of the neurons it happens to.")
@click.option(
    "--address", default=HIDDEN, show_default=True, help="Which neurons: hidden, network, a layer or a neuron."
)
@click.option("--seeds", type=COUNT, default=3, show_default=True, help="How many networks, each from its own seed.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="The first of the seeds.")
@click.option("--epochs", type=COUNT, default=30, show_default=True, help="Of each run.")
@click.option(
    "--window", type=_Window(), metavar="FIRST-LAST", help="Epochs of the fault; by default those before the middle."
)
@click.option(
    "--within",
    type=NOT_NEGATIVE,
    default=25.0,
    show_default=True,
    metavar="PERCENT",
    help="Recovered is what stays at most so far above the undisturbed error, up to the last epoch.",
)
@click.option("--target", metavar="COLUMN", help="The column to learn; a built-in table has its own.")
@click.option("--ignore", type=Names(), default=(), metavar="A,B", help="Leave these columns out.")
@click.option(
    "--missing",
    type=click.Choice(["error", "drop", "mean"]),
    default="error",
    show_default=True,
    help="What to do about rows that lack a value.",
)
@click.option("--hidden", type=Widths(), default="8,8", show_default=True, help="Widths of the hidden layers.")
@click.option("--learning-rate", type=POSITIVE, default=0.01, show_default=True, help="Of Adam.")
@click.option("--batch-size", type=COUNT, default=32, show_default=True, help="Rows learnt together.")
@click.option("--granularity", type=click.Choice(["neuron", "layer"]), default="neuron", show_default=True)
@click.option("--kernels", type=click.Choice(KERNELS), default="numpy", show_default=True, help="What computes.")
@click.option(
    "--seconds", type=POSITIVE, default=20.0, show_default=True, help="Give up a run if a part of it takes longer."
)
@click.option("--quick", is_flag=True, help="One seed and 15 epochs, for those options that are not given.")
@click.option("--csv", "csv_path", metavar="FILE", help="Write the figures of each run to this file.")
@click.option("--plot", metavar="FILE", help="Draw errors and recoveries: .svg, .png, .html or .json (Vega-Lite).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
@click.pass_context
def command(ctx: click.Context, /, *, data: str, csv_path: str | None, plot: str | None, **options: Any) -> int:
    """Break a network on purpose while it learns, and measure how it gets over it.

    Each run learns undisturbed, then has a fault for some epochs, then is left alone; beside it stands the same run
    without. Lost, late, doubled messages, crashes and hangs must not change one bit of the result: if they do, the
    exit code is 1. Stuck, noisy and lying neurons and flipped bits do: see how much, and how soon it has recovered.
    If a run was given up, or one with lost messages and the like did not get to its end, the exit code is 3: at a
    high rate no step may get through. That the error of a run with wrong values becomes nan is a result, with 0.

    DATA is a built-in set (moons by default, spirals, circles, xor, iris, digits, auto-mpg) or a table with --target.

    \b
    What --amount means, and what is usual:
      hang, delay  seconds (0.01)
      stuck_at     the output (0)
      noise        standard deviation (0.1)
      byzantine    largest absolute value (1)
      bit_flip     the bit, 0 to 31 (any)

    \b
    deepnet faults --quick
    deepnet faults --fault byzantine --rate 0.1 --rate 1 --plot byzantine.svg
    deepnet faults --fault bit_flip --amount 30 --amount 22 --amount 0 --share 1
    deepnet faults mine.csv --target price --csv faults.csv
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    configure(read_settings())
    options |= {
        name: value
        for name, value in QUICK.items()
        if options["quick"] and ctx.get_parameter_source(name) is click.core.ParameterSource.DEFAULT
    }
    campaign = _campaign(options)
    _check(csv_path, plot)
    dataset = load_dataset(
        data, target=options["target"], ignore=options["ignore"], missing=options["missing"], seed=options["seed"]
    )
    lesson = _lesson(dataset, options)
    where = _where(campaign, lesson.model)
    outcomes: list[Outcome] = []
    interrupted = False
    with _progress(campaign, show=not options["as_json"]) as note:
        try:
            for outcome in campaign.play(lesson):
                outcomes.append(outcome)
                note(outcome)
        except KeyboardInterrupt:
            interrupted = True
    if outcomes:
        told = f"{dataset.name}: mean squared error of rows held out; {_how_many(campaign.seeds)}; {where}"
        _write(outcomes, options, csv_path, plot, told)
    disturbed = len(campaign.levels) * len(campaign.seeds)
    if options["as_json"]:
        facts = {"interrupted": interrupted, "planned": disturbed, **_facts(outcomes, campaign, lesson, options)}
        click.echo(json.dumps({"data": dataset.name, **facts}, allow_nan=False))
    elif outcomes:
        _show(outcomes, campaign, lesson, {"data": dataset.name, "faults": where}, options["within"])
    if interrupted:
        click.echo(f"deepnet: interrupted after {len(outcomes)} of {disturbed} disturbed runs", err=True)
        return INTERRUPTED
    if any(outcome.is_wrong for outcome in outcomes):
        return FAILED
    return UNFINISHED if any(outcome.is_missing for outcome in outcomes) else DONE


def _campaign(options: Mapping[str, Any]) -> Campaign:
    epochs = options["epochs"]
    if options["window"] is None and epochs < 3:
        raise InputError(f"--epochs must be 3 or more, before, with and after the fault, got {epochs}")
    begin = max(2, (epochs * 3) // 10)
    first, last = options["window"] or (begin, max(begin, (epochs * 4) // 10))
    return Campaign(
        levels=levels_of(options["faults"] or FAULTS, options["rates"], options["amounts"]),
        seeds=tuple(range(options["seed"], options["seed"] + options["seeds"])),
        epochs=epochs,
        first=first,
        last=last,
        share=options["share"],
        address=options["address"],
        granularity=options["granularity"],
        kernels=options["kernels"],
        seconds=options["seconds"],
    )


def _lesson(dataset: Dataset, options: Mapping[str, Any]) -> Lesson:
    table = prepare_table(dataset, test_fraction=0.2, seed=options["seed"], scaling="standard")
    head = head_for(dataset.task, table.targets.shape[1])
    model = mlp(
        table.inputs.shape[1], options["hidden"], head.neurons, "tanh", output_activation=head.activation
    )  # fmt: skip
    return Lesson(
        model=model,
        inputs=table.inputs,
        targets=table.targets,
        held_out=(table.test_inputs, table.test_targets),
        loss=head.loss,
        optimizer=Adam(options["learning_rate"]),
        batch_size=options["batch_size"],
    )


def _check(csv_path: str | None, plot: str | None) -> None:
    """Refuse now what could not be written after all the work."""
    if csv_path is not None:
        check_writable(csv_path)
    if plot is not None:
        from deepnet.plots.page import check_picture_path  # noqa: PLC0415 - few ask for it

        check_picture_path(plot)


@contextmanager
def _progress(campaign: Campaign, *, show: bool) -> Iterator[Any]:
    """Show on a terminal how far the campaign is; hand in what is to be told of each run."""
    if not (show and sys.stderr.isatty()):
        yield lambda _outcome: None
        return
    from rich.console import Console  # noqa: PLC0415 - rich is for people only
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description:<32}"), BarColumn(None), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task("learning undisturbed", total=len(campaign.levels) * len(campaign.seeds))
        yield lambda outcome: progress.update(
            task,
            advance=1,
            description=f"{outcome.level.fault} at rate {outcome.level.rate:g}, seed {outcome.seed}",
        )


def _write(
    outcomes: Sequence[Outcome],
    options: Mapping[str, Any],
    csv_path: str | None,
    plot: str | None,
    told: str,
) -> None:
    if csv_path is not None:
        rows = [outcome.to_dict(options["within"]) for outcome in outcomes]
        # A row a run: what is a list has no place there.
        columns = [name for name, value in rows[0].items() if not isinstance(value, list)]
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_whole(csv_path, text.getvalue().encode())
    if plot is not None:
        from deepnet.plots.faults import faults_chart  # noqa: PLC0415 - few ask for it
        from deepnet.plots.page import write_picture  # noqa: PLC0415

        write_picture(faults_chart(outcomes, options["within"], told), plot)


def _facts(
    outcomes: Sequence[Outcome], campaign: Campaign, lesson: Lesson, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what --json tells: what was done, and what came of it."""
    within = options["within"]
    return {
        "network": _widths(lesson.model),
        "rows": {"training": len(lesson.inputs), "held_out": len(lesson.held_out[1])},
        "learning_rate": options["learning_rate"],
        "batch_size": lesson.batch_size,
        "seeds": list(campaign.seeds),
        "epochs": campaign.epochs,
        "fault_epochs": [campaign.first, campaign.last],
        "share": campaign.share,
        "address": campaign.address,
        "neurons": dict(zip(("struck", "of"), campaign.struck(lesson.model), strict=True)),
        "granularity": campaign.granularity,
        "kernels": campaign.kernels,
        "within_percent": within,
        "error_of_mean": lesson.error_of_mean,
        "hardly_learnt": list(hardly_learnt(outcomes, lesson.error_of_mean)),
        "runs": [outcome.to_dict(within) for outcome in outcomes],
    }


def _show(
    outcomes: Sequence[Outcome], campaign: Campaign, lesson: Lesson, names: Mapping[str, str], within: float
) -> None:
    from rich.console import Console  # noqa: PLC0415 - rich is for people only

    from deepnet.terminal.faults import number, show_campaign  # noqa: PLC0415

    rows = f"{len(lesson.inputs)} rows to learn from, errors of {len(lesson.held_out[1])} held out"
    ends = {outcome.seed: (outcome.before, outcome.undisturbed[-1]) for outcome in outcomes}
    before, after = (number(spread(errors).mean) for errors in zip(*ends.values(), strict=True))
    mean = number(lesson.error_of_mean)
    told = {
        "data": f"{names['data']}: {rows}",
        "network": f"{_widths(lesson.model)}, an actor a {campaign.granularity}; {_how_many(sorted(ends))}",
        "faults": names["faults"],
        "undisturbed": f"mean squared error {before} before that, {after} at the end",
        "mean alone": f"{mean}: the error of the mean as the answer to every row",
        "times": "the ratio to the undisturbed error of the same epoch",
    }
    warning, poor = "", hardly_learnt(outcomes, lesson.error_of_mean)
    if poor:
        errors = number(max(ends[seed][1] for seed in poor))
        of_seeds = "" if len(ends) == 1 else f" with {len(poor)} of {len(ends)} seeds"
        warning = (
            f"the undisturbed network has hardly learnt{of_seeds} (an error of {errors} at the end; the mean alone "
            f"gives {mean}): these figures mean little, give it more --epochs or another --learning-rate"
        )
    show_campaign(told, by_level(outcomes, within), undisturbed_errors(outcomes), within, Console(), warning)


def _widths(model: Chain) -> str:
    return "-".join(map(str, (model.inputs, *(layer.neurons for layer in model.dense))))


def _how_many(seeds: Sequence[int]) -> str:
    return "1 seed" if len(seeds) == 1 else f"{len(seeds)} seeds"


def _where(campaign: Campaign, model: Chain) -> str:
    first, last = campaign.first, campaign.last
    when = f"in epoch {first}" if first == last else f"in epochs {first} to {last}"
    struck, there = campaign.struck(model)
    place = {HIDDEN: "the hidden layers", EVERYWHERE: "the network"}.get(campaign.address, campaign.address)
    whom = f"{struck} of {there} neurons of {place}" if there > 1 else place
    return f"{when} of {campaign.epochs}, to {whom}"
