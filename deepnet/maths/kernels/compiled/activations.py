"""Value and slope of the activations that each neuron can do by itself, one number at a time.

What they compute is said in `deepnet.maths.activations`, case by case the same, for nan and infinity too: a
comparison with nan is false, so nan takes the branch that hands it on.
"""

import math
from typing import Any

import numpy as np

from deepnet.maths.activations.exponential import SELU_ALPHA, SELU_SCALE
from deepnet.maths.activations.straight import LEAK
from deepnet.maths.kernels.codes import (
    ELU,
    GELU,
    HARD_SIGMOID,
    HARD_TANH,
    IDENTITY,
    LEAKY_RELU,
    RELU,
    SELU,
    SIGMOID,
    SILU,
    SOFTPLUS,
    SOFTSIGN,
    STEP,
    TANH,
)
from deepnet.maths.kernels.compiled.build import inner

# As float32 constants leave float32 what it is, where Python's numbers would make float64 of it; all are exact.
ZERO = np.float32(0)
HALF = np.float32(0.5)
ONE = np.float32(1)
THREE = np.float32(3)
SIX = np.float32(6)
_SIGMOID_LOWEST = np.float32(-87)
_SIGMOID_HIGHEST = np.float32(40)
_GELU_HIGHEST = np.float32(40)

_ROOT_OF_HALF = math.sqrt(0.5)
_DENSITY = 1 / math.sqrt(2 * math.pi)
_SELU_BELOW = SELU_SCALE * SELU_ALPHA


@inner
def at_least(z: Any, low: Any) -> Any:
    """Return z, or *low* if it is below; unlike max it hands on nan."""
    if z < low:
        return type(z)(low)
    return z


@inner
def clipped(z: Any, low: Any, high: Any) -> Any:
    """Return z, or the limit that it is beyond."""
    if z < low:
        return type(z)(low)
    return type(z)(high) if z > high else z


@inner
def relu(z: Any) -> Any:
    """Return max(z, 0)."""
    return at_least(z, ZERO)


@inner
def relu_slope(a: Any) -> Any:
    """Return the sign of a, which is never negative."""
    return ONE if a > ZERO else a


@inner
def sigmoid(z: Any) -> Any:
    """Return exp(z) / (exp(z) + 1)."""
    raised = math.exp(clipped(z, _SIGMOID_LOWEST, _SIGMOID_HIGHEST))
    return raised / (raised + ONE)


@inner
def share(z: Any) -> Any:
    """Return the sigmoid that reaches 0 itself."""
    raised = math.exp(-abs(z))
    return (raised if z < ZERO else type(z)(ONE)) / (raised + ONE)


@inner
def softplus(z: Any) -> Any:
    """Return max(z, 0) + log(1 + exp(-|z|))."""
    return at_least(z, ZERO) + math.log1p(math.exp(-abs(z)))


@inner
def _step(z: Any) -> Any:
    if z > ZERO:
        return type(z)(ONE)
    return type(z)(ZERO) if z <= ZERO else z


@inner
def _leaky_relu_slope(z: Any) -> Any:
    if z > ZERO:
        return type(z)(ONE)
    return type(z)(LEAK) if z <= ZERO else z


@inner
def _selu(z: Any) -> Any:
    highest = np.finfo(type(z)).max / 1.06
    if z <= ZERO:
        return type(z)(_SELU_BELOW) * math.expm1(z)
    return type(z)(SELU_SCALE) * clipped(z, ZERO, highest)


@inner
def _normal_distribution(z: Any) -> Any:
    return type(z)(math.erfc(np.float64(z * type(z)(-_ROOT_OF_HALF)))) * HALF


@inner
def _gelu_slope(z: Any) -> Any:
    near = clipped(z, -_GELU_HIGHEST, _GELU_HIGHEST)
    return _normal_distribution(z) + near * (math.exp(-HALF * near * near) * type(z)(_DENSITY))


@inner
def value(code: int, z: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - a case for each
    """Return f(z)."""
    if code == RELU:
        return max(ZERO, z)
    if code == IDENTITY:
        return z
    if code == SIGMOID:
        return sigmoid(z)
    if code == TANH:
        return math.tanh(z)
    if code == STEP:
        return _step(z)
    if code == LEAKY_RELU:
        return type(z)(LEAK) * z if z <= ZERO else z
    if code == ELU:
        return math.expm1(z) if z <= ZERO else z
    if code == SELU:
        return _selu(z)
    if code == GELU:
        return z * _normal_distribution(z)
    if code == SILU:
        return z * share(z)
    if code == SOFTPLUS:
        return softplus(z)
    if code == SOFTSIGN:
        return z / (ONE + abs(z))
    if code == HARD_SIGMOID:
        return clipped(z + THREE, ZERO, SIX) / SIX
    if code == HARD_TANH:
        return clipped(z, -ONE, ONE)
    return z * math.tanh(softplus(z))  # MISH


@inner
def slope(code: int, z: Any, a: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - a case for each
    """Return f'(z), where a = f(z)."""
    if code == RELU:
        return relu_slope(a)
    if code == IDENTITY:
        return type(z)(ONE)
    if code == SIGMOID:
        return a * (ONE - a)
    if code == TANH:
        return ONE - a * a
    if code == STEP:
        return type(z)(ZERO)
    if code == LEAKY_RELU:
        return _leaky_relu_slope(z)
    if code == ELU:
        return math.exp(clipped(z, -np.inf, ZERO))
    if code == SELU:
        return type(z)(SELU_SCALE) if z > ZERO else type(z)(_SELU_BELOW) * math.exp(z)
    if code == GELU:
        return _gelu_slope(z)
    if code == SILU:
        part = share(z)
        return part * (ONE + z * (ONE - part))
    if code == SOFTPLUS:
        return share(z)
    if code == SOFTSIGN:
        quotient = ONE / (ONE + abs(z))
        return quotient * quotient
    if code == HARD_SIGMOID:
        return type(z)(ONE if abs(z) < THREE else ZERO) / SIX
    if code == HARD_TANH:
        return type(z)(ONE if abs(z) < ONE else ZERO)
    bent = math.tanh(softplus(z))
    return bent + z * (ONE - bent * bent) * share(z)
