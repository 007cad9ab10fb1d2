import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import ShapeError, UnknownNameError
from deepnet.maths.arrays import DTYPES, Batch
from deepnet.maths.metrics import METRICS, Metric, metric_named

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
OUTPUTS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]])
REGRESSION = ("mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2")
TARGETS = np.array([[1.0, 0.0], [0.0, 4.0], [5.0, 8.0]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean_squared_error", (4 + 9 + 1) / 6),
        ("root_mean_squared_error", math.sqrt((4 + 9 + 1) / 6)),
        ("mean_absolute_error", (2 + 3 + 1) / 6),
        # The columns' means are 2 and 4, so SS_tot = (1 + 4 + 9) + (16 + 0 + 16).
        ("r2", 1 - 14 / 46),
    ],
)
def test_a_metric_equals_its_closed_form(name: str, expected: float) -> None:
    assert metric_named(name).value(OUTPUTS, TARGETS) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", REGRESSION)
def test_perfect_outputs_get_the_best_grade_and_worse_ones_a_worse_grade(name: str) -> None:
    metric = metric_named(name)
    perfect, close, far = (metric.value(TARGETS + error, TARGETS) for error in (0, 0.1, 1))

    assert perfect == (1 if metric.higher_is_better else 0)
    assert (perfect > close > far) if metric.higher_is_better else (perfect < close < far)


def test_r2_of_the_means_alone_is_0() -> None:
    means = np.tile(TARGETS.mean(axis=0), (3, 1))

    assert metric_named("r2").value(means, TARGETS) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e8 + 0.1])
@pytest.mark.parametrize("rows", [1, 3, 7])
def test_r2_of_constant_targets_is_nan(constant: float, rows: int) -> None:
    targets = np.full((rows, 2), constant)

    assert math.isnan(metric_named("r2").value(targets, targets))
    assert math.isnan(metric_named("r2").value(targets + 1, targets))


@given(
    name=st.sampled_from(sorted(METRICS)),
    dtype=st.sampled_from(DTYPES),
    pair=hnp.array_shapes(min_dims=2, max_dims=2, max_side=5).flatmap(
        lambda shape: st.tuples(hnp.arrays("float32", shape), hnp.arrays("float32", shape))
    ),
)
@deterministic
def test_whatever_the_outputs_the_grade_is_that_of_float64_and_nothing_is_raised_or_changed(
    name: str, dtype: str, pair: tuple[Batch, Batch]
) -> None:
    outputs, targets = (array.astype(dtype) for array in pair)
    before = outputs.copy(), targets.copy()

    grade = metric_named(name).value(outputs, targets)

    assert type(grade) is float
    np.testing.assert_equal(grade, metric_named(name).value(outputs.astype("float64"), targets.astype("float64")))
    np.testing.assert_array_equal((outputs, targets), before)


@pytest.mark.parametrize("name", REGRESSION)
def test_a_metric_equals_scikit_learns(name: str) -> None:
    oracle = pytest.importorskip("sklearn.metrics", reason="needs an oracle: run 'scripts/environment test oracle'")
    theirs = getattr(oracle, f"{name}_score" if name == "r2" else name)
    rng = np.random.default_rng(6)

    for rows, size in [(2, 1), (5, 1), (50, 3)]:
        outputs, targets = rng.normal(size=(rows, size)), rng.normal(size=(rows, size))
        # A root of means is not a mean of roots: scikit-learn's has to see all outputs as one.
        if name == "root_mean_squared_error":
            outputs, targets = outputs.reshape(-1, 1), targets.reshape(-1, 1)
        options = {"multioutput": "variance_weighted"} if name == "r2" else {}
        expected = theirs(targets, outputs, **options)
        assert metric_named(name).value(outputs, targets) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", sorted(METRICS))
@pytest.mark.parametrize(("outputs", "targets"), [((4, 1), (4,)), ((4, 1), (1, 4)), ((4, 2), (4, 1)), ((0, 1), (0, 1))])
def test_shapes_that_numpy_would_broadcast_are_refused(
    name: str, outputs: tuple[int, ...], targets: tuple[int, ...]
) -> None:
    with pytest.raises(ShapeError):
        metric_named(name).value(np.zeros(outputs), np.zeros(targets))


def test_a_metric_is_taken_for_its_own_name() -> None:
    mine = Metric("mine", lambda _outputs, _targets: 0.0)

    assert metric_named(mine) is mine


def test_an_unknown_metric_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownNameError, match="unknown metric 'mse': use one of mean_squared_error"):
        metric_named("mse")
