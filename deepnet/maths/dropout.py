"""Dropout: some outputs are left out of a step, so that no neuron relies on another.

Source: torch.nn.Dropout; Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout: a simple way to
prevent neural networks from overfitting (2014).
"""

from typing import Any

import numpy as np

from deepnet.maths.arrays import Batch
from deepnet.maths.random import stream


def dropout_mask(
    rate: float, shape: tuple[int, int], dtype: np.dtype[Any], *, seed: int, layer: int, step: int
) -> Batch:
    """Return what outputs are multiplied by: 0 with probability *rate*, else 1/(1 - rate), so that means stay.

    It depends on nothing but its arguments: a step that is played again leaves out the same outputs, and in
    float32 the same as in float64. The gradient goes back through the same factors.

    Args:
        rate: 0 or more and below 1.
        shape: (rows, neurons).
        dtype: of the mask.
        seed: of the run.
        layer: the number of the Dropout layer, 0 for the first one.
        step: of the run, from 1.
    """
    kept = stream(seed, "dropout", layer, step).random(shape) >= rate
    mask: Batch = kept.astype(dtype) * dtype.type(1 / (1 - rate))
    return mask
