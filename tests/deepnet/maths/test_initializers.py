import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import UnknownNameError
from deepnet.maths.arrays import DTYPES
from deepnet.maths.initializers import INITIALIZERS, initializer_named

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
NEURONS, INPUTS = 300, 200

UNIFORM = {
    "uniform": 0.05,
    "centered_uniform": 0.5,
    "glorot_uniform": math.sqrt(6 / (INPUTS + NEURONS)),
    "he_uniform": math.sqrt(6 / INPUTS),
    "lecun_uniform": math.sqrt(3 / INPUTS),
}
NORMAL = {
    "normal": 0.05,
    "glorot_normal": math.sqrt(2 / (INPUTS + NEURONS)),
    "he_normal": math.sqrt(2 / INPUTS),
    "lecun_normal": math.sqrt(1 / INPUTS),
}


def test_every_initializer_is_held_to_its_formula_here() -> None:
    assert {*UNIFORM, *NORMAL, "zeros", "ones", "orthogonal"} == set(INITIALIZERS)


@pytest.mark.parametrize(("name", "limit"), UNIFORM.items())
def test_a_uniform_one_fills_its_interval_evenly(name: str, limit: float) -> None:
    drawn = initializer_named(name)(np.random.default_rng(1), (NEURONS, INPUTS), "float64")

    assert 0.999 * limit < np.abs(drawn).max() <= limit
    assert drawn.mean() == pytest.approx(0, abs=0.02 * limit)
    assert drawn.std() == pytest.approx(limit / math.sqrt(3), rel=0.02)


@pytest.mark.parametrize(("name", "deviation"), NORMAL.items())
def test_a_normal_one_has_its_deviation_and_its_tails(name: str, deviation: float) -> None:
    drawn = initializer_named(name)(np.random.default_rng(1), (NEURONS, INPUTS), "float64")

    assert drawn.mean() == pytest.approx(0, abs=0.02 * deviation)
    assert drawn.std() == pytest.approx(deviation, rel=0.02)
    assert (np.abs(drawn) < deviation).mean() == pytest.approx(0.6827, abs=0.01)
    assert np.abs(drawn).max() > 3.5 * deviation


@pytest.mark.parametrize(("name", "value"), [("zeros", 0), ("ones", 1)])
def test_a_constant_one_is_that_everywhere(name: str, value: int) -> None:
    assert (initializer_named(name)(np.random.default_rng(1), (3, 2), "float32") == value).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (4, 4), (3, 7), (7, 3), (6,)])
def test_an_orthogonal_one_has_orthonormal_rows_or_columns(shape: tuple[int, ...]) -> None:
    drawn = initializer_named("orthogonal")(np.random.default_rng(1), shape, "float64")
    matrix = np.atleast_2d(drawn)
    narrow = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T

    assert drawn.shape == shape
    assert drawn.flags["C_CONTIGUOUS"]
    np.testing.assert_allclose(narrow @ narrow.T, np.eye(len(narrow)), atol=1e-14)


def test_an_orthogonal_one_turns_either_way_equally_often() -> None:
    drawn = [initializer_named("orthogonal")(np.random.default_rng(seed), (2, 2), "float64") for seed in range(400)]

    # Without the correction of signs LAPACK's first column would always point to one side.
    assert np.mean([matrix[0, 0] > 0 for matrix in drawn]) == pytest.approx(0.5, abs=0.1)
    assert np.mean([np.linalg.det(matrix) > 0 for matrix in drawn]) == pytest.approx(0.5, abs=0.1)


@given(
    name=st.sampled_from(sorted(INITIALIZERS)),
    shape=st.one_of(st.tuples(st.integers(1, 20)), st.tuples(st.integers(1, 20), st.integers(1, 20))),
)
@deterministic
def test_weights_and_biases_begin_alike_in_both_dtypes(name: str, shape: tuple[int, ...]) -> None:
    narrow, wide = (initializer_named(name)(np.random.default_rng(5), shape, dtype) for dtype in DTYPES)

    assert (narrow.shape, narrow.dtype) == (shape, np.dtype("float32"))
    assert (wide.shape, wide.dtype) == (shape, np.dtype("float64"))
    np.testing.assert_array_equal(narrow, wide.astype("float32"))


def test_both_fans_of_a_bias_are_its_length() -> None:
    drawn = initializer_named("glorot_uniform")(np.random.default_rng(1), (600,), "float64")

    assert 0.98 * math.sqrt(6 / 1200) < np.abs(drawn).max() <= math.sqrt(6 / 1200)


def test_an_unknown_initializer_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownNameError, match="unknown initializer 'xavier': use one of zeros, ones, uniform"):
        initializer_named("xavier")
