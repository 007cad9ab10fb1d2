"""The options of `deepnet train`, group by group; a plan file knows them by the same names."""

from collections.abc import Callable
from typing import Any, TypeAlias

import click

from deepnet.cli.attach import DATA_DIR, URL
from deepnet.cli.options import (
    COUNT,
    NOT_NEGATIVE,
    POSITIVE,
    SEED,
    SHARE,
    Chosen,
    Limit,
    Names,
    NewName,
    Rate,
    Widths,
)
from deepnet.data.scaling import SCALERS
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.initializers import INITIALIZERS
from deepnet.maths.kernels.choice import KERNELS, default_kernels
from deepnet.maths.losses import LOSSES
from deepnet.maths.losses.named import OTHER_NAMES
from deepnet.maths.optimizers import OPTIMIZERS
from deepnet.maths.schedules import SCHEDULES
from deepnet.runs import usual

Decorator: TypeAlias = Callable[[Any], Any]

_DATA = (
    click.option("--target", metavar="COLUMN", help="The column to learn; a built-in table has its own."),
    click.option("--features", type=Names(), metavar="A,B", help="Learn it from these columns only."),
    click.option("--ignore", type=Names(), default=(), metavar="A,B", help="Leave these columns out."),
    click.option("--categorical", type=Names(), default=(), metavar="A,B", help="Columns of numbers that are names."),
    click.option(
        "--missing",
        type=click.Choice(["error", "drop", "mean"]),
        default="error",
        show_default=True,
        help="Rows that lack a value: refuse them, leave them out, or fill in the mean of the training rows.",
    ),
    click.option(
        "--task",
        type=click.Choice(["regression", "binary", "multiclass"]),
        help="What to learn; by default numbers are a regression, and texts and truths are classes.",
    ),
    click.option(
        "--scaling", type=click.Choice([*SCALERS, "none"]), default="standard", show_default=True,
        help="Scale features by the training rows.",
    ),
    click.option(
        "--test", "test_fraction", type=SHARE, default=usual.TEST_FRACTION, show_default=True,
        help="Share of rows to test on at the end; a set may have its own.",
    ),
    click.option(
        "--validation", type=SHARE, help="Share of the training rows to measure each epoch and not learn."
    ),
)  # fmt: skip

_MODEL = (
    click.option(
        "--hidden", type=Widths(), default=",".join(map(str, usual.HIDDEN)), show_default=True,
        help="Widths of the hidden layers, or none.",
    ),
    click.option(
        "--activation", type=click.Choice(sorted(ACTIVATIONS)), default=usual.ACTIVATION, show_default=True
    ),
    click.option(
        "--output-activation", type=click.Choice(sorted(ACTIVATIONS)), help="Of the last layer; by default the task's."
    ),
    click.option("--dropout", type=SHARE, help="Leave out this share of the outputs of each hidden layer."),
    click.option(
        "--initializer", type=click.Choice(sorted(INITIALIZERS)), default=usual.INITIALIZER, show_default=True,
        help="How weights begin.",
    ),
)  # fmt: skip

_LEARNING = (
    click.option("--loss", type=click.Choice([*sorted(LOSSES), *OTHER_NAMES]), help="By default the task's."),
    click.option(
        "--optimizer", type=Chosen("optimizer", OPTIMIZERS), default=usual.OPTIMIZER, show_default=True,
        metavar="NAME[:OPTION=VALUE,...]", help=f"One of {', '.join(OPTIMIZERS)}; such as sgd:momentum=0.9.",
    ),
    click.option("--learning-rate", type=POSITIVE, default=usual.LEARNING_RATE, show_default=True),
    click.option(
        "--schedule", type=Chosen("schedule", SCHEDULES), default="constant", show_default=True,
        metavar="NAME[:OPTION=VALUE,...]",
        help=f"Of the learning rate: one of {', '.join(SCHEDULES)}; such as cosine:length=40.",
    ),
    click.option("--clip-value", type=POSITIVE, help="Largest size of a number of a gradient."),
    click.option("--clip-norm", type=POSITIVE, help="Largest norm of the gradient of the whole network."),
    click.option("--l1", type=NOT_NEGATIVE, default=0.0, help="Penalty on the sizes of the weights."),
    click.option("--l2", type=NOT_NEGATIVE, default=0.0, help="Penalty on their squares."),
    click.option("--batch-size", type=COUNT, default=usual.BATCH_SIZE, show_default=True, help="Rows learnt together."),
    click.option("--drop-last", is_flag=True, help="Leave out the last batch of an epoch if it is short."),
    click.option("--shuffle/--no-shuffle", default=True, help="Visit the rows in another order each epoch."),
    click.option("--pace", type=POSITIVE, metavar="STEPS", help="Steps a second at most, to look on; same result."),
)  # fmt: skip

