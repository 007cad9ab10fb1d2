import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.scaling import Standardizer, constant_features
from deepnet.errors import DataError, InputError, ShapeError


def test_standardised_rows_have_mean_zero_and_deviation_one() -> None:
    inputs = np.random.default_rng(1).normal(5, 3, size=(50, 4))

    scaled = Standardizer.fit(inputs).apply(inputs)

    assert scaled.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    assert scaled.std(axis=0) == pytest.approx(np.ones(4))


def test_other_rows_go_through_the_same_figures() -> None:
    standardizer = Standardizer.fit(np.array([[0.0], [2.0]]))

    assert standardizer.apply(np.array([[5.0]])).tolist() == [[4.0]]


def test_a_constant_column_becomes_zero_exactly() -> None:
    inputs = np.full((3, 1), 0.1)

    standardizer = Standardizer.fit(inputs)

    assert standardizer.scale.tolist() == [1.0]
    assert standardizer.apply(inputs).tolist() == [[0.0]] * 3


def test_constant_columns_can_be_named() -> None:
    assert constant_features(np.array([[1.0, 2.0], [1.0, 3.0]]), ["a", "b"]) == ("a",)


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e150])
def test_very_small_and_large_numbers_stay_finite(size: float) -> None:
    inputs = np.array([[1.0], [2.0], [3.0]]) * size

    assert np.isfinite(Standardizer.fit(inputs).apply(inputs)).all()


def test_numbers_beyond_that_are_refused_by_column() -> None:
    with pytest.raises(DataError, match="feature 2 has numbers too large"):
        Standardizer.fit(np.array([[1.0, 1e308], [2.0, -1e308]]))


def test_no_rows_have_no_mean() -> None:
    with pytest.raises(DataError, match="no rows"):
        Standardizer.fit(np.empty((0, 2)))


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(ShapeError):
        Standardizer.fit(np.eye(3)).apply(np.ones((2, 4)))


def test_the_figures_cannot_be_changed_from_outside() -> None:
    mean = np.zeros(2)
    standardizer = Standardizer(mean, np.ones(2))
    mean[0] = 7

    assert standardizer.mean.tolist() == [0.0, 0.0]
    assert not standardizer.mean.flags.writeable


FIGURES = st.floats(allow_nan=False, allow_infinity=False)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(FIGURES, st.floats(min_value=1e-300, max_value=1e300)), min_size=1, max_size=5))
def test_a_trip_through_json_keeps_every_bit(pairs: list[tuple[float, float]]) -> None:
    mean, scale = zip(*pairs, strict=True)
    standardizer = Standardizer(np.array(mean), np.array(scale))

    back = Standardizer.from_dict(json.loads(json.dumps(standardizer.to_dict())))

    assert back.mean.tobytes() == standardizer.mean.tobytes()
    assert back.scale.tobytes() == standardizer.scale.tobytes()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"mean": [1.0]},
        {"mean": [1.0], "scale": [0.0]},
        {"mean": [1.0], "scale": [-1.0]},
        {"mean": [1.0, 2.0], "scale": [1.0]},
        {"mean": ["x"], "scale": [1.0]},
        {"mean": [None], "scale": [1.0]},
        {"mean": [float("nan")], "scale": [1.0]},
        {"mean": [[1.0]], "scale": [[1.0]]},
    ],
)
def test_data_that_describe_no_standardizer_are_refused(data: dict[str, list[float]]) -> None:
    with pytest.raises(InputError):
        Standardizer.from_dict(data)
