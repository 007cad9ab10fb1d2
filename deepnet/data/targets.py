"""The column that is to be predicted: numbers to come near to, or classes to choose from."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from deepnet.data.columns import codes, kind_of, labels_of, numbers, refuse_infinite
from deepnet.data.files import one_line, quoted
from deepnet.data.table import Table
from deepnet.errors import DataError, UnknownNameError

Task: TypeAlias = Literal["regression", "binary", "multiclass"]
"""A number; one of two classes, as a column of 0 and 1; or one of several classes, as a column for each."""

MOST_CLASSES = 1000


class Targets(NamedTuple):
    """What is to be put out for each row."""

    values: NDArray[np.float64]
    """Regression and binary (rows, 1), multiclass (rows, classes)."""
    labels: tuple[str, ...]
    """Of the classes, in the order of the columns; of a binary task two, the second for 1."""


def read_targets(table: Table, column: str, task: str | None = None) -> Targets:
    """Return the targets that *column*, which the table has and in which no value is missing, gives.

    Without a *task* numbers are a regression, truths a binary task, and text is one if it has two values and
    multiclass if it has more. The labels are in order: numbers by their size, then text by its letters.

    Raises:
        DataError: the cells do not fit the task, or teach nothing: one value only, or too many classes.
        UnknownNameError: *task* is none.
    """
    if task is not None and task not in get_args(Task):
        raise UnknownNameError("task", str(task), get_args(Task))
    kind = kind_of(table.column(column))
    if task == "regression" or (task is None and kind == "number"):
        values = numbers(table, column)
        if (values == values[0]).all():
            raise _constant(table, column, f"{values[0]:g}")
        return Targets(values[:, np.newaxis], ())
    return _classes(table, column, task)


def _classes(table: Table, column: str, task: str | None) -> Targets:
    refuse_infinite(table, column)
    labels = labels_of(table, column)
    where = f"{table.name}: the target {quoted(column)}"
    if len(labels) == 1:
        raise _constant(table, column, one_line(labels[0]))
    if task == "binary" and len(labels) != 2:
        raise DataError(f"{where} has {len(labels)} values, a binary task has 2: use --task multiclass")
    if len(labels) > MOST_CLASSES:
        raise DataError(f"{where} has {len(labels)} classes, {MOST_CLASSES} is the most: choose another")
    if 2 * len(labels) > len(table):
        raise DataError(
            f"{where} has {len(labels)} classes in {len(table)} rows, and each needs 2 rows or more on average: "
            f"choose another, or give more rows"
        )
    places = codes(table, column, labels)[:, np.newaxis]
    if len(labels) == 2 and task != "multiclass":
        return Targets(places, labels)
    return Targets((places == np.arange(len(labels))).astype(np.float64), labels)


def class_counts(targets: NDArray[np.floating], labels: Sequence[str]) -> NDArray[np.intp]:
    """Return of each class how many rows of *targets*, binary (rows, 1) or one-hot (rows, classes), are of it."""
    places = (targets[:, 0] > 0.5) if targets.shape[1] == 1 else targets.argmax(axis=1)
    return np.bincount(places.astype(np.intp), minlength=len(labels))


def _constant(table: Table, column: str, value: str) -> DataError:
    return DataError(
        f"{table.name}: the target {quoted(column)} is {value} in every row: there is nothing to learn, choose another"
    )
