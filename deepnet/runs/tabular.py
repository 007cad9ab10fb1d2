"""Learning a column of a table from others: split, fill, scale, learn, measure, and compare with a straight line."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, overload

import numpy as np

from deepnet.data.baseline import is_cheap, least_squares, most_frequent
from deepnet.data.dataset import Dataset, Task
from deepnet.data.files import listed, one_line
from deepnet.data.leakage import Leak, leaking_features
from deepnet.data.preparation import Preparation
from deepnet.data.scaling import constant_features
from deepnet.data.split import split
from deepnet.data.targets import class_counts
from deepnet.errors import DataError
from deepnet.maths.arrays import Batch
from deepnet.maths.metrics import accuracy, confusion_matrix, f1, mean_absolute_error, mean_squared_error, r2


@dataclass(frozen=True, slots=True)
class Scores:
    """How near predicted numbers are.

    Attributes:
        r2: the share of the variance that is explained; None where the rows have no variance.
        mean_absolute_error: in the unit of the target.
        mean_squared_error: in its square.
    """

    r2: float | None
    mean_absolute_error: float
    mean_squared_error: float


@dataclass(frozen=True, slots=True)
class ClassScores:
    """How well classes are told apart.

    Attributes:
        accuracy: the share of rows whose class is named.
        f1: the mean over classes of 2 P R / (P + R), with the precision P and the recall R of each.
        confusion_matrix: how many rows of true class i, a row here, were named class j, a column.
    """

    accuracy: float
    f1: float
    confusion_matrix: tuple[tuple[int, ...], ...]


@overload
def score(outputs: Batch, targets: Batch, task: Literal["regression"] = "regression") -> Scores: ...
@overload
def score(outputs: Batch, targets: Batch, task: Literal["binary", "multiclass"]) -> ClassScores: ...
@overload
def score(outputs: Batch, targets: Batch, task: Task) -> Scores | ClassScores: ...
def score(outputs: Batch, targets: Batch, task: Task = "regression") -> Scores | ClassScores:
    """Measure *outputs* against *targets*, both (rows, outputs), as it fits the task."""
    if task != "regression":
        counts = confusion_matrix(outputs, targets).tolist()
        return ClassScores(accuracy(outputs, targets), f1(outputs, targets), tuple(map(tuple, counts)))
    share = r2(outputs, targets)
    return Scores(
        None if math.isnan(share) else share,
        mean_absolute_error(outputs, targets),
        mean_squared_error(outputs, targets),
    )


class Sides(NamedTuple):
    """The rows to learn from and those to test on, as they were read."""

    inputs: Batch
    targets: Batch
    test_inputs: Batch
    test_targets: Batch


@dataclass(frozen=True, slots=True)
class PreparedTable:
    """A table, ready to be learnt.

    Attributes:
        dataset: as it was read.
        inputs: (training rows, features), filled and scaled as *preparation* says.
        targets: (training rows, outputs).
        test_inputs: (test rows, features), likewise.
        test_targets: (test rows, outputs).
        preparation: fitted on the training rows alone.
        baselines: what others make of the same rows, measured on the test rows: ``"least squares"`` (unless that
            would take long, or numbers are too large for it), and of classes ``"most frequent class"``; of a
            regression without least squares ``"mean"``.
        leaks: features that give the target away.
        constants: features that have one value only in the training rows.
        warnings: what else a person should know, a sentence each.
    """

    dataset: Dataset
    inputs: Batch
    targets: Batch
    test_inputs: Batch
    test_targets: Batch
    preparation: Preparation
    baselines: Mapping[str, Scores | ClassScores]
    leaks: tuple[Leak, ...]
    constants: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def baseline(self) -> Scores | ClassScores:
        """The first of them: least squares, where that is there."""
        return next(iter(self.baselines.values()))


def prepare_table(
    dataset: Dataset, *, test_fraction: float, seed: int, scaling: str = "standard", standardize: bool = True
) -> PreparedTable:
    """Split *dataset* by *seed*, fill and scale it by its training rows, and measure the baselines.

    Args:
        dataset: what was read. If it sets rows aside for testing they are used, and *test_fraction* is not.
        test_fraction: the share of rows to test on, above 0 and below 1.
        seed: of the split.
        scaling: ``"standard"``, ``"minmax"`` or ``"none"``.
        standardize: False is the same as ``scaling="none"``.

    Raises:
        InputError: the fraction is not between 0 and 1, or there is no such scaling.
        DataError: a side of the split would have too few rows, or nothing to learn is left on it.
    """
    try:
        sides = _sides(dataset, test_fraction, seed)
        preparation = Preparation.fit(
            sides.inputs,
            dataset.features,
            encoder=dataset.encoder,
            fill=dataset.fill,
            scaling=scaling if standardize else "none",
        )
    except DataError as error:
        raise DataError(f"{dataset.name}: {error}") from None
    _refuse_one_answer(dataset, sides.targets)
    inputs, test_inputs = preparation.apply(sides.inputs), preparation.apply(sides.test_inputs)
    return PreparedTable(
        dataset=dataset,
        inputs=inputs,
        targets=sides.targets,
        test_inputs=test_inputs,
        test_targets=sides.test_targets,
        preparation=preparation,
        baselines=_baselines(Sides(inputs, sides.targets, test_inputs, sides.test_targets), dataset.task),
        leaks=leaking_features(dataset),
        constants=constant_features(inputs, dataset.features),
        warnings=_warnings(dataset, sides.targets),
    )


def _sides(dataset: Dataset, test_fraction: float, seed: int) -> Sides:
    if dataset.test is not None:
        return Sides(dataset.inputs, dataset.targets, dataset.test.inputs, dataset.test.targets)
    parts = split(len(dataset.targets), test_fraction=test_fraction, seed=seed)
    return Sides(
        dataset.inputs[parts.train],
        dataset.targets[parts.train],
        dataset.inputs[parts.test],
        dataset.targets[parts.test],
    )


def _refuse_one_answer(dataset: Dataset, targets: Batch) -> None:
    if np.ptp(targets, axis=0).any():
        return
    answer = dataset.labels[class_counts(targets, dataset.labels).argmax()] if dataset.labels else f"{targets[0, 0]:g}"
    raise DataError(
        f"{dataset.name}: {one_line(dataset.target)} is {one_line(answer)} in every training row: nothing to learn; "
        f"choose another --seed or give more rows"
    )


def _baselines(sides: Sides, task: Task) -> dict[str, Scores | ClassScores]:
    found: dict[str, Scores | ClassScores] = {}
    line = _line(sides)
    if line is not None:
        found["least squares"] = score(line, sides.test_targets, task)
    if task == "regression":
        always, name = sides.targets.mean(axis=0, dtype=np.float64), "mean"
    else:
        always, name = most_frequent(sides.targets), "most frequent class"
    if not found or task != "regression":
        found[name] = score(np.broadcast_to(always, sides.test_targets.shape), sides.test_targets, task)
    return found


def _line(sides: Sides) -> Batch | None:
    """Return what least squares say of the test rows; None if it would take long, or numbers are too large for it."""
    if not is_cheap(sides.inputs):
        return None
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = least_squares(sides.inputs, sides.targets).predict(sides.test_inputs)
    except (DataError, np.linalg.LinAlgError):
        return None
    return outputs if np.isfinite(outputs).all() else None


def _warnings(dataset: Dataset, targets: Batch) -> tuple[str, ...]:
    """Return what is doubtful about the classes."""
    if not dataset.labels:
        return ()
    target, learnt = one_line(dataset.target), class_counts(targets, dataset.labels)
    unseen = [label for label, count in zip(dataset.labels, learnt, strict=True) if count == 0]
    single = [label for label, count in zip(dataset.labels, learnt, strict=True) if count == 1]
    said = []
    if unseen:
        said.append(f"no training row has the {target} {listed(unseen)}, so it cannot be learnt: give more such rows")
    if single:
        said.append(f"one training row only has the {target} {listed(single)}: give more such rows to learn it from")
    return tuple(said)
