from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import ShapeError
from deepnet.maths.arrays import DTYPES, Array
from deepnet.maths.dense import dense, dense_gradient

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
sizes = st.integers(1, 9)


def test_dense_is_one_weighted_sum_per_row_and_neuron() -> None:
    inputs, weights, bias = (
        np.array([[1.0, 2.0]]),
        np.array([[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]),
        np.array([1, 2, 3.0]),
    )

    np.testing.assert_array_equal(dense(inputs, weights, bias), [[12, 19, 26]])


def test_each_gradient_equals_the_central_difference(central_differences: Differentiate) -> None:
    rng = np.random.default_rng(7)
    inputs, weights, bias = rng.normal(size=(4, 3)), rng.normal(size=(2, 3)), rng.normal(size=2)
    upstream = rng.normal(size=(4, 2))
    gradient = dense_gradient(upstream, inputs, weights)

    def seen(outputs: Array) -> float:
        return float((outputs * upstream).sum())

    by_inputs = central_differences(lambda at: seen(dense(at, weights, bias)), inputs)
    by_weights = central_differences(lambda at: seen(dense(inputs, at, bias)), weights)
    by_bias = central_differences(lambda at: seen(dense(inputs, weights, at)), bias)
    np.testing.assert_allclose(gradient.inputs, by_inputs, atol=1e-8)
    np.testing.assert_allclose(gradient.weights, by_weights, atol=1e-8)
    np.testing.assert_allclose(gradient.bias, by_bias, atol=1e-8)


@given(rows=sizes, inputs=sizes, neurons=sizes, dtype=st.sampled_from(DTYPES))
@deterministic
def test_shapes_and_dtype_are_those_of_the_arguments(rows: int, inputs: int, neurons: int, dtype: str) -> None:
    rng = np.random.default_rng(rows)
    x = rng.normal(size=(rows, inputs)).astype(dtype)
    weights, bias = rng.normal(size=(neurons, inputs)).astype(dtype), rng.normal(size=neurons).astype(dtype)
    before = x.copy(), weights.copy(), bias.copy()

    outputs = dense(x, weights, bias)
    gradient = dense_gradient(outputs, x, weights)

    assert (outputs.shape, outputs.dtype) == ((rows, neurons), np.dtype(dtype))
    for part, like in zip(gradient, (x, weights, bias), strict=True):
        assert (part.shape, part.dtype) == (like.shape, like.dtype)
    for array, earlier in zip((x, weights, bias), before, strict=True):
        np.testing.assert_array_equal(array, earlier)


@pytest.mark.parametrize(
    ("inputs", "weights", "bias", "message"),
    [
        ((4, 2), (5, 3), (5,), r"inputs has shape \(4, 2\), expected \(any, 3\)"),
        ((3,), (5, 3), (5,), r"inputs has shape \(3,\), expected \(any, 3\)"),
        ((4, 3), (5, 3), (1,), r"bias has shape \(1,\), expected \(5\)"),
        ((4, 3), (5, 3), (5, 1), r"bias has shape \(5, 1\), expected \(5\)"),
        ((4, 3), (3,), (3,), r"weights has shape \(3,\), expected \(any, any\)"),
    ],
)
def test_arrays_that_do_not_join_are_refused_by_name(
    inputs: tuple[int, ...], weights: tuple[int, ...], bias: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        dense(np.zeros(inputs), np.zeros(weights), np.zeros(bias))


@pytest.mark.parametrize(
    ("upstream", "inputs", "weights", "message"),
    [
        ((4, 1), (4, 3), (5, 3), r"upstream has shape \(4, 1\), expected \(any, 5\)"),
        ((4, 5), (1, 3), (5, 3), r"inputs has shape \(1, 3\), expected \(4, 3\)"),
        ((4, 5), (4, 3), (5,), r"weights has shape \(5,\), expected \(any, any\)"),
    ],
)
def test_a_gradient_that_does_not_join_is_refused_by_name(
    upstream: tuple[int, ...], inputs: tuple[int, ...], weights: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        dense_gradient(np.zeros(upstream), np.zeros(inputs), np.zeros(weights))
