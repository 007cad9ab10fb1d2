"""Activations that couple the neurons of a layer: what one gives depends on the sums of all.

They are stable for any finite sums: the largest of each row is subtracted first, so that nothing overflows.
"""

import numpy as np

from deepnet.maths.arrays import Batch


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def softmax(z: Batch) -> Batch:
    """a_j = exp(z_j) / sum_k exp(z_k): each row becomes probabilities that sum to 1. (rows, neurons) -> the same.

    Source: torch.nn.Softmax; Goodfellow, Bengio, Courville, Deep Learning (2016), equation 6.29.
    """
    raised = np.exp(z - z.max(axis=-1, keepdims=True))
    probabilities: Batch = raised / raised.sum(axis=-1, keepdims=True)
    return probabilities


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def softmax_delta(errors: Batch, _z: Batch, a: Batch) -> Batch:
    """dL/dz_j = a_j (e_j - sum_k e_k a_k) with e = dL/da."""
    delta: Batch = a * (errors - (errors * a).sum(axis=-1, keepdims=True))
    return delta


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def log_softmax(z: Batch) -> Batch:
    """a_j = z_j - log(sum_k exp(z_k)), the logarithm of softmax; never below the lowest number of its dtype.

    Source: torch.nn.LogSoftmax.
    """
    below = z - z.max(axis=-1, keepdims=True)
    logarithms: Batch = np.maximum(below - np.log(np.exp(below).sum(axis=-1, keepdims=True)), np.finfo(z.dtype).min)
    return logarithms


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def log_softmax_delta(errors: Batch, _z: Batch, a: Batch) -> Batch:
    """dL/dz_j = e_j - exp(a_j) sum_k e_k with e = dL/da."""
    delta: Batch = errors - np.exp(a) * errors.sum(axis=-1, keepdims=True)
    return delta
