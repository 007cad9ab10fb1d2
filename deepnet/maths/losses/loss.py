"""What a loss is, and the check that all of them begin with."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch, require_shape


def _any_targets(_targets: Batch) -> None:
    """Any finite number is a target."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A measure of error and its gradient.

    Attributes:
        name: what it is called in a plan.
        value: (outputs, targets) -> L, both of shape (rows, size).
        gradient: (outputs, targets) -> dL/d(outputs), of shape (rows, size).
        low: it takes no output below this.
        high: it takes no output above this.
        check_targets: raises InputError, naming the place, if there are targets that it cannot take.
    """

    name: str
    value: Callable[[Batch, Batch], float]
    gradient: Callable[[Batch, Batch], Batch]
    low: float = -math.inf
    high: float = math.inf
    check_targets: Callable[[Batch], None] = _any_targets


def require_pairs(outputs: Batch, targets: Batch) -> None:
    """Raise ShapeError unless every output has its target; numpy would broadcast and say nothing."""
    require_shape("outputs", outputs, None, None)
    require_shape("targets", targets, *outputs.shape)
    if outputs.size == 0:
        raise ShapeError(f"a loss needs one row or more, got outputs of shape {outputs.shape}")


def mean_of(parts: Batch, count: int) -> float:
    """Return the sum of *parts* over *count*, in float64 and finite wherever all parts are."""
    total = float(parts.sum(dtype=np.float64))
    if math.isinf(total) and np.isfinite(parts).all():  # the sum of numbers so large is none, but their mean is
        highest = float(np.finfo(np.float64).max)
        return min(max(float((parts / count).sum(dtype=np.float64)), -highest), highest)
    return total / count
