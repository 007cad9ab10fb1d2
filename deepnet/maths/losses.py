"""How wrong the outputs are, as one number to make small, and which way each output makes it grow.

A loss is a pair: its value L and its gradient dL/d(outputs). It is reckoned in the dtype of the
outputs, and may come out infinite or nan when training diverges: that is for the caller to judge.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch, require_shape
from deepnet.maths.checks import look_up


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


def _require_pairs(outputs: Batch, targets: Batch) -> None:
    """Raise ShapeError unless every output has its target; numpy would broadcast and say nothing."""
    require_shape("outputs", outputs, None, None)
    require_shape("targets", targets, *outputs.shape)
    if outputs.size == 0:
        raise ShapeError(f"a loss needs one row or more, got outputs of shape {outputs.shape}")


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def _mean_squared_error(outputs: Batch, targets: Batch) -> float:
    """L = 1/(rows * size) * sum_ij (o_ij - t_ij)^2, the mean over all elements, as torch.nn.MSELoss."""
    _require_pairs(outputs, targets)
    difference = outputs - targets
    return float((difference * difference).mean())


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def _mean_squared_error_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 2/(rows * size) * (o_ij - t_ij)."""
    _require_pairs(outputs, targets)
    return (outputs - targets) * (2 / outputs.size)


LOSSES: dict[str, Loss] = {
    "mean_squared_error": Loss("mean_squared_error", _mean_squared_error, _mean_squared_error_gradient),
}


def loss_named(name: str | Loss) -> Loss:
    """Return the loss called *name*; a Loss is returned as it is.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return name if isinstance(name, Loss) else look_up("loss", name, LOSSES)
