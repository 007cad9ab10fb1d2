"""Runs: what begins one, what steers one, and what is told of one."""

from typing import Annotated, Any, Literal, Self, TypeAlias

import numpy as np
from pydantic import Field, StringConstraints, model_validator

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch
from deepnet.maths.optimizers import optimizer_from_dict
from deepnet.maths.schedules import schedule_from_dict
from deepnet.service.engine.specs import LONGEST_NAME, RunSpec
from deepnet.service.web.schemas.common import (
    LARGEST_INTEGER,
    UNSET,
    In,
    Name,
    Number,
    Out,
    Plain,
    Row,
    Rows,
    Step,
    Word,
)
from deepnet.service.web.schemas.rules import Above0, StopIn
from deepnet.training.plain import rule_from_dict

MOST_METRICS = 32
MOST_IGNORED = 1000
LONGEST_WAIT = 60.0
Share: TypeAlias = Annotated[float, Field(gt=0, lt=1)]
Penalty: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
BatchSize: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000)]
Pace: TypeAlias = Annotated[Above0 | None, Field(description="steps a second at most; null for as many as it can")]
Named: TypeAlias = Word | Plain
"""By its name, with what is usual; or as `to_dict` says it: a name, and its options."""


ColumnName: TypeAlias = Annotated[str, Field(min_length=1, max_length=256)]
IgnoredColumns: TypeAlias = Annotated[
    list[ColumnName], Field(max_length=MOST_IGNORED, description="columns of a table to leave out")
]
MissingValues: TypeAlias = Annotated[
    Literal["error", "drop", "mean"],
    Field(description="of a table: refuse rows that lack a value, leave them out, or fill in what is usual"),
]


class RowsIn(In):
    """Rows that are held out."""

    inputs: Rows
    targets: Rows | Row


class PlanIn(In):
    """How to learn, and until when; what is left out is as `Network.train` says."""

    until: StopIn
    loss: Word = UNSET
    optimizer: Named = UNSET
    schedule: Named = UNSET
    clip_value: Above0 | None = None
    clip_norm: Above0 | None = None
    l1: Penalty = UNSET
    l2: Penalty = UNSET
    batch_size: BatchSize = UNSET
    drop_last: bool = UNSET
    shuffle: bool = UNSET
    metrics: Annotated[list[Word], Field(max_length=MOST_METRICS)] = UNSET
    pace: Pace = UNSET
    paused: bool = UNSET

    def values(self) -> dict[str, Any]:
        """Return what was given, as what the engine takes.

        Raises:
            InputError: it describes no rule, no optimizer or no schedule.
        """
        return plan_values(self.given())


class OptionsIn(PlanIn):
    """What goes with arrays: the member ``options`` of an npz file."""

    validation: Share | None = None


class RunIn(PlanIn):
    """A run to begin: of rows, or of a data set of the service."""

    inputs: Rows | None = None
    targets: Rows | Row | None = None
    dataset: Name | None = None
    target: ColumnName | None = None
    ignore: IgnoredColumns = UNSET
    missing: MissingValues = UNSET
    validation: Share | RowsIn | None = None

    @model_validator(mode="after")
    def _has_rows(self) -> Self:
        if (self.inputs is None) != (self.targets is None):
            raise ValueError("inputs and targets belong together: give both")
        if (self.inputs is None) == (self.dataset is None):
            raise ValueError("a run needs rows: give inputs and targets, or a dataset, and not both")
        return self

    def spec(self) -> RunSpec:
        """Return what the engine is to begin.

        Raises:
            InputError: something in it cannot be used.
        """
        given = self.values()
        if isinstance(self.validation, RowsIn):
            given["validation"] = (
                as_array("validation.inputs", self.validation.inputs),
                as_array("validation.targets", self.validation.targets),
            )
        for name in ("inputs", "targets"):
            if given.get(name) is not None:
                given[name] = as_array(name, given[name])
        return RunSpec(**given)


class PlanChange(In):
    """What of a run is to be otherwise from the next step on."""

    learning_rate: Above0 = UNSET
    optimizer: Named = UNSET
    schedule: Named = UNSET
    until: StopIn = UNSET
    batch_size: BatchSize = UNSET
    loss: Word = UNSET
    pace: Pace = UNSET

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"nothing is to be set: give one of {', '.join(type(self).model_fields)}")
        return self

    def values(self) -> dict[str, Any]:
        """Return what was given, as what `Run.set` takes.

        Raises:
            InputError: it describes no rule, no optimizer or no schedule.
        """
        return plan_values(self.given())


def plan_values(given: dict[str, Any]) -> dict[str, Any]:
    """Return parts of a plan as values."""
    values = dict(given)
    if "until" in values:
        values["until"] = rule_from_dict(values["until"].plain())
    if isinstance(values.get("optimizer"), dict):
        values["optimizer"] = optimizer_from_dict(values["optimizer"])
    if isinstance(values.get("schedule"), dict):
        values["schedule"] = schedule_from_dict(values["schedule"])
    return values


def as_array(name: str, rows: list[Any]) -> Batch:
    """Return rows as an array (rows, numbers).

    Raises:
        ShapeError: they are not of the same length.
    """
    try:
        return np.array(rows, np.float64)
    except ValueError:
        raise ShapeError(f"{name} must have rows of the same length: give every row as many numbers") from None


class StepIn(In):
    """How far to play on."""

    unit: Literal["message", "sample", "batch", "epoch"] = "batch"
    n: Annotated[int, Field(ge=1, le=LARGEST_INTEGER)] = 1
    timeout: Annotated[float, Field(gt=0, le=LONGEST_WAIT)] = Field(default=30.0, description="seconds")


class BranchIn(In):
    """From where a second network goes on, and what it is called."""

    step: Step | None = None
    name: Annotated[str, StringConstraints(pattern=rf"^[a-z0-9][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}$")] | None = None


class RunOut(Out):
    """A run, and how far it has come."""

    id: str
    network: str
    created: float
    ended: float | None
    state: Literal["running", "paused", "finished", "stopped", "failed"]
    reason: str
    resumed_at: int | None
    dataset: str | None
    plan: dict[str, Any]
    epochs: int
    step: int
    loss: Number | None


class RunDetails(RunOut):
    """A run, and where its network still has it, where it stands."""

    live: bool = Field(description="whether its network has it still, and has begun no other since")
    position: dict[str, Any] | None
    failure: dict[str, Any] | None = Field(description="who died over what, if nobody could get past a step")
    problems: list[str] = Field(description="what is wrong with checkpoints that it could not go on from")
    batches: int | None


class RunPage(Out):
    """A page of runs, newest first."""

    items: list[RunOut]
    next: str | None


class EpochOut(Out):
    """What one epoch came to."""

    epoch: int
    step: int
    loss: Number | None
    metrics: dict[str, Number]
    validation: dict[str, Number]
    learning_rate: Number | None
    seconds: Number | None


class HistoryPage(Out):
    """A page of the history of a run."""

    items: list[EpochOut]
    next: str | None


class CheckpointOut(Out):
    """A checkpoint of a run."""

    step: int
    change: int = Field(description="how often somebody had changed the network by then")
    time: float
    bytes: int


class CheckpointPage(Out):
    """All checkpoints of a run, oldest first."""

    items: list[CheckpointOut]
    next: str | None
