"""How well outputs tell classes apart: grades for people to read, and the table behind them.

Outputs and targets have one column a class, and the class of a row is its largest column, the first of them if
several are. With a single column there are two classes, 0 and 1, and the class is 1 where the number is above 1/2.
A row that holds a nan has no class, and is wrong whatever it is compared with.

Source: sklearn.metrics, whose accuracy_score, confusion_matrix, precision_score, recall_score and f1_score
(average="macro", zero_division=0, labels of all classes) these equal.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch, require_shape
from deepnet.maths.checks import whole_number

Counts: TypeAlias = NDArray[np.int64]
"""(classes, classes): a row a true class, a column a class that was put out."""

_NO_CLASS = -1


def classes(batch: Batch) -> NDArray[np.int64]:
    """Return the class of each row, (rows, size) -> (rows,); -1 where a row holds a nan."""
    numbers = np.asarray(batch, dtype=np.float64)
    found = (numbers[:, 0] > 0.5).astype(np.int64) if numbers.shape[1] == 1 else numbers.argmax(axis=1)
    return np.where(np.isnan(numbers).any(axis=1), _NO_CLASS, found)


def accuracy(outputs: Batch, targets: Batch) -> float:
    """The share of rows whose class is put out."""
    _require_pairs(outputs, targets)
    found = classes(outputs)
    return float(((found == classes(targets)) & (found != _NO_CLASS)).mean())


def top_k_accuracy(outputs: Batch, targets: Batch, k: int = 5) -> float:
    """The share of rows whose class is among the *k* largest outputs; of equal outputs the first counts as larger.

    Raises:
        InputError: k is not a whole number of 1 or more.
        ShapeError: there are fewer than 2 columns, or the arrays do not fit one another.
    """
    k = whole_number("k", k, at_least=1)
    _require_pairs(outputs, targets)
    if targets.shape[1] == 1:
        raise ShapeError("top_k_accuracy needs a column for each class, got a single one")
    best = np.argsort(-np.asarray(outputs, dtype=np.float64), axis=1, kind="stable")[:, :k]
    known = classes(outputs) != _NO_CLASS
    return float(((best == classes(targets)[:, None]).any(axis=1) & known).mean())


def confusion_matrix(outputs: Batch, targets: Batch) -> Counts:
    """Return how many rows of true class i were put out as class j, at [i, j]; rows without a class are left out."""
    _require_pairs(outputs, targets)
    size = max(2, targets.shape[1])
    true, found = classes(targets), classes(outputs)
    known = (true != _NO_CLASS) & (found != _NO_CLASS)
    counts: Counts = np.bincount(true[known] * size + found[known], minlength=size * size).astype(np.int64)
    return counts.reshape(size, size)


def precision(outputs: Batch, targets: Batch) -> float:
    """The mean over classes of: right among those put out as this class; 0 for a class that never is."""
    right, put_out, _ = _class_counts(outputs, targets)
    return _mean_share(right, put_out)


def recall(outputs: Batch, targets: Batch) -> float:
    """The mean over classes of: right among those that are of this class; 0 for a class that no target has."""
    right, _, present = _class_counts(outputs, targets)
    return _mean_share(right, present)


def f1(outputs: Batch, targets: Batch) -> float:
    """The mean over classes of 2 P R / (P + R) with the precision P and the recall R of each."""
    right, put_out, present = _class_counts(outputs, targets)
    return _mean_share(2 * right, put_out + present)


def _class_counts(outputs: Batch, targets: Batch) -> tuple[Counts, Counts, Counts]:
    """Return of each class how many are right, put out and present."""
    counts = confusion_matrix(outputs, targets)
    true = classes(targets)
    present = np.bincount(true[true != _NO_CLASS], minlength=len(counts))
    return np.diag(counts), counts.sum(axis=0), present


def _mean_share(parts: Counts, wholes: Counts) -> float:
    return float((parts / np.maximum(wholes, 1)).mean())


def _require_pairs(outputs: Batch, targets: Batch) -> None:
    """Raise ShapeError unless every output has its target; numpy would broadcast and say nothing."""
    require_shape("outputs", outputs, None, None)
    require_shape("targets", targets, *outputs.shape)
    if outputs.size == 0:
        raise ShapeError(f"a metric needs one row or more, got outputs of shape {outputs.shape}")
