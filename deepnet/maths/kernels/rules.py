"""How each optimizer updates, as formulas of one parameter or, by the same signs, of arrays of them.

    formula(factors, gradient g, parameter p, slots ...) -> new parameter, new slots ...

Both kinds of kernels use them: numpy on whole blocks, and compiled number by number. The letters are those of the
optimizers' docstrings. Weight decay in the gradient is added before.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from deepnet.maths.kernels.codes import (
    ADADELTA,
    ADAGRAD,
    ADAM,
    RMSPROP,
    RMSPROP_MOMENTUM,
    SGD_MOMENTUM,
    SGD_NESTEROV,
    SGD_PLAIN,
)

TINY = np.finfo(np.float32).tiny
"""What a slot is to remember that is smaller becomes 0: the processor takes ten times as long over such numbers."""

Number: TypeAlias = Any
"""A number, or an array of numbers."""
Factors: TypeAlias = Any
"""A tuple of the numbers that `factors_of` gives."""


def sgd(factors: Factors, g: Number, p: Number) -> tuple[Number]:
    """P - learning_rate * g."""
    _, rate, _, _, _, _, _, _, _ = factors
    return (p - rate * g,)


def sgd_momentum(factors: Factors, g: Number, p: Number, b: Number) -> tuple[Number, Number]:
    """B <- momentum * b + g; p - learning_rate * b."""
    _, rate, momentum, _, _, _, _, _, _ = factors
    carried = momentum * b + g
    return p - rate * carried, carried


def sgd_nesterov(factors: Factors, g: Number, p: Number, b: Number) -> tuple[Number, Number]:
    """B <- momentum * b + g; p - learning_rate * (g + momentum * b)."""
    _, rate, momentum, _, _, _, _, _, _ = factors
    carried = momentum * b + g
    return p - rate * (g + momentum * carried), carried


def adam(factors: Factors, g: Number, p: Number, m: Number, v: Number) -> tuple[Number, Number, Number]:
    """Keep * p - (direction * m + straight * g) / (sqrt(v) + epsilon), as in `deepnet.maths.optimizers.moments`."""
    _, keep_first, take_first, keep_second, take_second, epsilon, direction, straight, keep = factors
    first = keep_first * m + take_first * g
    second = keep_second * v + take_second * (g * g)
    return keep * p - (direction * first + straight * g) / (np.sqrt(second) + epsilon), first, second


def adam_untrusted(factors: Factors, g: Number, p: Number, m: Number, v: Number) -> tuple[Number, Number, Number]:
    """P - direction * m: RAdam's first steps, while it does not yet trust the second moment."""
    _, keep_first, take_first, keep_second, take_second, _, direction, _, _ = factors
    first = keep_first * m + take_first * g
    return p - direction * first, first, keep_second * v + take_second * (g * g)


def rmsprop(factors: Factors, g: Number, p: Number, v: Number) -> tuple[Number, Number]:
    """V <- rho v + (1 - rho) g^2; p - learning_rate * g / (sqrt(v) + epsilon)."""
    _, rate, _, rho, rest, epsilon, _, _, _ = factors
    mean_square = rho * v + rest * (g * g)
    return p - rate * (g / (np.sqrt(mean_square) + epsilon)), mean_square


def rmsprop_momentum(factors: Factors, g: Number, p: Number, v: Number, b: Number) -> tuple[Number, Number, Number]:
    """B <- momentum * b + g / (sqrt(v) + epsilon); p - learning_rate * b."""
    _, rate, momentum, rho, rest, epsilon, _, _, _ = factors
    mean_square = rho * v + rest * (g * g)
    carried = momentum * b + g / (np.sqrt(mean_square) + epsilon)
    return p - rate * carried, mean_square, carried


def adagrad(factors: Factors, g: Number, p: Number, s: Number) -> tuple[Number, Number]:
    """S <- s + g^2; p - rate * g / (sqrt(s) + epsilon)."""
    _, rate, _, _, _, epsilon, _, _, _ = factors
    total = s + g * g
    return p - rate * (g / (np.sqrt(total) + epsilon)), total


def adadelta(factors: Factors, g: Number, p: Number, v: Number, u: Number) -> tuple[Number, Number, Number]:
    """D <- sqrt(u + epsilon) / sqrt(v + epsilon) * g, of the new v and the old u; p - learning_rate * d."""
    _, rate, _, rho, rest, epsilon, _, _, _ = factors
    mean_square = rho * v + rest * (g * g)
    change = np.sqrt(u + epsilon) / np.sqrt(mean_square + epsilon) * g
    return p - rate * change, mean_square, rho * u + rest * (change * change)


FORMULAS: dict[int, Callable[..., tuple[Number, ...]]] = {
    SGD_PLAIN: sgd,
    SGD_MOMENTUM: sgd_momentum,
    SGD_NESTEROV: sgd_nesterov,
    ADAM: adam,
    RMSPROP: rmsprop,
    RMSPROP_MOMENTUM: rmsprop_momentum,
    ADAGRAD: adagrad,
    ADADELTA: adadelta,
}
"""By rule. RADAM is `adam`, or `adam_untrusted` where its factors say so."""
