"""Finding features that give the target away: such a network learns to copy, not to predict."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.data.dataset import Dataset
from deepnet.data.files import one_line
from deepnet.maths.arrays import Batch, Vector

FEW_VALUES = 10
"""Below this many distinct values a feature sorts the rows into groups; from here on it is a quantity."""
SMALLEST_GROUP = 5
"""Smaller groups lie apart by chance too often."""
FEWEST_ROWS = 10
"""Among fewer rows anything looks like a pattern: two rows are always in step."""
MOST_NUMBERS = 10_000_000
"""Larger sets are not searched: they are images and the like, and it would take long."""
IN_STEP = 0.995
"""A correlation of this size or more is a copy with a little noise."""


class Leak(NamedTuple):
    """A feature that gives the target away."""

    feature: str
    """The column of the source."""
    reason: str
    """One sentence."""


class _Column(NamedTuple):
    """A feature to look at; a category is one column, and one for each of its values."""

    source: str
    name: str
    values: Vector
    """(rows,); nan where a value is missing."""


def leaking_features(dataset: Dataset) -> tuple[Leak, ...]:
    """Return the features that, each by itself, give the target away, in the order of the features.

    Rows in which a feature has no value say nothing about it.
    """
    if len(dataset.targets) < FEWEST_ROWS or dataset.inputs.size > MOST_NUMBERS:
        return ()
    leaks: dict[str, Leak] = {}
    for column in _columns(dataset):
        if reason := _reason(column, dataset):
            leaks.setdefault(column.source, Leak(column.source, reason))
    return tuple(leaks.values())


def _columns(dataset: Dataset) -> Iterator[_Column]:
    if dataset.encoder is None:
        yield from map(_Column, dataset.features, dataset.features, dataset.inputs.T)
        return
    for code, place in dataset.encoder.groups:
        inputs = dataset.inputs[:, place]
        if code.kind == "category" and dataset.labels:
            which = np.where(np.isnan(inputs[:, 0]), np.nan, inputs.argmax(axis=1))
            yield _Column(code.column, code.column, which)
        else:
            yield from (_Column(code.column, *pair) for pair in zip(code.features, inputs.T, strict=True))


def _reason(column: _Column, dataset: Dataset) -> str:
    """Return why the feature gives the target away, or nothing."""
    held = ~np.isnan(column.values)
    values, targets = column.values[held], dataset.targets[held]
    distinct = np.unique(values).size
    if distinct < 2 or len(values) < FEWEST_ROWS:
        return ""
    feature, target_name = one_line(column.name), one_line(dataset.target)
    if dataset.labels:
        return _tells_class(feature, values, target_name, _classes(targets))
    target = targets[:, 0]
    if distinct < FEW_VALUES:
        reason = _separates(feature, values, target_name, target)
    else:
        reason = _orders(feature, values, target_name, target)
    return reason or _runs_in_step(feature, values, target_name, target)


def _classes(targets: Batch) -> NDArray[np.intp]:
    """Return the class of each row. Shapes: (rows, 1) or (rows, classes) -> (rows,)."""
    return (targets[:, 0] > 0.5).astype(np.intp) if targets.shape[1] == 1 else targets.argmax(axis=1)


def _tells_class(feature: str, values: Vector, target_name: str, classes: NDArray[np.intp]) -> str:
    """Each value of the feature, or each of as many ranges of it as there are classes, is of one class."""
    present, counts = np.unique(classes, return_counts=True)
    if len(present) < 2 or counts.min() < SMALLEST_GROUP:
        return ""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    lowest, highest = np.full(len(sizes), len(classes)), np.full(len(sizes), -1)
    np.minimum.at(lowest, group, classes)
    np.maximum.at(highest, group, classes)
    if (lowest != highest).any():
        return ""
    if len(sizes) < FEW_VALUES:
        each = f"each of the {len(sizes)} values of {feature} has one {target_name} only"
        return each if len(values) >= SMALLEST_GROUP * len(sizes) else ""
    ranges = 1 + np.count_nonzero(np.diff(lowest))
    return f"each {target_name} has a range of {feature} to itself" if ranges == len(present) else ""


def _separates(feature: str, values: Vector, target_name: str, target: Vector) -> str:
    """Each value of the feature has a range of the target to itself, and the ranges come in order."""
    groups = [target[values == value] for value in np.unique(values)]
    if min(group.size for group in groups) < SMALLEST_GROUP:
        return ""
    ranges = [(group.min(), group.max()) for group in groups]
    if ranges[0] > ranges[-1]:
        ranges.reverse()
    if any(left[1] >= right[0] for left, right in pairwise(ranges)):
        return ""
    if len(ranges) > 2:
        return f"each of the {len(ranges)} values of {feature} has a range of {target_name} to itself"
    (_, low), (high, _) = ranges
    return f"{feature} alone tells whether {target_name} is {low:g} or less, or {high:g} or more"


def _orders(feature: str, values: Vector, target_name: str, target: Vector) -> str:
    """The target is a strictly monotone function of the feature."""
    _, first, group = np.unique(values, return_index=True, return_inverse=True)
    by_value = target[first]
    if not (target == by_value[group]).all():
        return ""
    rises = by_value[1:] > by_value[:-1]
    if not rises.all() and not (by_value[1:] < by_value[:-1]).all():
        return ""
    direction = "rises" if rises.all() else "falls"
    return f"{target_name} always {direction} when {feature} rises, so one can be read off the other"


def _runs_in_step(feature: str, values: Vector, target_name: str, target: Vector) -> str:
    correlation = _correlation(values, target)
    if abs(correlation) < IN_STEP:
        return ""
    return f"{feature} runs in step with {target_name} (correlation {correlation:.3f}), like a copy in other units"


def _correlation(left: Vector, right: Vector) -> float:
    """Return Pearson's r of two vectors (rows,) that are not constant."""
    # Dividing by the largest first keeps squares of large and small numbers finite.
    left, right = (side / np.abs(side).max() for side in (left, right))
    left, right = left - left.mean(), right - right.mean()
    size = np.sqrt((left @ left) * (right @ right))
    return float(left @ right / size) if size > 0 else 0.0
