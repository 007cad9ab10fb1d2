import numpy as np
import pytest

from deepnet.data.baseline import is_cheap, least_squares, most_frequent
from deepnet.data.dataset import load_dataset
from deepnet.data.split import split
from deepnet.errors import ShapeError
from deepnet.maths.arrays import Batch


def r2(predicted: Batch, targets: Batch) -> float:
    return float(1 - ((targets - predicted) ** 2).sum() / ((targets - targets.mean()) ** 2).sum())


def test_it_is_the_solution_of_the_normal_equations() -> None:
    rng = np.random.default_rng(5)
    inputs, targets = rng.normal(2, 3, size=(40, 3)), rng.normal(size=(40, 2))
    with_one = np.column_stack([inputs, np.ones(40)])
    closed_form = np.linalg.solve(with_one.T @ with_one, with_one.T @ targets)

    line = least_squares(inputs, targets)

    assert line.coefficients == pytest.approx(closed_form[:-1])
    assert line.intercept == pytest.approx(closed_form[-1])
    assert line.predict(inputs) == pytest.approx(with_one @ closed_form)


def test_a_line_without_noise_is_found() -> None:
    inputs = np.arange(12.0).reshape(6, 2) ** 2

    line = least_squares(inputs, inputs @ [[2.0], [-1.0]] + 4)

    assert line.coefficients == pytest.approx(np.array([[2.0], [-1.0]]))
    assert line.intercept == pytest.approx([4.0])


def test_columns_that_depend_on_each_other_or_are_constant_do_no_harm() -> None:
    rng = np.random.default_rng(6)
    column = rng.normal(size=(30, 1))
    inputs = np.hstack([column, 2 * column, np.ones((30, 1))])
    targets = 3 * column + 1

    assert least_squares(inputs, targets).predict(inputs) == pytest.approx(targets)


def test_fewer_rows_than_features_do_no_harm() -> None:
    inputs, targets = np.random.default_rng(7).normal(size=(3, 8)), np.array([[1.0], [2.0], [3.0]])

    assert least_squares(inputs, targets).predict(inputs) == pytest.approx(targets)


def test_a_small_unit_beside_a_large_one_is_not_lost() -> None:
    rng = np.random.default_rng(8)
    inputs = rng.normal(size=(50, 2)) * [1e9, 1e-9]
    targets = inputs @ [[1e-9], [1e9]]

    assert r2(least_squares(inputs, targets).predict(inputs), targets) == pytest.approx(1)


def test_rows_that_do_not_match_are_refused() -> None:
    with pytest.raises(ShapeError):
        least_squares(np.ones((3, 2)), np.ones((4, 1)))


@pytest.mark.parametrize(
    ("features", "median"), [(None, 0.796), (["horsepower", "displacement", "weight"], 0.691)], ids=["seven", "three"]
)
def test_auto_mpg_is_predicted_as_well_as_the_literature_says(features: list[str] | None, median: float) -> None:
    dataset = load_dataset("auto-mpg", features=features)
    scores = []
    for seed in range(50):
        train, test = split(len(dataset.inputs), test_fraction=0.2, seed=seed)
        line = least_squares(dataset.inputs[train], dataset.targets[train])
        scores.append(r2(line.predict(dataset.inputs[test]), dataset.targets[test]))

    assert np.median(scores) == pytest.approx(median, abs=0.01)


def test_least_squares_on_classes_is_the_linear_classifier_of_scikit_learn() -> None:
    linear = pytest.importorskip(
        "sklearn.linear_model", reason="needs an oracle: run 'scripts/environment test oracle'"
    )
    dataset = load_dataset("iris")
    oracle = linear.LinearRegression().fit(dataset.inputs, dataset.targets)

    line = least_squares(dataset.inputs, dataset.targets)

    assert line.predict(dataset.inputs) == pytest.approx(oracle.predict(dataset.inputs))


@pytest.mark.parametrize(
    ("targets", "answer"),
    [
        ([[0.0], [1.0], [1.0]], [1.0]),
        ([[0.0], [1.0]], [0.0]),
        ([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]], [0.0, 0.0, 1.0]),
        ([[0.0, 1.0], [1.0, 0.0]], [1.0, 0.0]),
    ],
)
def test_who_always_says_the_same_says_the_most_frequent_class(targets: list[list[float]], answer: list[float]) -> None:
    assert most_frequent(np.array(targets)).tolist() == answer


def test_a_large_set_of_images_is_not_cheap() -> None:
    assert is_cheap(np.empty((392, 7)))
    assert not is_cheap(np.broadcast_to(np.float32(0), (60_000, 784)))
