"""What a metric is, and what it keeps of the rows it has seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch, require_shape


class Tally(Protocol):
    """What has to be known of some rows to grade them, so that rows may be seen batch by batch."""

    def merge(self, other: Self) -> Self:
        """Return the tally of the rows of both, these first."""
        ...

    def value(self) -> float:
        """Return the grade of all rows counted."""
        ...


@dataclass(frozen=True, slots=True)
class Metric:
    """A grade for outputs.

    Attributes:
        name: what it is called in a plan.
        tally: (outputs, targets) -> what to keep of them, both of shape (rows, size).
        higher_is_better: whether a good network has a high grade, or a low one.
    """

    name: str
    tally: Callable[[Batch, Batch], Tally]
    higher_is_better: bool = False

    def value(self, outputs: Batch, targets: Batch) -> float:
        """Return the grade of *outputs*, both of shape (rows, size)."""
        return self.tally(outputs, targets).value()


def pairs(outputs: Batch, targets: Batch) -> tuple[Batch, Batch]:
    """Return both in float64, or raise ShapeError: numpy would broadcast and say nothing."""
    outputs, targets = np.asarray(outputs, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    require_shape("outputs", outputs, None, None)
    require_shape("targets", targets, *outputs.shape)
    if outputs.size == 0:
        raise ShapeError(f"a metric needs one row or more, got outputs of shape {outputs.shape}")
    return outputs, targets


def same_width(name: str, ours: int, theirs: int) -> None:
    """Raise ShapeError unless two tallies are of as many *name*: numpy would broadcast and say nothing."""
    if ours != theirs:
        raise ShapeError(f"tallies of {ours} and of {theirs} {name} do not merge: grade rows of one shape")
