import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.scaling import MinMax, Scaler, Standardizer, constant_features, scaler_from_dict, scaler_named
from deepnet.errors import DataError, InputError, ShapeError, UnknownNameError


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


KINDS = (Standardizer, MinMax)


@pytest.mark.parametrize("kind", KINDS)
def test_a_feature_that_is_too_large_is_called_by_its_name(kind: type[Scaler]) -> None:
    with pytest.raises(DataError, match="feature 'weight' has numbers too large"):
        kind.fit(np.array([[1e308, 1.0], [-1e308, 2.0]]), ["weight", "age"])


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows_have_no_figures(kind: type[Scaler]) -> None:
    with pytest.raises(DataError, match="no rows"):
        kind.fit(np.empty((0, 2)))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_another_width_are_refused(kind: type[Scaler]) -> None:
    with pytest.raises(ShapeError):
        kind.fit(np.eye(3)).apply(np.ones((2, 4)))


@pytest.mark.parametrize("kind", KINDS)
def test_scaled_rows_are_those_of_scikit_learn(kind: type[Scaler]) -> None:
    reason = "needs an oracle: run 'scripts/environment test oracle'"
    preprocessing = pytest.importorskip("sklearn.preprocessing", reason=reason)
    oracle = preprocessing.StandardScaler() if kind is Standardizer else preprocessing.MinMaxScaler()
    rng = np.random.default_rng(2)
    inputs, others = rng.normal(5, 3, size=(50, 4)), rng.normal(5, 3, size=(20, 4))
    inputs[:, 2] = 7.0

    scaler = kind.fit(inputs)

    assert scaler.apply(inputs) == pytest.approx(oracle.fit_transform(inputs))
    assert scaler.apply(others) == pytest.approx(oracle.transform(others))


def test_min_max_takes_the_training_rows_to_zero_and_one() -> None:
    scaler = MinMax.fit(np.array([[2.0, 5.0], [4.0, 5.0]]))

    assert scaler.apply(np.array([[2.0, 5.0], [4.0, 5.0], [5.0, 6.0]])).tolist() == [[0.0, 0.0], [1.0, 0.0], [1.5, 1.0]]


@pytest.mark.parametrize("kind", KINDS)
def test_images_of_float32_stay_float32_and_are_reckoned_as_exactly(kind: type[Scaler]) -> None:
    images = np.random.default_rng(4).random((5000, 3)).astype(np.float32) + np.float32(1000)

    scaled = kind.fit(images).apply(images)

    assert scaled.dtype == np.float32
    assert scaled.tolist() == kind.fit(images).apply(images.astype(np.float64)).astype(np.float32).tolist()


@pytest.mark.parametrize(("low", "high"), [([1.0], [0.0]), ([np.nan], [1.0]), ([0.0], [np.inf]), ([-1e308], [1e308])])
def test_figures_that_scale_nothing_are_refused(low: list[float], high: list[float]) -> None:
    with pytest.raises(InputError, match="finite lows and highs"):
        MinMax(np.array(low), np.array(high))


@pytest.mark.parametrize("kind", KINDS)
def test_a_scaler_is_found_by_its_kind_again(kind: type[Scaler]) -> None:
    scaler = kind.fit(np.random.default_rng(5).normal(size=(9, 3)))

    back = scaler_from_dict(json.loads(json.dumps(scaler.to_dict())))

    assert type(back) is kind
    assert back.to_dict() == scaler.to_dict()
    assert back.size == 3


def test_scalings_are_known_by_name() -> None:
    assert [scaler_named(name) for name in ("standard", "minmax", "none")] == [Standardizer, MinMax, None]
    with pytest.raises(UnknownNameError, match="unknown scaling 'log': use one of standard, minmax, none"):
        scaler_named("log")


@pytest.mark.parametrize("data", [{}, {"kind": "none"}, {"kind": ["standard"]}, {"kind": "minmax"}, "standard", None])
def test_data_that_describe_no_scaler_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError):
        scaler_from_dict(data)


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
