"""The losses: value and gradient in one pass over outputs and targets.

Parts are reckoned in the dtype of the outputs, and their mean in float64; where all parts are finite so is it.
"""

import math
from typing import Any

import numpy as np

from deepnet.maths.arrays import Batch
from deepnet.maths.kernels.codes import (
    BINARY_CROSS_ENTROPY,
    CATEGORICAL_CROSS_ENTROPY,
    HINGE,
    HUBER,
    KL_DIVERGENCE,
    LOG_COSH,
    MEAN_ABSOLUTE_ERROR,
    MEAN_SQUARED_ERROR,
    NEGATIVE_LOG_LIKELIHOOD,
    POISSON,
    SOFTMAX_CROSS_ENTROPY,
    SOFTMAX_KL_DIVERGENCE,
)
from deepnet.maths.kernels.compiled.activations import HALF, ONE, ZERO, at_least, clipped, sigmoid
from deepnet.maths.kernels.compiled.build import inner, inner_sum
from deepnet.maths.losses.likelihoods import LOWEST_LOGARITHM, POISSON_EPSILON, SMALLEST_DIVISOR

TWO = np.float32(2)
_LOG_OF_TWO = math.log(2)
_HIGHEST = np.finfo(np.float64).max


@inner
def _log(p: Any) -> Any:
    """Return log(p), but -100 where p is so small or 0."""
    return at_least(math.log(p), LOWEST_LOGARITHM)


@inner
def _log_cosh(distance: Any) -> Any:
    if distance < ONE:
        half_sinh = math.sinh(distance / TWO)
        return math.log1p(TWO * half_sinh * half_sinh)
    return distance + math.log1p(math.exp(-TWO * distance)) - type(distance)(_LOG_OF_TWO)


@inner
def _own(t: Any) -> Any:
    """Return t log(t), and 0 where t is."""
    return type(t)(ZERO) if t == ZERO else t * math.log(t)


@inner
def part(loss: int, o: Any, t: Any) -> Any:  # noqa: C901, PLR0911 - a case for each
    """Return what output o with target t adds to the loss, before it is divided by how many there are."""
    if loss == MEAN_SQUARED_ERROR:
        return (o - t) * (o - t)
    if loss == MEAN_ABSOLUTE_ERROR:
        return abs(o - t)
    if loss == HUBER:
        distance = abs(o - t)
        squared_part = min(distance, ONE)
        return squared_part * (distance - HALF * squared_part)
    if loss == LOG_COSH:
        return _log_cosh(abs(o - t))
    if loss == BINARY_CROSS_ENTROPY:
        return -(t * _log(o) + (ONE - t) * _log(ONE - o))
    if loss == CATEGORICAL_CROSS_ENTROPY:
        return -t * _log(o)
    if loss == NEGATIVE_LOG_LIKELIHOOD:
        return -t * o
    if loss == HINGE:
        return at_least(ONE - t * o, ZERO)
    if loss == POISSON:
        return o - t * math.log(o + type(o)(POISSON_EPSILON))
    if loss == KL_DIVERGENCE:
        return _own(t) - t * _log(o)
    return at_least(o, ZERO) - o * t + math.log1p(math.exp(-abs(o)))  # SIGMOID_CROSS_ENTROPY


@inner
def steepness(loss: int, o: Any, t: Any) -> Any:  # noqa: C901, PLR0911 - a case for each
    """Return the derivative of `part` by o."""
    if loss == MEAN_SQUARED_ERROR:
        return TWO * (o - t)
    if loss == MEAN_ABSOLUTE_ERROR:
        difference = o - t
        if difference > ZERO:
            return type(o)(ONE)
        return type(o)(-ONE) if difference < ZERO else difference
    if loss == HUBER:
        return clipped(o - t, -ONE, ONE)
    if loss == LOG_COSH:
        return math.tanh(o - t)
    if loss == BINARY_CROSS_ENTROPY:
        return (o - t) / at_least(o * (ONE - o), SMALLEST_DIVISOR)
    if loss in (CATEGORICAL_CROSS_ENTROPY, KL_DIVERGENCE):
        return -t / at_least(o, SMALLEST_DIVISOR)
    if loss == NEGATIVE_LOG_LIKELIHOOD:
        return -t
    if loss == HINGE:
        return type(o)(ZERO) if t * o >= ONE else -t
    if loss == POISSON:
        return ONE - t / (o + type(o)(POISSON_EPSILON))
    return sigmoid(o) - t  # SIGMOID_CROSS_ENTROPY


@inner
def _softmax_row(loss: int, z: Any, t: Any, g: Any, size: int, count: Any, scale: float) -> float:
    """Write the gradient of a row by its sums; return what it adds to the cross entropy, or to the divergence."""
    lowest = np.finfo(type(z[0])).min
    top = z[0]
    for j in range(1, size):
        top = max(z[j], top)
    total = type(top)(ZERO)
    weight = type(top)(ZERO)
    for j in range(size):
        g[j] = math.exp(z[j] - top)
        total += g[j]
        weight += t[j]
    logarithm = math.log(total)
    value = 0.0
    for j in range(size):
        below = at_least((z[j] - top) - logarithm, lowest)
        value += -t[j] * below * scale
        if loss == SOFTMAX_KL_DIVERGENCE:
            value += _own(t[j]) * scale
        g[j] = (g[j] / total * weight - t[j]) / count
    return value


@inner_sum
def _mean_squared_error_row(o: Any, t: Any, g: Any, size: int, count: Any, scale: float) -> float:
    """Write the gradient of a row; return what it adds to the loss."""
    value = 0.0
    for j in range(size):
        difference = o[j] - t[j]
        value += difference * difference * scale
        g[j] = TWO * difference / count
    return value


@inner
def _sum(loss: int, shown: Batch, targets: Batch, gradient: Batch, count: Any, scale: float) -> float:
    """Write the gradient over *count*; return the sum of the parts, each times *scale*."""
    rows, size = targets.shape
    total = 0.0
    for row in range(rows):
        o, t, g = shown[row], targets[row], gradient[row]
        if loss >= SOFTMAX_CROSS_ENTROPY:
            total += _softmax_row(loss, o, t, g, size, count, scale)
        elif loss == MEAN_SQUARED_ERROR:  # the commonest has a loop of its own, many numbers at a time
            total += _mean_squared_error_row(o, t, g, size, count, scale)
        else:
            for j in range(size):
                total += part(loss, o[j], t[j]) * scale
                g[j] = steepness(loss, o[j], t[j]) / count
    return total


def loss(loss: int, shown: Batch, targets: Batch, gradient: Batch) -> float:
    """Write dL/d(shown); return L. Columns of *shown* beyond those of the targets are left alone."""
    rows, size = targets.shape
    by_row = (
        loss in (CATEGORICAL_CROSS_ENTROPY, NEGATIVE_LOG_LIKELIHOOD, KL_DIVERGENCE) or loss >= SOFTMAX_CROSS_ENTROPY
    )
    count: int = rows if by_row else rows * size
    divisor = type(targets[0, 0])(count)
    total = _sum(loss, shown, targets, gradient, divisor, 1.0)
    if math.isinf(total):  # the sum of parts so large may be no number, but their mean is, if all of them are finite
        return _sum(loss, shown, targets, gradient, divisor, 1.0 / count)
    return total / count
