"""A loss and the last activation in one: exact for any finite sums, where one after the other is not.

A sigmoid or softmax that is very sure is 0 or 1 in any dtype, and so would be its slope: a network that is very
sure and wrong could never learn better. As functions of the weighted sums z value and gradient keep their digits.

Source: torch.nn.BCEWithLogitsLoss and torch.nn.CrossEntropyLoss, which these equal.
"""

import numpy as np

from deepnet.maths.activations.coupled import log_softmax, softmax
from deepnet.maths.activations.smooth import sigmoid
from deepnet.maths.arrays import Batch
from deepnet.maths.losses.loss import Loss, mean_of, require_pairs
from deepnet.maths.losses.named import LOSSES


@np.errstate(all="ignore")
def sigmoid_cross_entropy(sums: Batch, targets: Batch) -> float:
    """Binary cross entropy of sigmoid(z): 1/(rows * size) * sum_ij (max(z_ij, 0) - z_ij t_ij + log(1 + exp(-|z_ij|))).

    z and t are both (rows, size).
    """
    require_pairs(sums, targets)
    parts = np.maximum(sums, 0) - sums * targets + np.log1p(np.exp(-np.abs(sums)))
    return mean_of(parts, sums.size)


@np.errstate(all="ignore")
def sigmoid_cross_entropy_gradient(sums: Batch, targets: Batch) -> Batch:
    """dL/dz_ij = 1/(rows * size) * (sigmoid(z_ij) - t_ij)."""
    require_pairs(sums, targets)
    gradient: Batch = (sigmoid(sums) - targets) / sums.size
    return gradient


@np.errstate(all="ignore")
def softmax_cross_entropy(sums: Batch, targets: Batch) -> float:
    """Categorical cross entropy of softmax(z), in nats: -1/rows * sum_ij t_ij log(softmax(z)_ij).

    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3.
    """
    require_pairs(sums, targets)
    return mean_of(-targets * log_softmax(sums), len(sums))


@np.errstate(all="ignore")
def softmax_cross_entropy_gradient(sums: Batch, targets: Batch) -> Batch:
    """dL/dz_ij = 1/rows * (softmax(z)_ij sum_k t_ik - t_ij)."""
    require_pairs(sums, targets)
    gradient: Batch = (softmax(sums) * targets.sum(axis=1, keepdims=True) - targets) / len(sums)
    return gradient


@np.errstate(all="ignore")
def softmax_kl_divergence(sums: Batch, targets: Batch) -> float:
    """Kullback and Leibler's divergence of softmax(z): 1/rows * sum_ij t_ij (log(t_ij) - log(softmax(z)_ij))."""
    require_pairs(sums, targets)
    own = np.where(targets == 0, 0, targets * np.log(targets)).sum(dtype=np.float64) / len(sums)
    return float(own + softmax_cross_entropy(sums, targets))


_FUSED: dict[tuple[str, str], Loss] = {
    ("sigmoid", "binary_cross_entropy"): Loss(
        "binary_cross_entropy", sigmoid_cross_entropy, sigmoid_cross_entropy_gradient
    ),
    ("softmax", "categorical_cross_entropy"): Loss(
        "categorical_cross_entropy", softmax_cross_entropy, softmax_cross_entropy_gradient
    ),
    ("softmax", "kl_divergence"): Loss("kl_divergence", softmax_kl_divergence, softmax_cross_entropy_gradient),
}


def fused(activation: str, loss: Loss) -> Loss | None:
    """Return *loss* as a function of the weighted sums that go into *activation*, or None where it has no such form."""
    return _FUSED.get((activation, loss.name)) if LOSSES.get(loss.name) is loss else None
