"""How good the outputs are, for people to read and for a run to stop by.

Nothing is learnt from a metric, so it needs no gradient, and it is always reckoned in float64: the
same outputs get the same grade whatever dtype they were computed in. Outputs that are infinite or
nan get an infinite or nan grade, without a warning.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deepnet.errors import ShapeError
from deepnet.maths import classification
from deepnet.maths.arrays import Batch, require_shape
from deepnet.maths.checks import look_up


@dataclass(frozen=True, slots=True)
class Metric:
    """A grade for outputs.

    Attributes:
        name: what it is called in a plan.
        value: (outputs, targets) -> grade, both of shape (rows, size).
        higher_is_better: whether a good network has a high grade, or a low one.
    """

    name: str
    value: Callable[[Batch, Batch], float]
    higher_is_better: bool = False


def _pairs(outputs: Batch, targets: Batch) -> tuple[Batch, Batch]:
    """Return both in float64, or raise ShapeError: numpy would broadcast and say nothing."""
    outputs, targets = np.asarray(outputs, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    require_shape("outputs", outputs, None, None)
    require_shape("targets", targets, *outputs.shape)
    if outputs.size == 0:
        raise ShapeError(f"a metric needs one row or more, got outputs of shape {outputs.shape}")
    return outputs, targets


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def mean_squared_error(outputs: Batch, targets: Batch) -> float:
    """1/(rows * size) * sum_ij (o_ij - t_ij)^2."""
    outputs, targets = _pairs(outputs, targets)
    return float(((outputs - targets) ** 2).mean())


def root_mean_squared_error(outputs: Batch, targets: Batch) -> float:
    """sqrt(mean squared error), in the unit of the targets."""
    return math.sqrt(mean_squared_error(outputs, targets))


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def mean_absolute_error(outputs: Batch, targets: Batch) -> float:
    """1/(rows * size) * sum_ij |o_ij - t_ij|, in the unit of the targets."""
    outputs, targets = _pairs(outputs, targets)
    return float(np.abs(outputs - targets).mean())


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def r2(outputs: Batch, targets: Batch) -> float:
    """The share of the targets' variance that the outputs explain: 1 - SS_res / SS_tot.

    SS_res = sum_ij (o_ij - t_ij)^2 and SS_tot = sum_ij (t_ij - m_j)^2, where m_j is the mean of
    column j. 1 is perfect, 0 is what the means alone would get, below 0 is worse than that.
    It is nan when every column of targets is constant: there is nothing to explain.

    Source: sklearn.metrics.r2_score with multioutput="variance_weighted", except that errors in a
    constant column count here.
    """
    outputs, targets = _pairs(outputs, targets)
    apart = targets - targets[0]  # so that a constant column gives exactly 0, whatever its mean rounds to
    total = float(((apart - apart.mean(axis=0)) ** 2).sum())
    residual = float(((outputs - targets) ** 2).sum())
    return 1 - residual / total if total != 0 else math.nan


METRICS: dict[str, Metric] = {
    "mean_squared_error": Metric("mean_squared_error", mean_squared_error),
    "root_mean_squared_error": Metric("root_mean_squared_error", root_mean_squared_error),
    "mean_absolute_error": Metric("mean_absolute_error", mean_absolute_error),
    "r2": Metric("r2", r2, higher_is_better=True),
    "accuracy": Metric("accuracy", classification.accuracy, higher_is_better=True),
    "precision": Metric("precision", classification.precision, higher_is_better=True),
    "recall": Metric("recall", classification.recall, higher_is_better=True),
    "f1": Metric("f1", classification.f1, higher_is_better=True),
}


def metric_named(name: str | Metric) -> Metric:
    """Return the metric called *name*; a Metric is returned as it is.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return name if isinstance(name, Metric) else look_up("metric", name, METRICS)
