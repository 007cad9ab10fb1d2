import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, ShapeError
from deepnet.maths.arrays import Batch
from deepnet.maths.metrics import accuracy, confusion_matrix, f1, metric_named, precision, recall, top_k_accuracy

deterministic = settings(derandomize=True, deadline=None, max_examples=40)


def onehot(classes: list[int], size: int = 3) -> Batch:
    return np.eye(size)[classes]


# Class 0 is right twice of three times, class 1 once of twice, class 2 is never put out.
TRUE, FOUND = onehot([0, 0, 0, 1, 1, 2]), onehot([0, 0, 1, 1, 0, 1])


def test_the_grades_equal_their_closed_forms() -> None:
    np.testing.assert_array_equal(confusion_matrix(FOUND, TRUE), [[2, 1, 0], [1, 1, 0], [0, 1, 0]])
    assert accuracy(FOUND, TRUE) == 3 / 6
    assert precision(FOUND, TRUE) == pytest.approx((2 / 3 + 1 / 3 + 0) / 3)
    assert recall(FOUND, TRUE) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert f1(FOUND, TRUE) == pytest.approx((4 / 6 + 2 / 5 + 0) / 3)


def test_a_single_column_holds_two_classes_split_at_a_half() -> None:
    outputs, targets = np.array([[0.5], [0.51], [-3], [7]]), np.array([[0.0], [1], [1], [1]])

    assert accuracy(outputs, targets) == 0.75
    np.testing.assert_array_equal(confusion_matrix(outputs, targets), [[1, 0], [1, 2]])


def test_of_equal_outputs_the_first_is_the_class() -> None:
    assert accuracy(np.zeros((1, 3)), onehot([0])) == 1
    assert accuracy(np.zeros((1, 3)), onehot([1])) == 0
    assert top_k_accuracy(np.zeros((1, 3)), onehot([1]), 2) == 1
    assert top_k_accuracy(np.zeros((1, 3)), onehot([2]), 2) == 0


@pytest.mark.parametrize(("k", "expected"), [(1, 1 / 3), (2, 2 / 3), (3, 1), (5, 1)])
def test_top_k_asks_for_the_class_among_the_largest(k: int, expected: float) -> None:
    outputs = np.array([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])

    assert top_k_accuracy(outputs, onehot([0, 1, 2]), k) == expected


def test_a_row_with_nan_is_wrong_and_in_no_cell() -> None:
    outputs = np.array([[math.nan, 0, 0], [1, 0, 0]])

    for targets in (onehot([0, 0]), np.where(np.isnan(outputs), outputs, onehot([0, 0]))):
        assert accuracy(outputs, targets) == top_k_accuracy(outputs, targets, 3) == 0.5
        assert confusion_matrix(outputs, targets).sum() == 1
    assert recall(outputs, onehot([0, 0])) == pytest.approx(0.5 / 3)


def test_what_cannot_be_graded_is_refused() -> None:
    with pytest.raises(ShapeError, match="needs a column for each class"):
        top_k_accuracy(np.zeros((2, 1)), np.zeros((2, 1)))
    with pytest.raises(InputError, match="k must be a whole number of 1 or more"):
        top_k_accuracy(FOUND, TRUE, 0)
    with pytest.raises(ShapeError):
        confusion_matrix(FOUND, TRUE[:1])


@pytest.mark.parametrize("name", ["accuracy", "precision", "recall", "f1"])
def test_a_run_can_ask_for_a_grade_by_name(name: str) -> None:
    metric = metric_named(name)

    assert metric.higher_is_better
    assert metric.value(TRUE, TRUE) == 1 > metric.value(FOUND, TRUE)


def test_binary_accuracy_is_the_accuracy_of_a_single_column_and_refuses_more() -> None:
    outputs, targets = np.array([[0.2], [0.9], [0.7]]), np.array([[0.0], [1], [0]])

    assert metric_named("binary_accuracy").value(outputs, targets) == accuracy(outputs, targets) == 2 / 3
    with pytest.raises(ShapeError, match="binary_accuracy needs a single column of 0 and 1, got 3: use accuracy"):
        metric_named("binary_accuracy").value(FOUND, TRUE)


@given(rows=st.integers(1, 40), size=st.integers(1, 5), seed=st.integers(0, 1000))
@deterministic
def test_the_grades_equal_scikit_learns(rows: int, size: int, seed: int) -> None:
    oracle = pytest.importorskip("sklearn.metrics", reason="needs an oracle: run 'scripts/environment test oracle'")
    rng = np.random.default_rng(seed)
    outputs, true = rng.random((rows, size)), rng.integers(0, max(2, size), rows)
    targets = true[:, None].astype("float64") if size == 1 else onehot(true.tolist(), max(2, size))
    outputs = outputs if size == 1 else rng.random(targets.shape)
    found = (outputs[:, 0] > 0.5).astype(int) if size == 1 else outputs.argmax(axis=1)
    labels = list(range(max(2, size)))
    options = {"labels": labels, "average": "macro", "zero_division": 0}

    np.testing.assert_array_equal(
        confusion_matrix(outputs, targets), oracle.confusion_matrix(true, found, labels=labels)
    )
    assert accuracy(outputs, targets) == pytest.approx(oracle.accuracy_score(true, found))
    assert precision(outputs, targets) == pytest.approx(oracle.precision_score(true, found, **options))
    assert recall(outputs, targets) == pytest.approx(oracle.recall_score(true, found, **options))
    assert f1(outputs, targets) == pytest.approx(oracle.f1_score(true, found, **options))
    if size > 2:
        theirs = oracle.top_k_accuracy_score(true, outputs, k=2, labels=labels)
        assert top_k_accuracy(outputs, targets, 2) == pytest.approx(theirs)
