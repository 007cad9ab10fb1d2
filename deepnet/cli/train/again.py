"""`deepnet train --service NAME` on a network that is there: whether the table fits, and its rows as it knows them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import click

from deepnet.cli.train.job import Job
from deepnet.data.dataset import Dataset
from deepnet.data.preparation import Preparation
from deepnet.data.split import split
from deepnet.errors import ConflictError, InputError, ShapeError
from deepnet.maths.arrays import Batch
from deepnet.maths.model import Chain
from deepnet.runs.answering import KEY

_LAYERS = ("hidden", "activation", "output_activation", "dropout", "initializer")
_OTHERS = ("granularity", "dtype", "kernels")
_KEPT = ("features", "target", "labels", "task")


def require_idle(facts: Mapping[str, Any]) -> None:
    """Do nothing if the network that *facts* are of can begin another run.

    Raises:
        ConflictError: it is at one.
    """
    name, run = facts["name"], facts["run"]
    if run is not None and run["state"] in {"running", "paused"}:
        raise ConflictError(
            f"there is a network {name} already: give another name, or end its run, {run['id']} ({run['state']}), "
            f"with 'deepnet stop {name}' to begin another one"
        )


def fitted(job: Job, facts: Mapping[str, Any], given: Collection[str]) -> Job:
    """Return *job* with its rows prepared as those that the network has learnt before, if it knows of any.

    Args:
        job: what to learn.
        facts: what the service tells of the network.
        given: names of the options that somebody has typed.

    Raises:
        InputError, ShapeError: the table is another one, or options would make another network.
    """
    name, model = facts["name"], Chain.from_dict(facts["model"])
    if (sizes := _ends(model)) != (wanted := _ends(job.model)):
        raise ShapeError(f"{name} has {sizes}, and this table {wanted}: give another name, or the table it is for")
    _require_same(name, job, model, facts, given)
    known = facts["about"].get(KEY)
    if known is None:
        click.echo(
            f"deepnet: {name} was made without a table, so it keeps nothing of this one: "
            f"predict with --row, of numbers prepared as here",
            err=True,
        )
        return job
    dataset = job.table.dataset
    stored = Preparation.from_dict(known["preparation"])
    if other := [part for part in _KEPT if _plain(getattr(dataset, part)) != known[part]]:
        raise InputError(f"the {other[0]} of this table are not those that {name} has learnt: give another name")
    if stored.to_dict() == job.table.preparation.to_dict():
        return job
    click.echo(f"deepnet: the rows are prepared as those that {name} has learnt before", err=True)
    return _prepared_as(job, stored)


def _ends(model: Chain) -> str:
    return f"{model.inputs} input{'s' * (model.inputs != 1)} and {model.outputs} output{'s' * (model.outputs != 1)}"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _require_same(name: str, job: Job, model: Chain, facts: Mapping[str, Any], given: Collection[str]) -> None:
    """Refuse options that were typed and that would make another network than the one that is there."""
    layers = [option for option in _LAYERS if option in given] if job.model.to_dict() != model.to_dict() else []
    others = [option for option in _OTHERS if option in given and job.options[option] != facts[option]]
    if foreign := [*layers, *others]:
        option = foreign[0].replace("_", "-")
        raise InputError(f"{name} is there and stays as it is: leave --{option} out, or give another name")


def _prepared_as(job: Job, stored: Preparation) -> Job:
    """Return *job* with the figures of *stored* in place of its own."""
    dataset, table = job.table.dataset, job.table
    encoders = [None if one.encoder is None else one.encoder.to_dict() for one in (stored, table.preparation)]
    if encoders[0] != encoders[1]:
        raise InputError("the columns of this table are read in another way than those before: give another name")
    if stored.filler is None and table.preparation.filler is not None:
        raise InputError("values are missing, and those before had none: use --missing drop, or give another name")
    learnt, tested = _sides(dataset, job)
    prepared = replace(table, inputs=stored.apply(learnt), test_inputs=stored.apply(tested), preparation=stored)
    return replace(job, table=prepared)


def _sides(dataset: Dataset, job: Job) -> tuple[Batch, Batch]:
    """Return the inputs to learn from and those to test on, as they were read."""
    if dataset.test is not None:
        return dataset.inputs, dataset.test.inputs
    parts = split(len(dataset.targets), test_fraction=job.options["test_fraction"], seed=job.options["seed"])
    return dataset.inputs[parts.train], dataset.inputs[parts.test]
