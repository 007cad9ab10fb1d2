"""Who of a layer is dead, saturated, stuck or no longer finite: one truth value a neuron."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.maths.activations import Activation, AnyActivation, activation_named
from deepnet.maths.arrays import Array
from deepnet.maths.kernels.rows import pack
from deepnet.maths.treatment import holds_output
from deepnet.training.health.passing import LayerPass

Mask: TypeAlias = NDArray[np.bool_]
"""(neurons,)"""

SATURATED_MARGIN = 0.01
"""How near to a bound is saturated, as a share of the range: there a sigmoid lets 1 % of an error through, or less."""

SATURATED_SHARE = 0.95
"""On how many of the rows: one in twenty that still moves it is what it may learn from, though slowly."""

STUCK_SPREAD = 1e-6
"""What outputs vary by at most, as a share of the largest, where they do not: a few roundings of float32."""

_NEVER_STEEP = ("step",)
"""Activations whose slope is 0 everywhere: of these a neuron is dead if it never fires."""

_quiet = np.errstate(over="ignore", under="ignore", invalid="ignore")


def excused(passed: LayerPass, step: int) -> Mask:
    """Who cannot be otherwise, for it is frozen or lesioned, or a fault holds its output at *step*."""
    mask = np.zeros(passed.sums.shape[1], dtype=np.bool_)
    for index, treatment in passed.treatments.items():
        mask[index] = not treatment.learns or holds_output(treatment, passed.index, index, step)
    return mask


@_quiet
def not_finite(passed: LayerPass) -> Mask:
    """Who has weights that are not finite, or makes a sum of finite inputs that is not.

    What only inherits such numbers from the layer before is not named: the cause is.
    """
    broken: Mask = np.logical_not(np.isfinite(pack(passed.parameters)).all(axis=1))
    if np.isfinite(passed.inputs).all():
        broken |= ~finite_sums(passed)
    return broken


def finite_sums(passed: LayerPass) -> Mask:
    """Whose sums are finite; of others, who may have been given such inputs, no more can be said."""
    mask: Mask = np.logical_and.reduce(np.isfinite(passed.sums), axis=0)
    return mask


@_quiet
def dead(passed: LayerPass) -> Mask:
    """Who is flat at the weighted sum of every row; see `deepnet.training.health.dead_neurons`."""
    moved = _moved(activation_named(passed.activation), passed.sums, passed.values)
    for index, function in passed.own.items():
        sums = passed.sums[:, index]
        moved[:, index] = _moved(function, sums, function.value(sums))
    still: Mask = np.logical_not(moved.any(axis=0))
    return still


def _moved(function: AnyActivation, sums: Array, values: Array) -> Mask:
    """Return where an error gets through, of the shape of *sums*."""
    if not isinstance(function, Activation):
        return np.ones(sums.shape, dtype=np.bool_)
    moved: Mask = (values if function.name in _NEVER_STEEP else function.slope(sums, values)) != 0
    return moved


@_quiet
def saturated(passed: LayerPass) -> Mask:
    """Who is near a bound of its activation on nearly every row, so that hardly any error gets through.

    Only where both bounds are finite, and a neuron's sum alone decides; a step, which has no slope, is always there.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010),
    section 3.
    """
    near = _near(activation_named(passed.activation), passed.values)
    for index, function in passed.own.items():
        near[:, index] = _near(function, function.value(passed.sums[:, index]))
    often: Mask = near.mean(axis=0) >= SATURATED_SHARE
    return often


def _near(function: AnyActivation, values: Array) -> Mask:
    """Return which values are saturated, of the shape of *values*."""
    if not isinstance(function, Activation) or function.name in _NEVER_STEEP or not np.isfinite(margin(function)):
        return np.zeros(values.shape, dtype=np.bool_)
    near: Mask = (values <= function.low + margin(function)) | (values >= function.high - margin(function))
    return near


def margin(function: AnyActivation) -> float:
    """Return how near to a bound a value of *function* is saturated."""
    return SATURATED_MARGIN * (function.high - function.low)


def stuck(passed: LayerPass) -> Mask:
    """Who gives the same whatever the row."""
    return ~varies(passed.outputs)


@_quiet
def varies(columns: Array) -> Mask:
    """Return which columns of (rows, size) vary by more than rounding; what is not finite counts as varying."""
    spread = columns.max(axis=0) - columns.min(axis=0)
    mask: Mask = ~(spread <= STUCK_SPREAD * np.abs(columns).max(axis=0))
    return mask