_END = (
    click.option(
        "--epochs", type=COUNT, default=usual.EPOCHS, show_default=True, help="Passes over the training rows."
    ),
    click.option("--steps", type=COUNT, help="Stop after so many updates."),
    click.option("--seconds", type=POSITIVE, help="Stop after so much time."),
    click.option("--threshold", type=POSITIVE, help="Stop once the mean squared error is below this."),
    click.option(
        "--below", type=Limit(), multiple=True, metavar="FIGURE=LIMIT",
        help="Stop once a figure of an epoch is below this, such as validation_loss=0.1; repeatable.",
    ),
    click.option(
        "--above", type=Limit(), multiple=True, metavar="FIGURE=LIMIT",
        help="... or above this, such as accuracy=0.95; repeatable.",
    ),
    click.option(
        "--patience", type=COUNT, metavar="EPOCHS",
        help="Stop once the figure of --monitor has not got better for so long, and keep the best weights.",
    ),
    click.option(
        "--monitor", metavar="FIGURE", help="What --patience looks at; by default the loss, of --validation if given."
    ),
    click.option(
        "--metrics", type=Names(), default=(), metavar="A,B", help="Measure these too at the end of each epoch."
    ),
)  # fmt: skip

_RUN = (
    click.option("--seed", type=SEED, default=0, show_default=True, help="Where chance begins."),
    click.option("--granularity", type=click.Choice(["neuron", "layer"]), default="neuron", show_default=True),
    click.option("--dtype", type=click.Choice(["float32", "float64"]), default="float32", show_default=True),
    click.option(
        "--kernels",
        type=click.Choice(KERNELS),
        default=default_kernels,
        show_default="numba, if it is installed",
        help="What computes; the last digits differ.",
    ),
)

_KEPT = (
    click.option(
        "--run-dir", metavar="FOLDER",
        help="Keep the run in this folder, so that it outlives this process: see deepnet resume.",
    ),
    click.option(
        "--checkpoint-steps", "every_steps", type=COUNT, metavar="N", help="Make a checkpoint after each N steps ..."
    ),
    click.option(
        "--checkpoint-seconds", "every_seconds", type=POSITIVE, default=10.0, show_default=True, metavar="T",
        help="... and every T seconds.",
    ),
    click.option("--checkpoints-kept", "keep", type=COUNT, default=3, show_default=True, help="How many are kept."),
    click.option(
        "--chaos", type=Rate(), metavar="RATE",
        help="Kill neurons, layers and the trainer meanwhile: 20/s, or 5/1000 messages; then learn again, and compare.",
    ),
    click.option("--chaos-seed", type=SEED, help="Who dies, and when."),
)  # fmt: skip

_SERVICE = (
    click.option(
        "--service",
        "name",
        type=NewName(),
        metavar="NAME",
        help="Have the service train it as the network NAME, and return at once: see deepnet ps.",
    ),
    click.option("--wait", is_flag=True, help="Of the service: return when the run is over, with how it came out."),
    DATA_DIR,
    URL,
)

_OUTPUT = (
    click.option("--save", metavar="MODEL", help="Write the model to this file."),
    click.option("--history", metavar="FILE", help="Write the figures of each epoch to this .json or .csv file."),
    click.option("--plot", metavar="FILE", help="Draw them into this .svg, .png or .json (Vega-Lite) file."),
    click.option("--quiet", is_flag=True, help="Show no progress."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout."),
)


def train_options(command: Any) -> Any:
    """Give *command* all options of `deepnet train`."""
    for option in reversed((*_DATA, *_MODEL, *_LEARNING, *_END, *_RUN, *_KEPT, *_SERVICE, *_OUTPUT)):
        command = option(command)
    return command
