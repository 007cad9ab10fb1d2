"""Finding neurons that are dead: nothing they are shown moves them, so they can neither help nor learn."""

from collections.abc import Sequence

import numpy as np

from deepnet.maths.activations import Activation, activation_named
from deepnet.maths.arrays import Batch
from deepnet.maths.dense import dense
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters

_NEVER_STEEP = ("step",)
"""Activations whose slope is 0 everywhere: of these a neuron is dead if it never fires."""


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def dead_neurons(model: Chain, parameters: Sequence[LayerParameters], inputs: Batch) -> tuple[str, ...]:
    """Return the addresses of the neurons that are dead on *inputs*, (rows, model.inputs), first layer first.

    A neuron is dead if its activation is flat at the weighted sum of every row: no error gets through it, so it
    will never change. A relu that never fires is; so is a hard sigmoid that always sticks at 0 or 1.

    Source: Maas, Hannun, Ng, Rectifier nonlinearities improve neural network acoustic models (2013), section 2.2;
    Lu, Shin, Su, Karniadakis, Dying ReLU and initialization (2019).
    """
    dead: list[str] = []
    activations = inputs
    for (address, layer), (weights, bias) in zip(model.named_dense().items(), parameters, strict=True):
        activation = activation_named(layer.activation)
        sums = dense(activations, weights, bias)
        activations = activation.value(sums)
        if isinstance(activation, Activation):
            moved = activations if activation.name in _NEVER_STEEP else activation.slope(sums, activations)
            still = ~(moved != 0).any(axis=0)
            dead += [f"{address}/{index}" for index in np.flatnonzero(still).tolist()]
    return tuple(dead)
