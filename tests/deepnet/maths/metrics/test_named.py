import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import ShapeError, UnknownNameError
from deepnet.maths.arrays import DTYPES
from deepnet.maths.metrics import ALIASES, METRICS, Mean, Metric, metric_named, top_k_accuracy

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
FEWEST_AND_MOST_COLUMNS = {"binary_accuracy": (1, 1), "top_5_accuracy": (2, 9)}


@given(
    name=st.sampled_from(sorted(METRICS)),
    dtype=st.sampled_from(DTYPES),
    data=st.data(),
)
@deterministic
def test_whatever_the_outputs_the_grade_is_that_of_float64_and_nothing_is_raised_or_changed(
    name: str, dtype: str, data: st.DataObject
) -> None:
    shape = data.draw(st.integers(1, 5)), data.draw(st.integers(*FEWEST_AND_MOST_COLUMNS.get(name, (1, 5))))
    outputs, targets = (data.draw(hnp.arrays("float32", shape)).astype(dtype) for _ in range(2))
    before = outputs.copy(), targets.copy()

    grade = metric_named(name).value(outputs, targets)

    assert type(grade) is float
    np.testing.assert_equal(grade, metric_named(name).value(outputs.astype("float64"), targets.astype("float64")))
    np.testing.assert_array_equal((outputs, targets), before)


@pytest.mark.parametrize("name", sorted(METRICS))
@pytest.mark.parametrize(("outputs", "targets"), [((4, 1), (4,)), ((4, 1), (1, 4)), ((4, 2), (4, 1)), ((0, 1), (0, 1))])
def test_shapes_that_numpy_would_broadcast_are_refused(
    name: str, outputs: tuple[int, ...], targets: tuple[int, ...]
) -> None:
    with pytest.raises(ShapeError):
        metric_named(name).value(np.zeros(outputs), np.zeros(targets))


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_what_people_type_is_the_metric_of_the_full_name(alias: str, name: str) -> None:
    assert metric_named(alias) is METRICS[name]
    assert metric_named(alias).name == name


@pytest.mark.parametrize("k", [1, 3, 5, 12])
def test_any_number_may_stand_in_top_k_accuracy(k: int) -> None:
    rng = np.random.default_rng(k)
    outputs, targets = rng.random((50, 9)), np.eye(9)[rng.integers(0, 9, 50)]
    metric = metric_named(f"top_{k}_accuracy")

    assert metric.name == f"top_{k}_accuracy"
    assert metric.higher_is_better
    assert metric.value(outputs, targets) == top_k_accuracy(outputs, targets, k)
    assert metric == metric_named(f"top_{k}_accuracy") == pickle.loads(pickle.dumps(metric))


def test_a_metric_is_taken_for_its_own_name() -> None:
    mine = Metric("bias", lambda outputs, targets: Mean(float((outputs - targets).sum()), targets.size))

    assert metric_named(mine) is mine
    assert mine.value(np.array([[1.0], [4.0]]), np.array([[0.0], [2.0]])) == 1.5


@pytest.mark.parametrize("name", ["msa", "top_0_accuracy", "top_05_accuracy", "top_-1_accuracy", "", None, ["r2"], 5])
def test_an_unknown_metric_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown metric .*: use one of mean_squared_error, "):
        metric_named(name)
