"""Finding features that give the target away: such a network learns to copy, not to predict."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from deepnet.data.dataset import Dataset
from deepnet.data.files import one_line
from deepnet.maths.arrays import Vector

FEW_VALUES = 10
"""Below this many distinct values a feature sorts the rows into groups; from here on it is a quantity."""
SMALLEST_GROUP = 5
"""Smaller groups lie apart by chance too often."""
FEWEST_ROWS = 10
"""Among fewer rows anything looks like a pattern: two rows are always in step."""
IN_STEP = 0.995
"""A correlation of this size or more is a copy with a little noise."""


class Leak(NamedTuple):
    """A feature that gives the target away."""

    feature: str
    reason: str
    """One sentence."""


def leaking_features(dataset: Dataset) -> tuple[Leak, ...]:
    """Return the features that, each by itself, give the target away, in the order of the features."""
    if len(dataset.targets) < FEWEST_ROWS:
        return ()
    target, target_name = dataset.targets[:, 0], one_line(dataset.target)
    found = (
        Leak(name, _reason(one_line(name), values, target_name, target))
        for name, values in zip(dataset.features, dataset.inputs.T, strict=True)
    )
    return tuple(leak for leak in found if leak.reason)


def _reason(feature: str, values: Vector, target_name: str, target: Vector) -> str:
    """Return why the feature gives the target away, or nothing. Shapes: (rows,), (rows,)."""
    distinct = np.unique(values).size
    if distinct < 2:
        return ""
    if distinct < FEW_VALUES:
        reason = _separates(feature, values, target_name, target)
    else:
        reason = _orders(feature, values, target_name, target)
    return reason or _runs_in_step(feature, values, target_name, target)


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
