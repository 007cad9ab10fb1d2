"""The activations that couple the neurons of a layer, row by row; stable for any finite sums."""

import math

import numpy as np

from deepnet.maths.arrays import Batch
from deepnet.maths.kernels.codes import SOFTMAX
from deepnet.maths.kernels.compiled.activations import ZERO, at_least
from deepnet.maths.kernels.compiled.build import inner


@inner
def couple(activation: int, sums: Batch, outputs: Batch) -> None:
    """Write softmax or log_softmax of the sums into the outputs, whose last column is left alone."""
    rows, neurons = sums.shape
    lowest = np.finfo(sums.dtype).min
    for row in range(rows):
        z, a = sums[row], outputs[row]
        top = z[0]
        for j in range(1, neurons):
            top = max(z[j], top)
        total = type(top)(ZERO)
        for j in range(neurons):
            a[j] = math.exp(z[j] - top)
            total += a[j]
        if activation == SOFTMAX:
            for j in range(neurons):
                a[j] /= total
        else:
            logarithm = math.log(total)
            for j in range(neurons):
                below = (z[j] - top) - logarithm
                a[j] = at_least(below, lowest)


@inner
def couple_back(activation: int, errors: Batch, outputs: Batch, deltas: Batch) -> None:
    """Write dL/d(sums), for errors = dL/d(outputs)."""
    rows, neurons = errors.shape
    for row in range(rows):
        e, a, d = errors[row], outputs[row], deltas[row]
        total = type(e[0])(ZERO)
        if activation == SOFTMAX:
            for j in range(neurons):
                total += e[j] * a[j]
            for j in range(neurons):
                d[j] = a[j] * (e[j] - total)
        else:
            for j in range(neurons):
                total += e[j]
            for j in range(neurons):
                d[j] = e[j] - math.exp(a[j]) * total
