"""What a loss is, and the check that all of them begin with."""

from collections.abc import Callable
from dataclasses import dataclass

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch, require_shape


@dataclass(frozen=True, slots=True)
class Loss:
    """A measure of error and its gradient.

    Attributes:
        name: what it is called in a plan.
        value: (outputs, targets) -> L, both of shape (rows, size).
        gradient: (outputs, targets) -> dL/d(outputs), of shape (rows, size).
    """

    name: str
    value: Callable[[Batch, Batch], float]
    gradient: Callable[[Batch, Batch], Batch]


def require_pairs(outputs: Batch, targets: Batch) -> None:
    """Raise ShapeError unless every output has its target; numpy would broadcast and say nothing."""
    require_shape("outputs", outputs, None, None)
    require_shape("targets", targets, *outputs.shape)
    if outputs.size == 0:
        raise ShapeError(f"a loss needs one row or more, got outputs of shape {outputs.shape}")
