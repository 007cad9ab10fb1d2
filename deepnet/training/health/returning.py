"""The way of the error back through a network, and the update that it would bring about."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.rows import pack
from deepnet.maths.losses import Loss, fused
from deepnet.maths.optimizers import Optimizer, scaled
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import UNTREATED, output_is_treated, treat_errors
from deepnet.training.health.passing import LayerPass

_quiet = np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore")


@_quiet
def deltas(passed: Sequence[LayerPass], targets: Batch, loss: Loss, step: int) -> tuple[float, tuple[Batch, ...]]:
    """Return the loss, and its gradient dL/dz at the weighted sums of each layer, (rows, neurons), first layer first.

    Args:
        passed: all layers, first to last.
        targets: (rows, neurons of the last layer).
        loss: to be measured.
        step: the last sealed step, which says whether faults strike.

    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), algorithm 6.4.
    """
    last = passed[-1]
    joint = None if output_is_treated(last.treatments) else fused(last.activation, loss)
    if joint is None:
        value = loss.value(last.outputs, targets)
        delta = _delta(last, loss.gradient(last.outputs, targets), step)
    else:
        value, delta = joint.value(last.sums, targets), joint.gradient(last.sums, targets)
    backwards = [delta]
    for before, layer in zip(reversed(passed[:-1]), reversed(passed), strict=False):
        delta = _delta(before, delta @ layer.parameters.weights, step)
        backwards.append(delta)
    return value, tuple(reversed(backwards))


@_quiet
def gradients(passed: Sequence[LayerPass], targets: Batch, loss: Loss, step: int) -> tuple[float, tuple[Array, ...]]:
    """Return the loss, and its gradient at the rows of each layer, (neurons, inputs + 1): weights, then bias.

    A neuron that does not learn has gradient 0. The arguments are those of `deltas`.
    """
    value, found = deltas(passed, targets, loss, step)
    slopes = []
    for layer, delta in zip(passed, found, strict=True):
        rows = pack(LayerParameters(delta.T @ layer.inputs, delta.sum(axis=0)))
        rows[~_learning(layer)] = 0
        slopes.append(rows)
    return value, tuple(slopes)


def _delta(passed: LayerPass, errors: Batch, step: int) -> Batch:
    """Return dL/dz, (rows, neurons), of errors dL/da."""
    errors = treat_errors(passed.treatments, passed.index, step, errors)
    delta = activation_named(passed.activation).delta(errors, passed.sums, passed.values)
    for index, function in passed.own.items():
        sums = passed.sums[:, index]
        delta[:, index] = function.delta(errors[:, index], sums, function.value(sums))
    return delta


@_quiet
def updates(
    passed: Sequence[LayerPass],
    gradients: Sequence[Array],
    slots: Sequence[Sequence[Array]] | None,
    optimizer: Optimizer,
    rules: GradientRules,
    step: int,
) -> tuple[Array, ...]:
    """Return what step number *step* would add to the rows of each layer, (neurons, inputs + 1).

    Args:
        passed: all layers, first to last.
        gradients: as `gradients` returns them.
        slots: for each layer arrays of the shape of its rows, one a slot; none for an optimizer that has seen nothing.
        optimizer: its learning rate is the one that the schedule has made of it.
        rules: what is done to the gradient first.
        step: from 1.
    """
    rows = [pack(layer.parameters) for layer in passed]
    ruled = [rules.of_rows(*pair) for pair in zip(rows, gradients, strict=True)]
    for layer, gradient in zip(passed, ruled, strict=True):
        if not (learning := _learning(layer)).all():
            gradient[~learning] = 0
    scale = rules.norm_scale(float((gradient * gradient).sum()) for gradient in ruled)
    kept = slots or [() for _ in rows]
    given = [own or [np.zeros_like(row) for _ in optimizer.slots] for own, row in zip(kept, rows, strict=True)]
    return tuple(
        _update(layer, row, gradient * row.dtype.type(scale), own, optimizer, step)
        for layer, row, gradient, own in zip(passed, rows, ruled, given, strict=True)
    )


def _update(
    passed: LayerPass, rows: Array, gradient: Array, slots: Sequence[Array], optimizer: Optimizer, step: int
) -> Array:
    moved = np.empty_like(rows)
    optimizer.update(step, rows, gradient, slots, moved, [np.empty_like(slot) for slot in slots])
    for index, treatment in passed.treatments.items():
        if treatment.rate != 1:
            own, of_row = scaled(optimizer, treatment.rate), [slot[index] for slot in slots]
            own.update(step, rows[index], gradient[index], of_row, moved[index], [np.empty_like(s) for s in of_row])
    update: Array = moved - rows
    update[~_learning(passed)] = 0
    return update


def _learning(passed: LayerPass) -> NDArray[np.bool_]:
    """Return which neurons learn, (neurons,)."""
    return np.array([passed.treatments.get(index, UNTREATED).learns for index in range(len(passed.parameters.bias))])
