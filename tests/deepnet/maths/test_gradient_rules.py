import math
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError
from deepnet.maths.arrays import DTYPES
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.rows import pack
from deepnet.maths.parameters import LayerParameters

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
penalties = st.sampled_from([0.0, 0.01, 0.5])
limits = st.none() | st.floats(1e-3, 10)
all_rules = st.builds(GradientRules, clip_value=limits, clip_norm=limits, l1=penalties, l2=penalties)

WEIGHTS = LayerParameters(np.array([[2.0, -3.0, 0.0]]), np.array([5.0]))
GRADIENT = LayerParameters(np.array([[0.5, 0.5, -4.0]]), np.array([6.0]))


def a_layer(seed: int, dtype: str = "float64") -> LayerParameters:
    rng = np.random.default_rng(seed)
    return LayerParameters(rng.normal(size=(4, 3)).astype(dtype), rng.normal(size=4).astype(dtype))


@pytest.mark.parametrize(
    ("rules", "weights", "bias"),
    [
        (GradientRules(), [0.5, 0.5, -4], 6),
        (GradientRules(l2=0.1), [0.7, 0.2, -4], 6),
        (GradientRules(l1=0.1), [0.6, 0.4, -4], 6),
        (GradientRules(l1=0.1, l2=0.1), [0.8, 0.1, -4], 6),
        (GradientRules(clip_value=1), [0.5, 0.5, -1], 1),
        (GradientRules(clip_value=0.25, l2=0.1), [0.25, 0.2, -0.25], 0.25),
        (GradientRules(clip_norm=1), [0.5, 0.5, -4], 6),
    ],
)
def test_penalties_are_added_to_weights_and_then_all_is_clipped(
    rules: GradientRules, weights: list[float], bias: float
) -> None:
    ruled = rules.of_layer(WEIGHTS, GRADIENT)

    np.testing.assert_allclose(ruled.weights, [weights], rtol=1e-15)
    np.testing.assert_allclose(ruled.bias, [bias], rtol=1e-15)


@given(rules=all_rules, seed=st.integers(0, 99), dtype=st.sampled_from(DTYPES))
@deterministic
def test_rows_that_end_in_their_bias_are_ruled_as_layers_are(rules: GradientRules, seed: int, dtype: str) -> None:
    parameters, gradient = a_layer(seed, dtype), a_layer(seed + 100, dtype)
    rows, row_gradient = pack(parameters), pack(gradient)
    expected = pack(rules.of_layer(parameters, gradient))
    before = rows.copy(), row_gradient.copy()

    found = rules.of_rows(rows, row_gradient)

    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)
    for index, row in enumerate(rows):
        np.testing.assert_array_equal(rules.of_rows(row, row_gradient[index]), expected[index])
    np.testing.assert_array_equal((rows, row_gradient), before)


@pytest.mark.parametrize(
    ("clip_norm", "squares", "expected"),
    [
        (None, [9.0, 16.0], 1),
        (10, [9.0, 16.0], 1),
        (1, [9.0, 16.0], 1 / (5 + 1e-6)),
        (2.5, [25.0], 2.5 / (5 + 1e-6)),
        (1, [0.0], 1),
        (1, [math.inf, 1.0], 0),
    ],
)
def test_the_scale_brings_the_norm_of_the_whole_gradient_down_to_its_limit(
    clip_norm: float | None, squares: list[float], expected: float
) -> None:
    assert GradientRules(clip_norm=clip_norm).norm_scale(squares) == pytest.approx(expected, rel=1e-15)


@given(clip_norm=st.floats(1e-3, 1e3), seed=st.integers(0, 99), size=st.floats(1e-3, 1e3))
@deterministic
def test_a_scaled_gradient_is_never_longer_than_its_limit_and_one_within_it_stays(
    clip_norm: float, seed: int, size: float
) -> None:
    gradient = size * pack(a_layer(seed))
    norm = float(np.linalg.norm(gradient))

    scale = GradientRules(clip_norm=clip_norm).norm_scale([float((gradient**2).sum())])

    assert scale * norm <= clip_norm * (1 + 1e-12)
    if norm < clip_norm * (1 - 1e-12) - 1e-6:
        assert scale == 1


def test_what_a_nan_or_an_infinite_gradient_becomes_is_for_the_loss_to_say() -> None:
    gradient = np.array([np.nan, np.inf, -np.inf])

    np.testing.assert_array_equal(
        GradientRules(clip_value=2, l2=0.1).of_rows(np.ones(3), gradient), np.array([np.nan, 2, -2])
    )


def test_rules_are_true_if_there_are_any() -> None:
    assert not GradientRules()
    for options in ({"clip_value": 1.0}, {"clip_norm": 1.0}, {"l1": 0.1}, {"l2": 0.1}):
        assert GradientRules(**options)


@given(rules=all_rules)
@deterministic
def test_plain_data_give_the_same_rules_back(rules: GradientRules) -> None:
    assert GradientRules(**rules.to_dict()) == rules


def test_rules_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        GradientRules().l1 = 1.0  # type: ignore[misc]


def test_numbers_of_numpy_are_kept_as_plain_ones_that_widen_no_array() -> None:
    rules = GradientRules(clip_value=np.float64(1), l2=np.float64(0.5))

    assert {type(value) for value in rules.to_dict().values() if value is not None} == {float}
    assert rules.of_rows(np.ones(3, "float32"), np.ones(3, "float32")).dtype == np.float32


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clip_value": 0}, "clip_value must be a finite number above 0, got 0"),
        ({"clip_value": float("inf")}, "clip_value must be a finite number above 0, got inf"),
        ({"clip_norm": -1}, "clip_norm must be a finite number above 0, got -1"),
        ({"clip_norm": "1"}, "clip_norm must be a finite number above 0, got '1'"),
        ({"l1": -0.1}, "l1 must be a finite number of 0 or more, got -0.1"),
        ({"l2": float("nan")}, "l2 must be a finite number of 0 or more, got nan"),
        ({"l2": None}, "l2 must be a finite number of 0 or more, got None"),
        ({"l1": True}, "l1 must be a finite number of 0 or more, got True"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        GradientRules(**options)
