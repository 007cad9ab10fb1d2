import math

import numpy as np
import pytest

from deepnet.maths.metrics import metric_named

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
