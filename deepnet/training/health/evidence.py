"""Why a neuron is thought to be unwell: a sentence with its numbers."""

import numpy as np

from deepnet.maths.activations import Activation
from deepnet.maths.arrays import Array
from deepnet.training.health.masks import margin, varies
from deepnet.training.health.passing import LayerPass

_FIRING = {"relu": "gives 0 and lets no error through", "step": "never fires"}
"""Activations that are flat up to 0, and what they do there."""


def number(value: float) -> str:
    """Return *value* to four digits."""
    return f"{value:.4g}"


def of_dead(passed: LayerPass, index: int) -> str:
    """Say where the sums of a dead neuron are."""
    sums, name = passed.sums[:, index], passed.function(index).name
    if name in _FIRING:
        where = "below 0" if sums.max() < 0 else "0 or below"
        return f"its weighted sum is {where} for {_all(sums)}, at most {number(sums.max())}: {name} {_FIRING[name]}"
    return f"its weighted sum is {_range(sums)} for {_all(sums)}, where {name} is flat and lets no error through"


def of_saturated(passed: LayerPass, index: int) -> str:
    """Say how often a neuron is near which bound, and how little its activation lets through there."""
    sums, function = passed.sums[:, index], passed.function(index)
    if not isinstance(function, Activation):  # of these nobody saturates alone
        raise TypeError(function)
    values, near = function.value(sums), margin(function)
    low, high = values <= function.low + near, values >= function.high - near
    counts = [(int(mask.sum()), bound) for mask, bound in ((low, function.low), (high, function.high)) if mask.any()]
    told = " and ".join(f"of {number(bound)} for {count}" for count, bound in counts)
    slope = function.slope(sums, values)[low | high].max()
    return (
        f"its output is within {number(near)} {told} of {_rows(sums)}, where the slope of {function.name} "
        f"is {number(slope)} at most"
    )


def of_stuck(passed: LayerPass, index: int) -> str:
    """Say what a neuron always gives, and why."""
    sums, weights, output = passed.sums[:, index], passed.parameters.weights[index], passed.outputs[0, index]
    if not weights.any():
        why = "all its weights are 0"
    elif not varies(passed.inputs).any():
        why = "none of its inputs varies"
    elif varies(sums[:, np.newaxis])[0]:
        why = f"its weighted sum is {_range(sums)}, where {passed.function(index).name} is level"
    else:
        why = "what its inputs vary by does not change its weighted sum"
    return f"its output is {number(output)} for {_all(sums)}: {why}"


def of_not_finite(passed: LayerPass, index: int) -> str:
    """Say what of a neuron is nan or infinite."""
    weights, bias = passed.parameters.weights[index], passed.parameters.bias[index]
    broken = int((~np.isfinite(weights)).sum())
    if broken:
        return f"{broken} of its {_counted(len(weights), 'weight')} {'is' if broken == 1 else 'are'} not finite"
    if not np.isfinite(bias):
        return f"its bias is {number(bias)}"
    sums = passed.sums[:, index]
    return f"its weighted sum is not finite for {int((~np.isfinite(sums)).sum())} of {_rows(sums)}"


def of_large_gradient(norm: float, largest: float) -> str:
    """Say how large a gradient is, beside the largest norm with a square."""
    if not np.isfinite(norm):
        return "its gradient is not finite"
    return f"the norm of its gradient is {number(norm)}: beyond {number(largest)} its square is too large for its dtype"


def of_large_update(update: float, row: float) -> str:
    """Say how large an update is, beside what it changes."""
    return (
        f"its next update, of norm {number(update)}, is {number(update / row)} times its weights and bias, "
        f"of norm {number(row)}"
    )


def _range(sums: Array) -> str:
    low, high = float(sums.min()), float(sums.max())
    return number(low) if number(low) == number(high) else f"between {number(low)} and {number(high)}"


def _all(rows: Array) -> str:
    return "the only row" if len(rows) == 1 else f"all {_rows(rows)}"


def _rows(rows: Array) -> str:
    return _counted(len(rows), "row")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
