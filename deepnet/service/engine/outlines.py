"""What a data set holds, what learning a column of it would be like, and what usually learns it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from deepnet.data.dataset import open_table
from deepnet.data.generated import GENERATED
from deepnet.data.preparation import Preparation
from deepnet.data.table import Table
from deepnet.errors import DataError
from deepnet.runs.answering import about_of
from deepnet.runs.tabular import PreparedTable, Scores
from deepnet.runs.usual import model_for, usual_plan
from deepnet.service.engine.column_facts import (
    columns_of_arrays,
    columns_of_table,
    preview_of_arrays,
    preview_of_table,
)
from deepnet.service.engine.datasets import Datasets, Read
from deepnet.service.engine.presets import cures, preset
from deepnet.service.engine.specs import LONGEST_NAME

_NAMED = 10


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outline:
    """A data set, seen before it is learnt; plain data.

    Attributes:
        name: of the data set.
        kind: csv, npz or builtin.
        rows: how many it has.
        columns: the first thousand: ``name``, ``kind`` (number, truth, category or unreadable), how many values are
            ``missing``, how many cells have decimal ``commas``; ``low``, ``high`` and ``mean`` of numbers; of others
            how many are ``different``, and the first ``values``.
        column_count: how many there are.
        preview: the first rows, a cell for each of *columns*.
        target: what is to be learnt; None if nobody has said.
        task: regression, binary or multiclass; None if it cannot be learnt.
        labels: of the classes.
        features: the inputs of a network.
        used: the columns of a table that they are made of.
        learnt: how many rows would be learnt.
        tested: how many are left out to test on.
        warnings: what a person should know, a sentence each.
        leaks: ``feature`` and ``reason`` of each that gives the target away.
        constants: features that are the same in every row.
        baselines: what a straight line, or the most frequent class, gets on the rows that are left out.
        left_out: ``column``, ``why`` (text, empty, unreadable) and how many ``different`` values of each column that is
            left out although nobody has asked for it: no network could learn from it.
        missing: what is done about missing values.
        gap_rows: how many rows lack a value that is needed.
        problem: why it cannot be learnt so; empty if it can.
        cures: what would help then: ``column``, ``cure`` (ignore, missing, target), ``why`` and its ``count``.
        suggested: the bodies of two requests, ``network`` and ``run``, that learn it as `deepnet train` usually does.
    """

    name: str
    kind: str
    rows: int
    columns: list[dict[str, Any]]
    column_count: int
    preview: list[list[str | None]]
    target: str | None
    task: str | None = None
    labels: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    learnt: int = 0
    tested: int = 0
    warnings: list[str] = field(default_factory=list)
    leaks: list[dict[str, str]] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    baselines: dict[str, dict[str, float | None]] = field(default_factory=dict)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    missing: str = "error"
    gap_rows: int = 0
    problem: str = ""
    cures: list[dict[str, Any]] = field(default_factory=list)
    suggested: dict[str, Any] | None = None


def outline_of(
    datasets: Datasets,
    name: str,
    target: str | None = None,
    *,
    ignore: Sequence[str] = (),
    keep: Sequence[str] = (),
    missing: str | None = None,
) -> Outline:
    """Return what is known of a data set before it is learnt. It reads all of it.

    Args:
        datasets: where it is.
        name: of it.
        target: the column to learn; None for its usual one.
        ignore: columns to leave out, besides those that no network could learn from.
        keep: columns that are not left out, whatever they hold.
        missing: what to do about missing values, as `deepnet.load_dataset` says; None for what a sensible person does.

    Raises:
        NotFoundError: there is none of that name.
        DataError: it cannot be read, or has no such column.
    """
    source, usual = datasets.source_of(name)
    kind = "builtin" if name in datasets.builtin_datasets() else datasets.dataset(name).kind
    if name in GENERATED or str(source).endswith(".npz"):
        return _of_arrays(name, kind, datasets.read_dataset(name, target, ignore=ignore))
    try:
        table, built_in = open_table(source)
    except DataError as error:
        raise DataError(str(error).replace(str(source), name)) from None
    if built_in is not None:
        usual = built_in.target
    _require_columns(name, table, [*ignore, *keep, *([] if target is None else [target])])
    shown = Outline(
        name=name,
        kind=kind,
        rows=len(table),
        columns=columns_of_table(table),
        column_count=len(table.header),
        preview=preview_of_table(table),
        target=target or usual,
    )
    wanted = shown.target
    if wanted is None:
        return shown
    usual_ones = table.header if built_in is None else built_in.features
    features = [column for column in usual_ones if column != wanted and column not in ignore]
    chosen = preset(table, wanted, features, keep=keep, missing=missing)
    unasked = [each["column"] for each in chosen.left_out]
    shown = replace(shown, left_out=chosen.left_out, missing=chosen.missing, gap_rows=chosen.gap_rows)
    without = [*ignore, *unasked]
    try:
        read = datasets.read_dataset(name, wanted, ignore=without, missing=chosen.missing)
    except DataError as error:  # people want to see the columns of which it speaks
        used = [column for column in features if column not in unasked]
        return replace(shown, problem=str(error), cures=cures(table, wanted, used, chosen.missing))
    wish: dict[str, Any] = {"ignore": without} if without else {}
    return _learnable(shown, read, wish | ({} if chosen.missing == "error" else {"missing": chosen.missing}))


def _require_columns(name: str, table: Table, columns: Sequence[str]) -> None:
    if absent := [column for column in columns if column not in table.header]:
        there = ", ".join(table.header[:_NAMED])
        raise DataError(f"{name}: has no column {absent[0][:80]!r}: use one of {there}")


def _of_arrays(name: str, kind: str, read: Read) -> Outline:
    dataset = read.dataset
    shown = Outline(
        name=name,
        kind=kind,
        rows=len(dataset.inputs),
        columns=columns_of_arrays(dataset),
        column_count=len(dataset.features) + 1,
        preview=preview_of_arrays(dataset),
        target=dataset.target,
    )
    return _learnable(shown, read, {})


def _learnable(shown: Outline, read: Read, wish: dict[str, Any]) -> Outline:
    """Return *shown* with what learning it would be like."""
    dataset, table = read.dataset, read.table
    head, model = model_for(dataset)
    preparation = Preparation() if table is None else table.preparation
    whose = {} if table is None else {"target": dataset.target}
    found = replace(
        shown,
        task=dataset.task,
        labels=list(dataset.labels),
        features=list(dataset.features),
        used=[] if dataset.encoder is None else list(dataset.encoder.columns),
        learnt=len(read.rows[0]),
        suggested={
            "network": {
                "name": shown.name[:LONGEST_NAME],
                "model": model.to_dict(),
                "about": about_of(replace(dataset, name=shown.name), preparation),
            },
            "run": {"dataset": shown.name, **whose, **wish, **usual_plan(head)},
        },
    )
    return found if table is None else _warned(found, table)


def _warned(shown: Outline, table: PreparedTable) -> Outline:
    return replace(
        shown,
        tested=len(table.test_inputs),
        warnings=list(table.warnings),
        leaks=[{"feature": leak.feature, "reason": leak.reason} for leak in table.leaks],
        constants=list(table.constants),
        baselines={
            name: asdict(scores) if isinstance(scores, Scores) else {"accuracy": scores.accuracy, "f1": scores.f1}
            for name, scores in table.baselines.items()
        },
    )
