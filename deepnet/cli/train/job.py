"""What `deepnet train` is asked to do, from its options: data, model, and how to learn."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepnet.cli.options import Choice
from deepnet.data.dataset import load_dataset
from deepnet.data.files import one_line
from deepnet.data.fingerprint import data_fingerprint
from deepnet.errors import DataError, InputError
from deepnet.maths.heads import Head
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import optimizer_from_dict
from deepnet.maths.schedules import schedule_named
from deepnet.runs.network import Network, start
from deepnet.runs.run import Run
from deepnet.runs.tabular import PreparedTable, prepare_table
from deepnet.runs.usual import model_for
from deepnet.training.patience import Patience
from deepnet.training.until import Until

Options = Mapping[str, Any]
MOST_NAMED = 10
"""Of more things of a kind only the first are named, or how many there are."""

_NOT_OF_THE_RUN = ("history", "plot", "chaos", "chaos_seed", "run_dir", "every_steps", "every_seconds", "keep")
"""Options that change nothing about what is learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A training that can begin, more than once.

    Attributes:
        table: the data, prepared.
        head: how the network answers.
        model: its layers.
        how: keyword arguments of `Network.train`.
        options: of the command line.
    """

    table: PreparedTable
    head: Head
    model: Chain
    how: Mapping[str, Any]
    options: Options

    def start(self) -> Network:
        """Bring up a network for it."""
        options = self.options
        return start(
            self.model,
            name="train",
            seed=options["seed"],
            granularity=options["granularity"],
            dtype=options["dtype"],
            kernels=options.get("kernels", "numpy"),  # runs that were begun when there were no others do not say
        )

    def train(self, network: Network, **further: Any) -> Run:
        """Begin to learn, with *further* arguments of `Network.train`."""
        return network.train(self.table.inputs, self.table.targets, **self.how, **further)

    @property
    def rows(self) -> str:
        """What identifies its rows; those to test on too, on which no weight depends, but every score."""
        table = self.table
        return data_fingerprint(table.inputs, table.targets, (table.test_inputs, table.test_targets))


def prepare_job(data: str, options: Options, warn: Callable[[str], object]) -> Job:
    """Read and prepare the data; tell *warn* what a person should know before trusting the result.

    Raises:
        InputError: an option or the data cannot be used; what is wrong with options is said before data are read.
    """
    how = _how(options)
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
    _warn_of(table, warn)
    head, model = model_for(
        dataset,
        hidden=options["hidden"],
        activation=options["activation"],
        output_activation=options["output_activation"],
        dropout=options["dropout"] or 0.0,
        initializer=options["initializer"],
    )
    metrics = tuple(dict.fromkeys((*head.metrics, *options["metrics"])))
    return Job(table, head, model, {**how, "loss": options["loss"] or head.loss, "metrics": metrics}, options)


def _warn_of(table: PreparedTable, warn: Callable[[str], object]) -> None:
    for leak in table.leaks:
        warn(f"{leak.reason}; to learn without it: --ignore {shlex.quote(leak.feature)}")
    if len(table.constants) <= MOST_NAMED:
        for feature in table.constants:
            warn(f"{one_line(feature)} is the same in every training row and teaches nothing")
    else:
        warn(f"{len(table.constants)} features are the same in every training row and teach nothing")
    for warning in table.warnings:
        warn(warning)


def _how(options: Options) -> dict[str, Any]:
    """Return how to learn, whatever the data are."""
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
        "pace": options.get("pace"),  # runs that were begun when there was none do not say
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


def to_plain(data: str, job: Job) -> dict[str, Any]:
    """Return data and options as plain data that `from_plain` takes back, wherever it is called."""
    place = Path(data)
    return {
        "data": str(place.resolve()) if place.exists() else data,
        "rows": job.rows,
        "options": {name: value for name, value in job.options.items() if name not in _NOT_OF_THE_RUN},
    }


def from_plain(origin: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the data and the options that `to_plain` described.

    Raises:
        DataError: it describes none.
    """
    try:
        options = {name: _as_option(value) for name, value in origin["options"].items()}
        options |= {name: Choice(*options[name]) for name in ("optimizer", "schedule")}
        return str(origin["data"]), options | dict.fromkeys(_NOT_OF_THE_RUN)
    except (KeyError, TypeError, AttributeError):
        raise DataError(
            "the run in this folder was not begun with deepnet train: go on with it where it was begun"
        ) from None


def require_same_rows(origin: Mapping[str, Any], job: Job, folder: str) -> None:
    """Do nothing if *job* has the rows that the run in *folder* was begun with.

    Raises:
        DataError: it has others; the message names where they come from.
    """
    if origin.get("rows") != job.rows:
        advice = "give it back the rows it had, or begin a run in another folder"
        raise DataError(
            f"{one_line(str(origin['data']))}: has changed since the run in {one_line(folder)} was begun: {advice}"
        )


def _as_option(value: Any) -> Any:
    """Return lists as the tuples that they were before they went through JSON."""
    return tuple(_as_option(part) for part in value) if isinstance(value, list) else value
