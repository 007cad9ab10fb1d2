"""How good the outputs are, for people to read and for a run to stop by.

Nothing is learnt from a metric, so it needs no gradient, and it is always reckoned in float64: the
same outputs get the same grade whatever dtype they were computed in. Outputs that are infinite or
nan get an infinite or nan grade, without a warning. Rows that do not fit in memory are graded batch
by batch: a tally of each, merged, has the grade of all rows. Each file holds one family.
"""

from deepnet.maths.metrics.classification import (
    Share,
    accuracy,
    confusion_matrix,
    f1,
    precision,
    recall,
    top_k_accuracy,
)
from deepnet.maths.metrics.distances import Mean, mean_absolute_error, mean_squared_error, root_mean_squared_error
from deepnet.maths.metrics.explained import r2
from deepnet.maths.metrics.metric import Metric, Tally
from deepnet.maths.metrics.named import ALIASES, METRICS, metric_named

__all__ = [
    "ALIASES",
    "METRICS",
    "Mean",
    "Metric",
    "Share",
    "Tally",
    "accuracy",
    "confusion_matrix",
    "f1",
    "mean_absolute_error",
    "mean_squared_error",
    "metric_named",
    "precision",
    "r2",
    "recall",
    "root_mean_squared_error",
    "top_k_accuracy",
]
