"""Activations that are linear above 0 and an exponential below, or weigh z by the normal distribution."""

import math

import numpy as np

from deepnet.maths.activations.activation import ZERO
from deepnet.maths.arrays import Array

SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717

_SELU_HIGHEST = {np.dtype(name): np.array(np.finfo(name).max / 1.06, dtype=name) for name in ("float32", "float64")}

# Beyond this exp(-z^2/2) is 0 in either dtype, and z^2 is not yet too large.
_GELU_HIGHEST = np.array(40, dtype=np.float32)


def elu(z: Array) -> Array:
    """f(z) = z where z > 0, else exp(z) - 1.

    Source: torch.nn.ELU with alpha 1; Clevert, Unterthiner, Hochreiter, Fast and accurate deep network learning by
    exponential linear units (2016).
    """
    return np.maximum(z, ZERO) + np.expm1(np.minimum(z, ZERO))


def elu_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 1 where z > 0, else exp(z)."""
    return np.exp(np.minimum(z, ZERO))


def selu(z: Array) -> Array:
    """f(z) = s z where z > 0, else s alpha (exp(z) - 1), with s = 1.0507... and alpha = 1.6732....

    Where s z would overflow it stays at the largest number it can be.

    Source: torch.nn.SELU; Klambauer, Unterthiner, Mayr, Hochreiter, Self-normalizing neural networks (2017).
    """
    above = np.minimum(np.maximum(z, ZERO), _SELU_HIGHEST[z.dtype])
    value: Array = SELU_SCALE * above + (SELU_SCALE * SELU_ALPHA) * np.expm1(np.minimum(z, ZERO))
    return value


def selu_slope(z: Array, _a: Array) -> Array:
    """f'(z) = s where z > 0, else s alpha exp(z), also at 0 itself."""
    below = (SELU_SCALE * SELU_ALPHA) * np.exp(np.minimum(z, ZERO))
    return np.where(z > ZERO, z.dtype.type(SELU_SCALE), below)


def gelu(z: Array) -> Array:
    """f(z) = z P(z), where P(z) = (1 + erf(z / sqrt(2))) / 2 is the normal distribution.

    Source: torch.nn.GELU with approximate="none"; Hendrycks and Gimpel, Gaussian error linear units (2016).
    """
    return z * _normal_distribution(z)


def gelu_slope(z: Array, _a: Array) -> Array:
    """f'(z) = P(z) + z exp(-z^2/2) / sqrt(2 pi)."""
    near = np.minimum(np.maximum(z, -_GELU_HIGHEST), _GELU_HIGHEST)
    density = np.exp(-0.5 * near * near) / math.sqrt(2 * math.pi)
    return _normal_distribution(z) + near * density


def _normal_distribution(z: Array) -> Array:
    """P(z) = erfc(-z / sqrt(2)) / 2, which keeps its digits where it is nearly 0.

    numpy has no erf. The C library's is taken number by number, right to the last digits: about 3 us for the few
    numbers that a neuron has and 7 us for a hundred, but 70 ns for each of very many.
    """
    scaled = z * -math.sqrt(0.5)
    halves = np.fromiter(map(math.erfc, scaled.ravel().tolist()), dtype=z.dtype, count=z.size)
    return halves.reshape(z.shape) * 0.5
