"""The kernels in plain numpy: the reference that the compiled ones are held against, and what there is without numba.

They call the activations and losses as they are, so nothing here knows a formula.
"""

import numpy as np

from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.kernels.codes import CODED_COUPLED, CODED_ELEMENTWISE, CODED_LOSSES, RADAM
from deepnet.maths.kernels.factors import DECAY, KEEP
from deepnet.maths.kernels.kernels import Kernels
from deepnet.maths.kernels.rules import FORMULAS, TINY, adam, adam_untrusted

# Where training diverges numbers grow beyond any dtype: the loss says so, no warning needs to. As compiled.
_quiet = np.errstate(all="ignore")


def plain_kernels(dtype: str) -> Kernels:
    """Return the kernels for arrays of *dtype*; any dtype would do."""
    return Kernels(
        name="numpy",
        dtype=dtype,
        forward_neuron=forward_neuron,
        backward_neuron=backward_neuron,
        learn_neuron=learn_neuron,
        forward_layer=forward_layer,
        backward_layer=backward_layer,
        learn_layer=learn_layer,
        pass_back=pass_back,
        couple=couple,
        couple_back=couple_back,
        update=update,
        loss=loss,
        extend=extend,
        forward_held=forward_layer,
    )


@_quiet
def forward_neuron(inputs: Batch, bank: Array, activation: int, index: int, sums: Batch, outputs: Batch) -> None:
    """Write z = x . w and a = f(z) into column *index*."""
    sums[:, index] = inputs @ bank[0, index]
    outputs[:, index] = CODED_ELEMENTWISE[activation].value(sums[:, index])


@_quiet
def backward_neuron(
    errors: Batch,
    at_sums: bool,
    activation: int,
    index: int,
    inputs: Batch,
    sums: Batch,
    outputs: Batch,
    deltas: Batch,
    gradient: Vector,
) -> None:
    """Write delta = error * f'(z) into column *index*, and the gradient of the row."""
    error, function = errors[:, index], CODED_ELEMENTWISE[activation]
    deltas[:, index] = error if at_sums else function.delta(error, sums[:, index], outputs[:, index])
    gradient[:] = deltas[:, index] @ inputs


def learn_neuron(
    errors: Batch,
    at_sums: bool,
    activation: int,
    index: int,
    inputs: Batch,
    sums: Batch,
    outputs: Batch,
    deltas: Batch,
    committed: Array,
    spare: Array,
    rule: int,
    factors: Vector,
) -> None:
    """Write the deltas, and what row and slots become."""
    gradient = np.empty_like(committed[0, index])
    backward_neuron(errors, at_sums, activation, index, inputs, sums, outputs, deltas, gradient)
    update(gradient, committed[:, index], spare[:, index], rule, factors)


@_quiet
def forward_layer(inputs: Batch, bank: Array, activation: int, sums: Batch, outputs: Batch) -> None:
    """Write z = x W' and a = f(z)."""
    sums[:] = inputs @ bank[0].T
    if activation in CODED_COUPLED:
        couple(activation, sums, outputs)
    else:
        outputs[:, : sums.shape[1]] = CODED_ELEMENTWISE[activation].value(sums)


@_quiet
def backward_layer(
    errors: Batch,
    at_sums: bool,
    activation: int,
    inputs: Batch,
    sums: Batch,
    outputs: Batch,
    deltas: Batch,
    gradient: Array,
) -> None:
    """Write the deltas, and the gradient of all rows."""
    if at_sums:
        deltas[:] = errors
    elif activation in CODED_COUPLED:
        couple_back(activation, errors, sums, outputs, deltas)
    else:
        deltas[:] = CODED_ELEMENTWISE[activation].delta(errors, sums, outputs[:, :-1])
    gradient[:] = deltas.T @ inputs


def learn_layer(
    errors: Batch,
    at_sums: bool,
    activation: int,
    inputs: Batch,
    sums: Batch,
    outputs: Batch,
    deltas: Batch,
    committed: Array,
    spare: Array,
    rule: int,
    factors: Vector,
) -> None:
    """Write the deltas, and what all rows and slots become."""
    gradient = np.empty_like(committed[0])
    backward_layer(errors, at_sums, activation, inputs, sums, outputs, deltas, gradient)
    update(gradient, committed, spare, rule, factors)


@_quiet
def pass_back(deltas: Batch, bank: Array, errors: Batch) -> None:
    """Write dL/d(inputs) = deltas W."""
    errors[:] = deltas @ bank[0][:, :-1]


def couple(activation: int, sums: Batch, outputs: Batch) -> None:
    """Write a = f(z) of all neurons together."""
    outputs[:, : sums.shape[1]] = CODED_COUPLED[activation].value(sums)


def couple_back(activation: int, errors: Batch, sums: Batch, outputs: Batch, deltas: Batch) -> None:
    """Write dL/dz of all neurons together."""
    deltas[:] = CODED_COUPLED[activation].delta(errors, sums, outputs[:, :-1])


@_quiet
def update(gradient: Array, committed: Array, spare: Array, rule: int, factors: Vector) -> None:
    """Write what parameters and slots become."""
    if factors[DECAY]:
        gradient = gradient + factors[DECAY] * committed[0]
    formula = (adam if factors[KEEP] else adam_untrusted) if rule == RADAM else FORMULAS[rule]
    for new, values in zip(spare, formula(tuple(factors), gradient, *committed), strict=True):
        new[...] = values
    slots = spare[1:]
    slots[np.abs(slots) < TINY] = 0


def loss(loss: int, shown: Batch, targets: Batch, gradient: Batch) -> float:
    """Write dL/d(shown); return L."""
    shown = shown[:, : targets.shape[1]]
    gradient[:] = CODED_LOSSES[loss].gradient(shown, targets)
    return CODED_LOSSES[loss].value(shown, targets)


def extend(batch: Batch, extended: Batch) -> float:
    """Write *batch* and a column of ones; return how many numbers are not finite."""
    extended[:, :-1] = batch
    extended[:, -1] = 1
    return float(batch.size - np.count_nonzero(np.isfinite(batch)))
