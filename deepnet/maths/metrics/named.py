"""Metrics by name."""

import re

from deepnet.maths.checks import look_up
from deepnet.maths.metrics import classification, distances, explained
from deepnet.maths.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("mean_squared_error", distances.squared_errors),
        Metric("root_mean_squared_error", distances.rooted_squared_errors),
        Metric("mean_absolute_error", distances.absolute_errors),
        Metric("r2", explained.explained, higher_is_better=True),
        Metric("accuracy", classification.right_rows, higher_is_better=True),
        Metric("binary_accuracy", classification.right_single_columns, higher_is_better=True),
        Metric("top_5_accuracy", classification.RightAmong(5), higher_is_better=True),
        Metric("precision", classification.Precision.of, higher_is_better=True),
        Metric("recall", classification.Recall.of, higher_is_better=True),
        Metric("f1", classification.F1.of, higher_is_better=True),
    )
}
ALIASES: dict[str, str] = {
    "mse": "mean_squared_error",
    "rmse": "root_mean_squared_error",
    "mae": "mean_absolute_error",
    "top_k_accuracy": "top_5_accuracy",
}
"""Other names that people type, and what the metric is called."""

_TOP_K = re.compile(r"top_([1-9][0-9]{0,8})_accuracy")


def metric_named(name: str | Metric) -> Metric:
    """Return the metric called *name*: one of `METRICS`, of `ALIASES`, or ``top_3_accuracy`` with any number.

    A Metric is returned as it is. What is asked for by an alias has its full name.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return name if isinstance(name, Metric) else _top_k(name) or look_up("metric", _full_name(name), METRICS)


def _top_k(name: object) -> Metric | None:
    asked = _TOP_K.fullmatch(name) if isinstance(name, str) else None
    return Metric(asked[0], classification.RightAmong(int(asked[1])), higher_is_better=True) if asked else None


def _full_name(name: object) -> object:
    return ALIASES.get(name, name) if isinstance(name, str) else name
