"""Rows with all that a trained model needs to predict, and what is true of them: for looking at how good it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.data.columns import codes, numbers, refuse_absent
from deepnet.data.dataset import Dataset, Encoder, Task, arrays_of, open_table
from deepnet.data.files import listed, one_line
from deepnet.data.gaps import settle_gaps
from deepnet.errors import DataError


class Truth(NamedTuple):
    """What a model predicts from, and what it should predict."""

    inputs: NDArray[np.floating]
    """(rows, features); nan only where a value is missing and is to be filled."""
    targets: NDArray[np.floating]
    """Regression and binary (rows, 1), multiclass (rows, classes)."""


def load_truth(
    source: Any,
    features: Sequence[str],
    target: str,
    *,
    task: Task = "regression",
    labels: Sequence[str] = (),
    encoder: Encoder | None = None,
    missing: str = "error",
) -> Truth:
    """Read *source* for a model that is trained already: its columns and its classes are the ones that count.

    Of a source that sets rows aside for testing these are returned, as it is they that the model has not seen.

    Args:
        source: see `deepnet.data.dataset.load_dataset`.
        features: the inputs of the model, in its order.
        target: the column that is true.
        task: what the model does.
        labels: the classes that it knows, in the order of its outputs.
        encoder: how columns became inputs; without one, the columns are the inputs.
        missing: see `load_dataset`; with ``"mean"``, gaps of inputs come back as nan, for the model to fill.

    Raises:
        DataError: a column is not there, a cell or a class is not what the model learnt, or values are missing.
    """
    given = arrays_of(source, None, 0)
    if given is not None:
        rows = given if given.test is None else given.test
        return _of_arrays(rows, features, task, labels)
    table, _ = open_table(source)
    encoder = Encoder.of_numbers(features) if encoder is None else encoder
    refuse_absent(table, (*encoder.columns, target))
    table = settle_gaps(table, encoder.columns, missing, target=target)
    truth = codes(table, target, labels) if labels else numbers(table, target)
    return Truth(encoder.encode(table), _columns(truth, task, len(labels)))


def _of_arrays(rows: Dataset, features: Sequence[str], task: Task, labels: Sequence[str]) -> Truth:
    if rows.features != tuple(features):
        counts = f"has the {len(rows.features)} inputs {listed(rows.features, 3)}, but the model needs {len(features)}"
        raise DataError(f"{one_line(rows.name)}: {counts}: give it data of the kind it was trained on")
    if bool(rows.labels) != bool(labels):
        raise DataError(f"{one_line(rows.name)}: is a {rows.task} task, the model's is {task}: give it such data")
    if not labels:
        return Truth(rows.inputs, rows.targets)
    if unknown := [label for label in rows.labels if label not in labels]:
        raise DataError(f"{one_line(rows.name)}: has the class {unknown[0]}, the model knows {listed([*labels])}")
    places = rows.targets[:, 0] > 0.5 if rows.task == "binary" else rows.targets.argmax(axis=1)
    known = np.array([labels.index(label) for label in rows.labels], dtype=np.float64)
    return Truth(rows.inputs, _columns(known[places.astype(np.intp)], task, len(labels)))


def _columns(truth: NDArray[np.float64], task: Task, classes: int) -> NDArray[np.float64]:
    """Return numbers, or the places of classes, (rows,), as the targets of a *task*."""
    column = truth[:, np.newaxis]
    return np.asarray(column == np.arange(classes), dtype=np.float64) if task == "multiclass" else column
