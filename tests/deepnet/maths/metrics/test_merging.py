import math
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch
from deepnet.maths.metrics import METRICS, Tally, confusion_matrix, metric_named

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
REGRESSION = ("mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2")
CLASSIFICATION = (*sorted(set(METRICS) - {*REGRESSION, "binary_accuracy"}), "top_2_accuracy")


def merged(name: str, outputs: Batch, targets: Batch, cuts: list[int]) -> Tally:
    """Return the tally of all rows, seen in the batches between *cuts*."""
    edges = [0, *sorted(cuts), len(outputs)]
    slices = [slice(start, end) for start, end in pairwise(edges) if start < end]
    tallies = [metric_named(name).tally(outputs[rows], targets[rows]) for rows in slices]
    return reduce(lambda left, right: left.merge(right), tallies)


@given(
    name=st.sampled_from(REGRESSION),
    rows=st.integers(2, 60),
    size=st.integers(1, 4),
    level=st.sampled_from([0.0, -3.0, 1e6]),
    cuts=st.lists(st.integers(1, 59), max_size=6),
    seed=st.integers(0, 1000),
)
@deterministic
def test_however_the_rows_are_cut_the_merged_grade_is_that_of_all_rows(
    name: str, rows: int, size: int, level: float, cuts: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    targets = level + rng.normal(size=(rows, size)) * 10.0 ** rng.integers(-3, 4, size)
    outputs = targets + rng.normal(size=(rows, size))

    grade = merged(name, outputs, targets, [cut for cut in cuts if cut < rows]).value()

    assert grade == pytest.approx(metric_named(name).value(outputs, targets), rel=1e-12, abs=1e-12)


@given(
    name=st.sampled_from(CLASSIFICATION),
    rows=st.integers(1, 60),
    size=st.integers(1, 5),
    cuts=st.lists(st.integers(1, 59), max_size=6),
    seed=st.integers(0, 1000),
)
@deterministic
def test_however_the_rows_are_cut_counted_grades_are_exactly_those_of_all_rows(
    name: str, rows: int, size: int, cuts: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    size = max(2, size) if name.startswith("top") else size
    targets = np.eye(size)[rng.integers(0, size, rows)] if size > 1 else rng.integers(0, 2, (rows, 1)).astype(float)
    outputs = np.where(rng.random((rows, size)) < 0.02, np.nan, rng.integers(0, 4, (rows, size)) / 3)

    grade = merged(name, outputs, targets, [cut for cut in cuts if cut < rows]).value()

    assert grade == metric_named(name).value(outputs, targets)


def test_binary_accuracy_merges_too() -> None:
    outputs, targets = np.array([[0.2], [0.9], [0.7]]), np.array([[0.0], [1.0], [0.0]])

    assert merged("binary_accuracy", outputs, targets, [1]).value() == 2 / 3


def test_confusion_matrices_of_batches_add_up() -> None:
    rng = np.random.default_rng(3)
    outputs, targets = rng.random((30, 4)), np.eye(4)[rng.integers(0, 4, 30)]
    parts = [confusion_matrix(outputs[rows], targets[rows]) for rows in (slice(0, 7), slice(7, 8), slice(8, 30))]

    np.testing.assert_array_equal(sum(parts), confusion_matrix(outputs, targets))


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e8 + 0.1])
def test_batches_of_a_constant_column_still_have_no_variance_to_explain(constant: float) -> None:
    targets = np.full((7, 2), constant)

    assert math.isnan(merged("r2", targets + 1, targets, [1, 4]).value())


def test_batches_that_are_constant_each_at_a_level_of_its_own_have_one() -> None:
    targets = np.array([[1.0], [1.0], [5.0], [5.0], [5.0]])

    # The mean is 3.4, so SS_tot = 2 * 2.4^2 + 3 * 1.6^2; each error is 1.
    assert merged("r2", targets + 1, targets, [2]).value() == pytest.approx(1 - 5 / 19.2, rel=1e-14)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("name", REGRESSION)
def test_a_batch_that_is_not_finite_spoils_the_grade_of_all_rows_without_a_warning(name: str, bad: float) -> None:
    targets = np.arange(6.0).reshape(3, 2)
    outputs = targets.copy()
    outputs[2, 1] = bad

    grade = merged(name, outputs, targets, [1, 2]).value()

    np.testing.assert_equal(grade, metric_named(name).value(outputs, targets))
    assert not math.isfinite(grade)


@pytest.mark.parametrize(("name", "what"), [("r2", "columns"), ("f1", "classes")])
def test_tallies_of_rows_of_another_shape_do_not_merge(name: str, what: str) -> None:
    three, four = (metric_named(name).tally(np.eye(size), np.eye(size)) for size in (3, 4))

    with pytest.raises(ShapeError, match=f"tallies of 3 and of 4 {what} do not merge"):
        three.merge(four)
