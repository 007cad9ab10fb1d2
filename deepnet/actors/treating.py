"""What the actors do about neurons that are treated: that differ from the others of their layer."""

import numpy as np

from deepnet.actors.messages import Update
from deepnet.maths.activations import Activation, activation_named
from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.optimizers import Optimizer
from deepnet.maths.optimizers.optimizer import scaled
from deepnet.maths.treatment import Treatment, Treatments, holds_output, is_calm


def stirred(treatments: Treatments, layer: int, step: int) -> Treatments:
    """Return those who do not compute and learn like all others at this step: the others' bits stay what they are."""
    return {index: treatment for index, treatment in treatments.items() if not is_calm(treatment, layer, index, step)}


def delta_of(
    treatment: Treatment, layer: int, index: int, step: int, activation: str, error: Vector, sums: Vector
) -> Vector:
    """Return dL/dz, (rows,), of a neuron, given dL/da and z, both (rows,).

    Its output may be a faulty one, so what the slope needs of it is worked out anew.

    Args:
        treatment: its own.
        layer: the number of its layer.
        index: its number in it.
        step: which step it is.
        activation: that of its layer, which couples nobody.
        error: see above.
        sums: see above.
    """
    if holds_output(treatment, layer, index, step):
        return np.zeros_like(error)
    function = activation_named(treatment.activation or activation)
    assert isinstance(function, Activation)  # noqa: S101 - no neuron has one that couples it to others
    return function.delta(error, sums, function.value(sums))


def change_row(
    treatment: Treatment, optimizer: Optimizer, step: int, committed: Array, gradient: Vector, spare: Array
) -> None:
    """Write what row and slots of a neuron become, both (1 + slots, inputs + 1); if it does not learn, they stay."""
    if treatment.learns:
        own = scaled(optimizer, treatment.rate)
        own.update(step, committed[0], gradient, tuple(committed[1:]), spare[0], tuple(spare[1:]))
    else:
        spare[...] = committed


def ruled(update: Update, treatments: Treatments, rows: Array, gradient: Array) -> Array:
    """Return the gradient of a layer, (neurons, inputs + 1), penalised and clipped; 0 for those that do not learn."""
    if update.rules is not None:
        gradient = update.rules.of_rows(rows, gradient)
    still = [index for index, treatment in treatments.items() if not treatment.learns]
    if still:
        gradient = gradient.copy()
        gradient[still] = 0
    return gradient


def change_treated(
    treatments: Treatments, optimizer: Optimizer, step: int, gradient: Array, committed: Array, spare: Array
) -> None:
    """Write what rows and slots of treated neurons of a layer become, after those of all have been written.

    Shapes: gradient (neurons, inputs + 1), committed and spare (1 + slots, neurons, inputs + 1).
    """
    for index, treatment in treatments.items():
        change_row(treatment, optimizer, step, committed[:, index], gradient[index], spare[:, index])


def own_deltas(
    treatments: Treatments, layer: int, step: int, activation: str, errors: Batch, sums: Batch, deltas: Batch
) -> None:
    """Write dL/dz of the treated neurons of a layer into their columns of *deltas*; all (rows, neurons)."""
    for index, treatment in treatments.items():
        deltas[:, index] = delta_of(treatment, layer, index, step, activation, errors[:, index], sums[:, index])
