import json
import math

import numpy as np
import pytest

from deepnet.training.health import Distribution


def test_the_figures_are_those_of_the_numbers() -> None:
    found = Distribution.of(np.array([[3.0, -4.0], [0.0, 0.0]], dtype="float32"))

    assert (found.count, found.not_finite, found.zeros) == (4, 0, 0.5)
    assert (found.mean, found.minimum, found.maximum, found.max_size) == (-0.25, -4, 3, 4)
    assert (found.mean_size, found.norm) == (1.75, 5)
    assert found.std == pytest.approx(math.sqrt(25 / 4 - 0.25**2), rel=1e-12)


def test_quantiles_split_the_numbers_as_they_say() -> None:
    found = Distribution.of(np.random.default_rng(0).permutation(101).astype("float64"))

    assert found.quantiles == (5, 25, 50, 75, 95)


def test_what_is_not_finite_is_counted_and_left_out() -> None:
    found = Distribution.of(np.array([1.0, np.nan, 3.0, -np.inf]))

    assert (found.count, found.not_finite, found.mean, found.minimum, found.maximum) == (4, 2, 2, 1, 3)


def test_where_nothing_is_finite_the_figures_are_nan() -> None:
    found = Distribution.of(np.full((2, 3), np.nan))

    assert (found.count, found.not_finite) == (6, 6)
    assert all(math.isnan(value) for value in (found.mean, found.norm, found.max_size, *found.quantiles))


def test_float32_numbers_whose_squares_overflow_have_a_norm() -> None:
    found = Distribution.of(np.array([3e30, 4e30], dtype="float32"))

    assert found.norm == pytest.approx(5e30, rel=1e-6)
    assert math.isfinite(found.std)


def test_it_is_plain_data() -> None:
    found = Distribution.of(np.array([1.0, -2.0]))
    data = json.loads(json.dumps(found.to_dict()))

    assert (data["mean"], data["max_size"], len(data["quantiles"])) == (-0.5, 2, 5)
