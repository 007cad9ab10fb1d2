"""Losses of outputs that are probabilities or rates: how unlikely they make the targets.

Outputs are what the last layer gives, so it has to end in a sigmoid or softmax (probabilities), in log_softmax (their
logarithms) or in a softplus (rates). After a sigmoid or softmax a network learns by the fused form, `fused`, which is
exact for any finite sums. Outputs below 0 have no logarithm: the loss is nan.
As in torch.nn.BCELoss logarithms of probabilities are never below -100, and no gradient divides by less than 1e-12,
so probabilities of exactly 0 and 1 have a finite loss and a finite gradient.
"""

import numpy as np

from deepnet.maths.arrays import Array, Batch
from deepnet.maths.losses.loss import mean_of, require_pairs

LOWEST_LOGARITHM = -100.0
SMALLEST_DIVISOR = 1e-12
POISSON_EPSILON = 1e-8


def _log(probabilities: Array) -> Array:
    """log(p), but -100 where p is so small or 0; nan below 0."""
    clamped: Array = np.maximum(np.log(probabilities), LOWEST_LOGARITHM)
    return clamped


@np.errstate(all="ignore")
def binary_cross_entropy(outputs: Batch, targets: Batch) -> float:
    """L = -1/(rows * size) * sum_ij (t_ij log(o_ij) + (1 - t_ij) log(1 - o_ij)), outputs and targets in [0, 1].

    The mean over all elements, as torch.nn.BCELoss.
    """
    require_pairs(outputs, targets)
    return float(-(targets * _log(outputs) + (1 - targets) * _log(1 - outputs)).mean())


@np.errstate(all="ignore")
def binary_cross_entropy_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 1/(rows * size) * (o_ij - t_ij) / max(o_ij (1 - o_ij), 1e-12)."""
    require_pairs(outputs, targets)
    spread = np.maximum(outputs * (1 - outputs), SMALLEST_DIVISOR)
    gradient: Batch = (outputs - targets) / spread / outputs.size
    return gradient


@np.errstate(all="ignore")
def categorical_cross_entropy(outputs: Batch, targets: Batch) -> float:
    """L = -1/rows * sum_ij t_ij log(o_ij), where each row of outputs and of targets holds probabilities of classes.

    Outputs are probabilities that already sum to 1, not logits, and are not rescaled. The sum over classes and the
    mean over rows, as keras.losses.CategoricalCrossentropy, or torch.nn.CrossEntropyLoss of log(o).
    """
    require_pairs(outputs, targets)
    return float(-(targets * _log(outputs)).sum() / len(outputs))


@np.errstate(all="ignore")
def categorical_cross_entropy_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = -1/rows * t_ij / max(o_ij, 1e-12)."""
    require_pairs(outputs, targets)
    gradient: Batch = -targets / np.maximum(outputs, SMALLEST_DIVISOR) / len(outputs)
    return gradient


@np.errstate(all="ignore")
def negative_log_likelihood(outputs: Batch, targets: Batch) -> float:
    """L = -1/rows * sum_ij t_ij o_ij, where outputs are logarithms of probabilities, as log_softmax gives.

    The sum over classes and the mean over rows, as torch.nn.NLLLoss of the class that a one-hot row marks.
    """
    require_pairs(outputs, targets)
    return mean_of(-targets * outputs, len(outputs))


@np.errstate(all="ignore")
def negative_log_likelihood_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = -1/rows * t_ij."""
    require_pairs(outputs, targets)
    gradient: Batch = -targets / len(outputs)
    return gradient


@np.errstate(all="ignore")
def kl_divergence(outputs: Batch, targets: Batch) -> float:
    """L = 1/rows * sum_ij t_ij (log(t_ij) - log(o_ij)), where each row holds probabilities, and 0 log(0) is 0.

    The sum over classes and the mean over rows, as keras.losses.KLDivergence, or torch.nn.KLDivLoss of log(o) with
    reduction="batchmean". Source: Kullback and Leibler, On information and sufficiency (1951).
    """
    require_pairs(outputs, targets)
    own = np.where(targets == 0, 0, targets * np.log(targets))
    return float((own - targets * _log(outputs)).sum() / len(outputs))


@np.errstate(all="ignore")
def poisson(outputs: Batch, targets: Batch) -> float:
    """L = 1/(rows * size) * sum_ij (o_ij - t_ij log(o_ij + 1e-8)), where outputs are rates and targets are counts.

    The mean over all elements, as torch.nn.PoissonNLLLoss with log_input=False, or keras.losses.Poisson.
    """
    require_pairs(outputs, targets)
    return float((outputs - targets * np.log(outputs + POISSON_EPSILON)).mean())


@np.errstate(all="ignore")
def poisson_gradient(outputs: Batch, targets: Batch) -> Batch:
    """dL/do_ij = 1/(rows * size) * (1 - t_ij / (o_ij + 1e-8))."""
    require_pairs(outputs, targets)
    gradient: Batch = (1 - targets / (outputs + POISSON_EPSILON)) / outputs.size
    return gradient
