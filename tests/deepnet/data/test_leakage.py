import numpy as np
import pytest
from numpy.typing import ArrayLike

from deepnet.data.dataset import Dataset, load_dataset
from deepnet.data.leakage import leaking_features
from deepnet.maths.arrays import Vector

ROWS = 60
TARGET = np.arange(ROWS) + np.random.default_rng(3).uniform(0, 0.5, ROWS)
NOISE = np.random.default_rng(4).normal(size=ROWS)


def one_feature(values: ArrayLike, target: ArrayLike = TARGET) -> Dataset:
    inputs = np.array(values, dtype=np.float64).reshape(-1, 1)
    targets = np.array(target, dtype=np.float64).reshape(-1, 1)
    return Dataset("t.csv", ("x",), "y", inputs, targets, np.arange(2, 2 + len(inputs)))


def reasons(dataset: Dataset) -> list[str]:
    return [leak.reason for leak in leaking_features(dataset)]


def test_auto_mpg_leaks_through_passedemissions_and_nothing_else() -> None:
    (leak,) = leaking_features(load_dataset("auto-mpg"))

    assert leak.feature == "passedemissions"
    assert leak.reason == "passedemissions alone tells whether mpg is 18 or less, or 18.1 or more"


@pytest.mark.parametrize("sign", [1, -1])
def test_a_truth_made_from_the_target_leaks_whichever_way_round(sign: int) -> None:
    assert reasons(one_feature(sign * (TARGET > 20)))


def test_classes_made_from_the_target_leak() -> None:
    assert reasons(one_feature(np.digitize(TARGET, [10, 30, 50]))) == [
        "each of the 4 values of x has a range of y to itself"
    ]


def test_classes_with_one_exception_do_not_leak() -> None:
    values = (TARGET > 20).astype(np.float64)
    values[0] = 1.0

    assert not reasons(one_feature(values))


def test_a_group_of_four_proves_nothing() -> None:
    assert not reasons(one_feature(TARGET[-5] < TARGET))


@pytest.mark.parametrize(("values", "word"), [(np.exp(TARGET / 9), "rises"), (-(TARGET**3), "falls")])
def test_a_strictly_monotone_quantity_leaks(values: Vector, word: str) -> None:
    assert reasons(one_feature(values)) == [f"y always {word} when x rises, so one can be read off the other"]


def test_one_value_with_two_targets_is_not_monotone() -> None:
    values = np.exp(TARGET / 9)
    values[1] = values[0]

    assert not reasons(one_feature(values))


def test_a_copy_with_a_little_noise_leaks_by_its_correlation() -> None:
    (reason,) = reasons(one_feature(3 - 2 * TARGET + 1.5 * NOISE))

    assert reason.startswith("x runs in step with y (correlation -0.99")


def test_an_honest_feature_does_not_leak() -> None:
    assert not reasons(one_feature(TARGET + 5 * NOISE))


def test_a_constant_feature_does_not_leak() -> None:
    assert not reasons(one_feature(np.ones(ROWS)))


def test_a_handful_of_rows_proves_nothing() -> None:
    assert not reasons(one_feature(TARGET[:9], TARGET[:9]))


def test_a_class_that_is_a_copy_of_the_target_leaks() -> None:
    assert reasons(one_feature(TARGET > 20, TARGET > 20))


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_numbers_of_any_size_are_compared_without_overflow(size: float) -> None:
    assert reasons(one_feature((TARGET + NOISE) * size))
