"""Activations made of straight pieces, those with kinks and jumps among them; at a kink the slope is PyTorch's."""

import numpy as np

from deepnet.maths.activations.activation import MINUS_ONE, ONE, SIX, THREE, ZERO
from deepnet.maths.arrays import Array

LEAK = 0.01
"""The slope of leaky_relu below 0."""


def identity(z: Array) -> Array:
    """f(z) = z."""
    return z


def identity_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 1."""
    ones = np.empty_like(z)  # with fill, a third of the time that np.ones_like takes on a few numbers
    ones.fill(1)
    return ones


def step(z: Array) -> Array:
    """f(z) = 1 where z > 0, else 0, also at 0 itself; torch.heaviside with value 0."""
    return np.heaviside(z, ZERO)


def step_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 0, also at the jump: nothing before a step can learn."""
    return np.zeros_like(z)


def relu(z: Array) -> Array:
    """f(z) = max(z, 0)."""
    return np.maximum(z, ZERO)


def relu_slope(_z: Array, a: Array) -> Array:
    """f'(z) = 1 where z > 0, else 0, also at 0 itself; that is the sign of a, which is never negative."""
    return np.sign(a)


def leaky_relu(z: Array) -> Array:
    """f(z) = max(z, 0.01 z).

    Source: torch.nn.LeakyReLU; Maas, Hannun, Ng, Rectifier nonlinearities improve neural network acoustic models
    (2013).
    """
    leaked: Array = np.maximum(z, LEAK * z)
    return leaked


def leaky_relu_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 1 where z > 0, else 0.01, also at 0 itself."""
    slope: Array = np.maximum(np.sign(z), LEAK)
    return slope


def hard_sigmoid(z: Array) -> Array:
    """f(z) = min(max(z + 3, 0), 6) / 6.

    Source: torch.nn.Hardsigmoid; Howard and others, Searching for MobileNetV3 (2019), section 5.2.
    """
    value: Array = np.minimum(np.maximum(z + THREE, ZERO), SIX) / SIX
    return value


def hard_sigmoid_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 1/6 where -3 < z < 3, else 0, also at the kinks."""
    slope: Array = np.less(np.abs(z), THREE).astype(z.dtype) / SIX
    return slope


def hard_tanh(z: Array) -> Array:
    """f(z) = min(max(z, -1), 1).

    Source: torch.nn.Hardtanh; Collobert, Large scale machine learning (2004).
    """
    return np.minimum(np.maximum(z, MINUS_ONE), ONE)


def hard_tanh_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 1 where -1 < z < 1, else 0, also at the kinks."""
    return np.less(np.abs(z), ONE).astype(z.dtype)
