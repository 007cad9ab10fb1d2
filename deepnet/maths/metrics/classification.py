"""How well outputs tell classes apart: grades for people to read, and the table behind them.

Outputs and targets have one column a class, and the class of a row is its largest column, the first of them if
several are. With a single column there are two classes, 0 and 1, and the class is 1 where the number is above 1/2.
A row that holds a nan has no class, and is wrong whatever it is compared with.

Source: sklearn.metrics, whose accuracy_score, confusion_matrix, precision_score, recall_score and f1_score
(average="macro", zero_division=0, labels of all classes) these equal.
"""

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch
from deepnet.maths.checks import whole_number
from deepnet.maths.metrics.metric import pairs, same_width

Counts: TypeAlias = NDArray[np.int64]
"""(classes,), or (classes, classes): a row a true class, a column a class that was put out."""

_NO_CLASS = -1


@dataclass(frozen=True, slots=True)
class Share:
    """How many rows are right, of how many."""

    right: int
    rows: int

    def merge(self, other: Self) -> Self:
        return type(self)(self.right + other.right, self.rows + other.rows)

    def value(self) -> float:
        return self.right / self.rows


def classes(batch: Batch) -> NDArray[np.int64]:
    """Return the class of each row, (rows, size) -> (rows,); -1 where a row holds a nan."""
    numbers = np.asarray(batch, dtype=np.float64)
    found = (numbers[:, 0] > 0.5).astype(np.int64) if numbers.shape[1] == 1 else numbers.argmax(axis=1)
    return np.where(np.isnan(numbers).any(axis=1), _NO_CLASS, found)


def right_rows(outputs: Batch, targets: Batch) -> Share:
    """Return how many rows have their class put out."""
    outputs, targets = pairs(outputs, targets)
    found = classes(outputs)
    return Share(int(((found == classes(targets)) & (found != _NO_CLASS)).sum()), len(found))


def right_single_columns(outputs: Batch, targets: Batch) -> Share:
    """Return what `right_rows` does of outputs with a single column.

    Raises:
        ShapeError: there are more columns, or the arrays do not fit one another.
    """
    outputs, targets = pairs(outputs, targets)
    if targets.shape[1] != 1:
        raise ShapeError(f"binary_accuracy needs a single column of 0 and 1, got {targets.shape[1]}: use accuracy")
    return right_rows(outputs, targets)


@dataclass(frozen=True, slots=True)
class RightAmong:
    """Counts the rows whose class is among the *k* largest outputs; of equal outputs the first counts as larger.

    Raises:
        InputError: k is not a whole number of 1 or more.
        ShapeError: (when called) there are fewer than 2 columns, or the arrays do not fit one another.
    """

    k: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", whole_number("k", self.k, at_least=1))

    def __call__(self, outputs: Batch, targets: Batch) -> Share:
        outputs, targets = pairs(outputs, targets)
        if targets.shape[1] == 1:
            raise ShapeError("top_k_accuracy needs a column for each class, got a single one")
        best = np.argsort(-outputs, axis=1, kind="stable")[:, : self.k]
        known = classes(outputs) != _NO_CLASS
        return Share(int(((best == classes(targets)[:, None]).any(axis=1) & known).sum()), len(known))


def accuracy(outputs: Batch, targets: Batch) -> float:
    """The share of rows whose class is put out."""
    return right_rows(outputs, targets).value()


def top_k_accuracy(outputs: Batch, targets: Batch, k: int = 5) -> float:
    """The share of rows whose class is among the *k* largest outputs; see `RightAmong`."""
    return RightAmong(k)(outputs, targets).value()


def confusion_matrix(outputs: Batch, targets: Batch) -> Counts:
    """Return how many rows of true class i were put out as class j, at [i, j]; rows without a class are left out.

    The matrices of batches add up to that of all their rows.
    """
    outputs, targets = pairs(outputs, targets)
    size = max(2, targets.shape[1])
    true, found = classes(targets), classes(outputs)
    known = (true != _NO_CLASS) & (found != _NO_CLASS)
    counts: Counts = np.bincount(true[known] * size + found[known], minlength=size * size).astype(np.int64)
    return counts.reshape(size, size)


@dataclass(frozen=True, slots=True, eq=False)
class ClassTally:
    """Of each class how many rows are right, put out as it, and of it; each (classes,)."""

    right: Counts
    put_out: Counts
    present: Counts

    @classmethod
    def of(cls, outputs: Batch, targets: Batch) -> Self:
        """Count these rows, (rows, size) both."""
        counts = confusion_matrix(outputs, targets)
        true = classes(targets)
        present = np.bincount(true[true != _NO_CLASS], minlength=len(counts)).astype(np.int64)
        return cls(np.diag(counts).copy(), counts.sum(axis=0), present)

    def merge(self, other: Self) -> Self:
        same_width("classes", len(self.right), len(other.right))
        return type(self)(self.right + other.right, self.put_out + other.put_out, self.present + other.present)


class Precision(ClassTally):
    """The counts of `precision`."""

    __slots__ = ()

    def value(self) -> float:
        return _mean_share(self.right, self.put_out)


class Recall(ClassTally):
    """The counts of `recall`."""

    __slots__ = ()

    def value(self) -> float:
        return _mean_share(self.right, self.present)


class F1(ClassTally):
    """The counts of `f1`."""

    __slots__ = ()

    def value(self) -> float:
        return _mean_share(2 * self.right, self.put_out + self.present)


def precision(outputs: Batch, targets: Batch) -> float:
    """The mean over classes of: right among those put out as this class; 0 for a class that never is."""
    return Precision.of(outputs, targets).value()


def recall(outputs: Batch, targets: Batch) -> float:
    """The mean over classes of: right among those that are of this class; 0 for a class that no target has."""
    return Recall.of(outputs, targets).value()


def f1(outputs: Batch, targets: Batch) -> float:
    """The mean over classes of 2 P R / (P + R) with the precision P and the recall R of each."""
    return F1.of(outputs, targets).value()


def _mean_share(parts: Counts, wholes: Counts) -> float:
    return float((parts / np.maximum(wholes, 1)).mean())
