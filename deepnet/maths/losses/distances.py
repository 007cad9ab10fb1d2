"""Losses that measure how far outputs o_ij are from targets t_ij: all means over all elements, as torch's."""

import math

import numpy as np

from deepnet.maths.arrays import Batch
from deepnet.maths.losses.loss import require_pairs


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def mean_squared_error(outputs: Batch, targets: Batch) -> float:
    """L = 1/(rows * size) * sum_ij (o_ij - t_ij)^2, the mean over all elements, as torch.nn.MSELoss."""
    require_pairs(outputs, targets)
    difference = outputs - targets
    return float((difference * difference).mean())


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def mean_squared_error_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 2/(rows * size) * (o_ij - t_ij)."""
    require_pairs(outputs, targets)
    return (outputs - targets) * (2 / outputs.size)


@np.errstate(all="ignore")
def mean_absolute_error(outputs: Batch, targets: Batch) -> float:
    """L = 1/(rows * size) * sum_ij |o_ij - t_ij|, the mean over all elements, as torch.nn.L1Loss."""
    require_pairs(outputs, targets)
    return float(np.abs(outputs - targets).mean())


@np.errstate(all="ignore")
def mean_absolute_error_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 1/(rows * size) * sign(o_ij - t_ij), which is 0 where they are equal."""
    require_pairs(outputs, targets)
    gradient: Batch = np.sign(outputs - targets) / outputs.size
    return gradient


@np.errstate(all="ignore")
def huber(outputs: Batch, targets: Batch) -> float:
    """L = 1/(rows * size) * sum_ij h(|o_ij - t_ij|), with h(d) = d^2/2 up to d = 1 and d - 1/2 beyond.

    Source: torch.nn.HuberLoss with delta 1; Huber, Robust estimation of a location parameter (1964).
    """
    require_pairs(outputs, targets)
    distance = np.abs(outputs - targets)
    squared_part = np.minimum(distance, 1)
    return float((squared_part * (distance - 0.5 * squared_part)).mean())


@np.errstate(all="ignore")
def huber_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 1/(rows * size) * min(max(o_ij - t_ij, -1), 1)."""
    require_pairs(outputs, targets)
    gradient: Batch = np.minimum(np.maximum(outputs - targets, -1), 1) / outputs.size
    return gradient


@np.errstate(all="ignore")
def log_cosh(outputs: Batch, targets: Batch) -> float:
    """L = 1/(rows * size) * sum_ij log(cosh(o_ij - t_ij)), the mean over all elements, as keras.losses.LogCosh.

    Up to d = 1 it is reckoned as log(1 + 2 sinh^2(d/2)), which keeps its digits where it is nearly 0; beyond as
    d + log(1 + exp(-2 d)) - log 2, which cannot overflow.
    """
    require_pairs(outputs, targets)
    distance = np.abs(outputs - targets)
    half_sinh = np.sinh(np.minimum(distance, 1) / 2)
    near = np.log1p(2 * half_sinh * half_sinh)
    far = distance + np.log1p(np.exp(-2 * distance)) - math.log(2)
    return float(np.where(distance < 1, near, far).mean())


@np.errstate(all="ignore")
def log_cosh_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 1/(rows * size) * tanh(o_ij - t_ij)."""
    require_pairs(outputs, targets)
    return np.tanh(outputs - targets) / outputs.size


@np.errstate(all="ignore")
def hinge(outputs: Batch, targets: Batch) -> float:
    """L = 1/(rows * size) * sum_ij max(1 - t_ij o_ij, 0), for targets that are -1 or 1 (0 is not turned into -1).

    The mean over all elements, as keras.losses.Hinge; Cortes and Vapnik, Support-vector networks (1995).
    """
    require_pairs(outputs, targets)
    return float(np.maximum(1 - targets * outputs, 0).mean())


@np.errstate(all="ignore")
def hinge_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 1/(rows * size) * -t_ij where t_ij o_ij < 1, else 0, also at the kink."""
    require_pairs(outputs, targets)
    gradient: Batch = np.where(targets * outputs >= 1, 0, -targets) / outputs.size
    return gradient
