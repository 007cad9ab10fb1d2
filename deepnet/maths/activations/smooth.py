"""Activations without kinks that level off, or bend into a straight line."""

import numpy as np

from deepnet.maths.activations.activation import ONE, ZERO
from deepnet.maths.arrays import Array

# Between these, exp neither overflows nor underflows in float32; outside, sigmoid is 1, or below 2e-38.
_SIGMOID_LOWEST = np.array(-87, dtype=np.float32)
_SIGMOID_HIGHEST = np.array(40, dtype=np.float32)


def sigmoid(z: Array) -> Array:
    """f(z) = 1 / (1 + exp(-z)), as exp(z) / (exp(z) + 1), which keeps its digits where it is nearly 0."""
    raised = np.exp(np.minimum(np.maximum(z, _SIGMOID_LOWEST), _SIGMOID_HIGHEST))
    return raised / (raised + ONE)


def sigmoid_slope(_z: Array, a: Array) -> Array:
    """f'(z) = a (1 - a)."""
    return a * (ONE - a)


def tanh(z: Array) -> Array:
    """f(z) = (exp(z) - exp(-z)) / (exp(z) + exp(-z))."""
    return np.tanh(z)


def tanh_slope(_z: Array, a: Array) -> Array:
    """f'(z) = 1 - a^2."""
    return ONE - a * a


def softsign(z: Array) -> Array:
    """f(z) = z / (1 + |z|).

    Source: torch.nn.Softsign; Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks (2010).
    """
    return z / (ONE + np.abs(z))


def softsign_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 1 / (1 + |z|)^2; the quotient is squared, not the sum, which could overflow."""
    quotient = ONE / (ONE + np.abs(z))
    return quotient * quotient


def softplus(z: Array) -> Array:
    """f(z) = log(1 + exp(z)), as max(z, 0) + log(1 + exp(-|z|)), which never overflows.

    Source: torch.nn.Softplus, which is z itself above 20 where this is larger by less than 3e-9; Dugas and others,
    Incorporating second-order functional knowledge for better option pricing (2001).
    """
    return np.maximum(z, ZERO) + np.log1p(np.exp(-np.abs(z)))


def softplus_slope(z: Array, _a: Array) -> Array:
    """f'(z) = sigmoid(z)."""
    return _share(z)


def silu(z: Array) -> Array:
    """f(z) = z sigmoid(z), also called swish.

    Source: torch.nn.SiLU; Elfwing, Uchibe, Doya, Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning (2018).
    """
    return z * _share(z)


def silu_slope(z: Array, _a: Array) -> Array:
    """f'(z) = s (1 + z (1 - s)) with s = sigmoid(z)."""
    share = _share(z)
    return share * (ONE + z * (ONE - share))


def mish(z: Array) -> Array:
    """f(z) = z tanh(softplus(z)).

    Source: torch.nn.Mish; Misra, Mish: a self regularized non-monotonic neural activation function (2019).
    """
    return z * np.tanh(softplus(z))


def mish_slope(z: Array, _a: Array) -> Array:
    """f'(z) = t + z (1 - t^2) sigmoid(z) with t = tanh(softplus(z))."""
    bent = np.tanh(softplus(z))
    slope: Array = bent + z * (ONE - bent * bent) * _share(z)
    return slope


def _share(z: Array) -> Array:
    """The sigmoid that reaches 0 itself, so that a share of any finite number is finite; two calls dearer."""
    raised = np.exp(-np.abs(z))
    return np.where(z < ZERO, raised, ONE) / (raised + ONE)
