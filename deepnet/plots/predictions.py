"""What a model predicts beside what is true."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from deepnet.errors import InputError, ShapeError
from deepnet.maths.arrays import require_shape
from deepnet.maths.metrics import confusion_matrix, mean_absolute_error, r2
from deepnet.plots.figures import LARGEST, Matrix, Scatter, Series
from deepnet.plots.spec import specification

MOST_POINTS = 2000
"""More points than this hide one another and swell the file: then every second, third ... row is drawn."""


def predictions_chart(
    targets: ArrayLike, outputs: ArrayLike, *, target: str = "target", labels: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the specification of `predictions_figure`."""
    return specification(predictions_figure(targets, outputs, target=target, labels=labels))


def predictions_figure(
    targets: ArrayLike, outputs: ArrayLike, *, target: str = "target", labels: Sequence[str] = ()
) -> Scatter | Matrix:
    """Show predicted against true: points about the diagonal, or for classes how often each was taken for which.

    Args:
        targets: (rows, size), what is true.
        outputs: (rows, size), what the model put out.
        target: the name of what is predicted.
        labels: the names of the classes, two for a single column; none for numbers.

    Raises:
        ShapeError: the arrays do not fit one another, or hold no row.
        InputError: there are not as many labels as classes, or no output is finite.
    """
    truth, found = np.asarray(targets, dtype=np.float64), np.asarray(outputs, dtype=np.float64)
    require_shape("outputs", found, None, None)
    require_shape("targets", truth, *found.shape)
    if found.size == 0:
        raise ShapeError(f"a chart of predictions needs one row or more, got outputs of shape {found.shape}")
    known = (np.abs(truth) <= LARGEST).all(axis=1) & (np.abs(found) <= LARGEST).all(axis=1)
    if not known.any():
        raise InputError("no row has a finite prediction: there is nothing to show")
    left_out = len(found) - int(known.sum())
    if labels:
        return _matrix(truth[known], found[known], target, tuple(labels), left_out)
    return _scatter(truth[known], found[known], target, left_out)


def _scatter(truth: NDArray[np.float64], found: NDArray[np.float64], target: str, left_out: int) -> Scatter:
    share = r2(found, truth)
    grade = "" if math.isnan(share) else f"R2 {share:.4f}, "
    every = math.ceil(len(truth) / MOST_POINTS)
    columns = truth.shape[1]
    series = tuple(
        Series(
            "rows" if columns == 1 else f"output {column}",
            tuple(zip(truth[::every, column].tolist(), found[::every, column].tolist(), strict=True)),
        )
        for column in range(columns)
    )
    shown = f", every {every}th shown" if every > 1 else ""
    return Scatter(
        title=f"Predicted and true {target}",
        subtitle=f"{grade}mean absolute error {mean_absolute_error(found, truth):.4g}, "
        f"{_rows(len(truth), left_out)}{shown}",
        x_title=f"true {target}",
        y_title=f"predicted {target}",
        series=series,
    )


def _matrix(
    truth: NDArray[np.float64], found: NDArray[np.float64], target: str, labels: tuple[str, ...], left_out: int
) -> Matrix:
    counts = confusion_matrix(found, truth)
    if len(labels) != len(counts):
        raise InputError(f"{len(labels)} labels were given for {len(counts)} classes: give one for each class")
    right = int(np.trace(counts)) / len(truth)
    return Matrix(
        title=f"Predicted and true {target}",
        subtitle=f"accuracy {right:.4f}, {_rows(len(truth), left_out)}",
        labels=labels,
        counts=tuple(map(tuple, counts.tolist())),
    )


def _rows(count: int, left_out: int) -> str:
    rows = "1 row" if count == 1 else f"{count:,} rows"
    return f"{rows} ({left_out:,} without a finite prediction left out)" if left_out else rows
