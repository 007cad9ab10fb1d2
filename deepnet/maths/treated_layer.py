"""A layer, some neurons of which may be treated, in plain numpy: forward, back and update."""

import numpy as np

from deepnet.maths.activations import ELEMENTWISE, Activation, AnyActivation
from deepnet.maths.arrays import Batch
from deepnet.maths.kernels.rows import pack, unpack
from deepnet.maths.optimizers import Optimizer, scaled
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatments, flip_bits, holds_output, treat_outputs


def treated_outputs(
    treatments: Treatments, layer: int, step: int, sums: Batch, outputs: Batch, *, first_row: int = 0
) -> Batch:
    """Return what the neurons give, (rows, neurons), where *outputs* = f(z) would be right; see `treat_outputs`.

    The same array if nobody is treated, else a copy: the outputs of an identity are the sums themselves.
    """
    if not treatments:
        return outputs
    given = outputs.copy()
    treat_outputs(treatments, layer, step, sums, given, first_row=first_row)
    return given


def treated_deltas(
    function: AnyActivation,
    treatments: Treatments,
    layer: int,
    step: int,
    errors: Batch,
    sums: Batch,
    outputs: Batch,
) -> Batch:
    """Return dL/dz, all arrays (rows, neurons).

    A slope is that of f at z, whatever a fault has made of the output. Where an output is held, no error comes
    through it; if the activation couples the neurons, its sum still counts for what the others give.

    Args:
        function: the activation of the layer.
        treatments: of its neurons.
        layer: its number among the dense layers.
        step: the one being learnt.
        errors: dL/d(what the neurons give).
        sums: z.
        outputs: f(z) of the layer's activation.
    """
    held = [index for index, treatment in treatments.items() if holds_output(treatment, layer, index, step)]
    own = {i: treatment.activation for i, treatment in treatments.items() if treatment.activation and i not in held}
    if not held and not own:
        return function.delta(errors, sums, outputs)
    apart = [*held, *own]
    shared = errors.copy()
    shared[:, apart] = 0
    deltas = function.delta(shared, sums, outputs)
    if isinstance(function, Activation):
        deltas[:, apart] = 0  # also where the slope at a sum beyond the dtype is nan
    for index, name in own.items():
        activation, column = ELEMENTWISE[name], sums[:, index]
        deltas[:, index] += activation.delta(errors[:, index], column, activation.value(column))
    return deltas


def without_still(treatments: Treatments, gradient: LayerParameters) -> LayerParameters:
    """Return the gradient of a layer with 0 for neurons that do not learn; the same arrays if all do."""
    still = [index for index, treatment in treatments.items() if not treatment.learns]
    if not still:
        return gradient
    weights, bias = (part.copy() for part in gradient)
    weights[still] = 0
    bias[still] = 0
    return LayerParameters(weights, bias)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def updated(
    treatments: Treatments,
    layer: int,
    step: int,
    optimizer: Optimizer,
    parameters: LayerParameters,
    gradient: LayerParameters,
    slots: tuple[LayerParameters, ...],
) -> tuple[LayerParameters, tuple[LayerParameters, ...]]:
    """Return what parameters and slots of a layer are after a step.

    Who does not learn stays, who has a rate of its own learns at that, and then bits flip.

    Args:
        treatments: of the neurons of the layer.
        layer: its number among the dense layers.
        step: which step it is, from 1.
        optimizer: at the rate of those who have none of their own.
        parameters: before the step ...
        gradient: ... dL/d(parameters), penalised and clipped ...
        slots: ... and a pair of arrays of the same shapes for each slot of the optimizer.
    """
    new_parameters = LayerParameters(*map(np.empty_like, parameters))
    new_slots = tuple(LayerParameters(*map(np.empty_like, slot)) for slot in slots)
    for part in range(len(parameters)):  # the weights, then the bias
        old, slope, new = parameters[part], gradient[part], new_parameters[part]
        before, after = [slot[part] for slot in slots], [slot[part] for slot in new_slots]
        optimizer.update(step, old, slope, before, new, after)
        for index, treatment in treatments.items():
            row = slice(index, index + 1)  # a bias is one number: still an array to write to
            befores, afters = [slot[row] for slot in before], [slot[row] for slot in after]
            if not treatment.learns:
                for still, was in zip((new[row], *afters), (old[row], *befores), strict=True):
                    still[...] = was
            elif treatment.rate != 1:
                scaled(optimizer, treatment.rate).update(step, old[row], slope[row], befores, new[row], afters)
    if any(not fault.is_of_output for treatment in treatments.values() for fault in treatment.faults):
        rows = pack(new_parameters)
        flip_bits(treatments, layer, step, rows)
        new_parameters = unpack(rows)
    return new_parameters, new_slots
