from pathlib import Path

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


def classes(values: ArrayLike, target: ArrayLike) -> Dataset:
    """Return a task with a class for each value of *target*."""
    labels, places = np.unique(target, return_inverse=True)
    one_hot = np.eye(len(labels))[places]
    inputs = np.array(values, dtype=np.float64).reshape(len(one_hot), -1)
    names = tuple("xyz"[: inputs.shape[1]])
    return Dataset("t.csv", names, "kind", inputs, one_hot, np.arange(len(inputs)), tuple(map(str, labels)))


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


KIND = np.repeat([0, 1, 2], ROWS // 3)


def test_a_code_of_the_class_leaks() -> None:
    assert reasons(classes(2 - KIND, KIND)) == ["each of the 3 values of x has one kind only"]


def test_a_finer_code_of_the_class_leaks() -> None:
    assert reasons(classes(2 * KIND + np.arange(ROWS) % 2, KIND)) == ["each of the 6 values of x has one kind only"]


def test_a_code_of_the_class_leaks_though_one_value_is_rare() -> None:
    codes = 2 * KIND
    codes[0] = 9

    assert reasons(classes(codes, KIND)) == ["each of the 4 values of x has one kind only"]


def test_a_value_for_four_rows_on_average_proves_nothing() -> None:
    kind = np.repeat([0, 1], 10)

    assert reasons(classes(np.repeat(range(4), 5), kind))
    assert not reasons(classes(np.repeat(range(5), 4), np.repeat([0, 1], [8, 12])))


def test_a_code_with_one_exception_does_not_leak() -> None:
    codes = KIND.copy()
    codes[0] = 1

    assert not reasons(classes(codes, KIND))


def test_a_quantity_in_ranges_of_one_class_each_leaks() -> None:
    assert reasons(classes(TARGET, KIND)) == ["each kind has a range of x to itself"]


def test_a_quantity_that_separates_but_one_class_does_not_leak() -> None:
    values = np.where(KIND == 0, -10, 0) + NOISE

    assert not reasons(classes(values, KIND))


def test_a_number_for_every_row_does_not_tell_the_class() -> None:
    assert not reasons(classes(np.random.default_rng(9).permutation(ROWS), KIND))


def test_two_classes_in_one_column_are_looked_at_too() -> None:
    binary = Dataset(
        "t.csv", ("x",), "sold", TARGET[:, None].copy(), (TARGET[:, None] > 20) * 1.0, np.arange(ROWS), ("no", "yes")
    )

    assert reasons(binary) == ["each sold has a range of x to itself"]


def test_a_class_of_four_rows_proves_nothing() -> None:
    assert not reasons(classes(TARGET, np.arange(ROWS) >= ROWS - 4))


def test_a_category_that_names_the_class_leaks_under_the_name_of_its_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("code,size,kind\n" + "A,1,x\nB,2,y\nC,1,z\n" * 5)

    (leak,) = leaking_features(load_dataset(path, target="kind"))

    assert leak == ("code", "each of the 3 values of code has one kind only")


def test_one_value_of_a_category_that_halves_the_target_leaks_under_the_name_of_its_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("code,size\n" + "".join(f"{'AB'[row > 9]},{row}\n" for row in range(20)))

    (leak,) = leaking_features(load_dataset(path, target="size"))

    assert leak.feature == "code"
    assert leak.reason == "code=A alone tells whether size is 9 or less, or 10 or more"


def test_rows_without_a_value_say_nothing_about_a_feature() -> None:
    values = (TARGET > 20).astype(np.float64)
    values[::7] = np.nan

    assert reasons(one_feature(values))
    assert not reasons(one_feature(np.full(ROWS, np.nan)))


def test_iris_has_no_leak() -> None:
    assert not reasons(load_dataset("iris"))
