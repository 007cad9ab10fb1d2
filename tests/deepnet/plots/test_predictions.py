import math

import numpy as np
import pytest

from deepnet.errors import InputError, ShapeError
from deepnet.plots.figures import Matrix, Scatter
from deepnet.plots.predictions import MOST_POINTS, predictions_figure

LABELS = ("cat", "dog", "owl")


def onehot(places: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.eye(3)[places]


def scatter(targets: object, outputs: object) -> Scatter:
    figure = predictions_figure(np.array(targets), np.array(outputs), target="mpg")
    assert isinstance(figure, Scatter)
    return figure


def matrix(targets: object, outputs: object, labels: tuple[str, ...] = LABELS) -> Matrix:
    figure = predictions_figure(np.array(targets), np.array(outputs), target="animal", labels=labels)
    assert isinstance(figure, Matrix)
    return figure


def test_each_row_is_a_point_with_what_is_true_across() -> None:
    figure = scatter([[1.0], [2.0], [3.0]], [[1.5], [2.0], [2.0]])

    assert figure.series[0].points == ((1.0, 1.5), (2.0, 2.0), (3.0, 2.0))
    assert (figure.x_title, figure.y_title) == ("true mpg", "predicted mpg")
    assert figure.subtitle == "R2 0.3750, mean absolute error 0.5, 3 rows"


def test_several_outputs_have_a_series_each() -> None:
    figure = scatter([[1.0, 2.0]], [[3.0, 4.0]])

    assert [(series.name, series.points) for series in figure.series] == [
        ("output 0", ((1.0, 3.0),)),
        ("output 1", ((2.0, 4.0),)),
    ]


def test_of_very_many_rows_an_even_part_is_drawn_and_all_are_graded() -> None:
    rows = np.arange(3 * MOST_POINTS + 5.0)[:, np.newaxis]
    figure = scatter(rows, rows + 1)

    assert len(figure.series[0].points) == len(rows[::4])
    assert figure.subtitle.endswith("mean absolute error 1, 6,005 rows, every 4th shown")


def test_rows_without_a_finite_prediction_are_left_out_and_counted() -> None:
    figure = scatter([[1.0], [2.0], [3.0]], [[1.0], [math.nan], [math.inf]])

    assert figure.series[0].points == ((1.0, 1.0),)
    assert figure.subtitle.endswith("1 row (2 without a finite prediction left out)")


def test_classes_are_counted_with_what_is_true_down_and_what_is_predicted_across() -> None:
    figure = matrix(onehot([0, 0, 0, 1, 2]), onehot([0, 0, 2, 1, 1]))

    assert figure.counts == ((2, 0, 1), (0, 1, 0), (0, 1, 0))
    assert figure.labels == LABELS
    assert figure.subtitle == "accuracy 0.6000, 5 rows"


def test_a_single_column_stands_for_two_classes() -> None:
    figure = matrix([[0.0], [1.0], [1.0]], [[0.2], [0.9], [0.4]], ("no", "yes"))

    assert figure.counts == ((1, 0), (1, 1))


def test_the_counts_equal_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="needs an oracle: run 'scripts/environment test oracle'")
    rng = np.random.default_rng(3)
    true, found = rng.integers(0, 3, 200), rng.integers(0, 3, 200)

    figure = matrix(onehot(true.tolist()), onehot(found.tolist()))

    assert figure.counts == tuple(map(tuple, metrics.confusion_matrix(true, found).tolist()))


@pytest.mark.parametrize(
    ("targets", "outputs", "labels", "said"),
    [
        ([[1.0]], [[1.0], [2.0]], (), r"targets has shape \(1, 1\), expected \(2, 1\)"),
        ([1.0], [1.0], (), "outputs has shape"),
        (np.zeros((0, 1)), np.zeros((0, 1)), (), "one row or more"),
        ([[1.0, 0.0]], [[1.0, 0.0]], LABELS, "3 labels were given for 2 classes"),
        ([[1.0]], [[math.nan]], (), "no row has a finite prediction"),
    ],
)
def test_what_cannot_be_shown_is_refused(targets: object, outputs: object, labels: tuple[str, ...], said: str) -> None:
    with pytest.raises((InputError, ShapeError), match=said):
        predictions_figure(np.array(targets), np.array(outputs), labels=labels)
