from collections.abc import Callable

import numpy as np
import pytest

from deepnet.maths.activations import ACTIVATIONS, activation_named
from deepnet.maths.arrays import DTYPES, Array
from deepnet.maths.dense import dense, dense_gradient
from deepnet.maths.kernels import layer as kernel
from deepnet.maths.kernels.rows import pack, with_ones
from deepnet.maths.parameters import LayerParameters

Differentiate = Callable[[Callable[[Array], float], Array], Array]


def a_layer(seed: int) -> tuple[Array, LayerParameters, Array]:
    """Inputs (examples, n), parameters and errors (examples, neurons) of some size."""
    rng = np.random.default_rng(seed)
    examples, inputs, neurons = rng.integers(1, 7, size=3)
    parameters = LayerParameters(rng.normal(size=(neurons, inputs)), rng.normal(size=neurons))
    return rng.normal(size=(examples, inputs)), parameters, rng.normal(size=(examples, neurons))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_a_layer_equals_the_textbook(name: str, seed: int) -> None:
    activation = activation_named(name)
    inputs, parameters, errors = a_layer(seed)
    rows = pack(parameters)

    sums, outputs = kernel.forward(with_ones(inputs), rows, activation)
    deltas, gradient = kernel.backward(errors, sums, outputs, with_ones(inputs), activation)

    textbook = dense(inputs, *parameters)
    np.testing.assert_allclose(sums, textbook, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(outputs, activation.value(textbook), rtol=1e-13, atol=1e-13)
    expected_deltas = activation.delta(errors, textbook, activation.value(textbook))
    expected = dense_gradient(expected_deltas, inputs, parameters.weights)
    np.testing.assert_allclose(deltas, expected_deltas, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(gradient[:, :-1], expected.weights, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(gradient[:, -1], expected.bias, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(kernel.upstream(deltas, rows), expected.inputs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_the_gradients_of_a_layer_are_central_differences(
    name: str, seed: int, central_differences: Differentiate
) -> None:
    activation = activation_named(name)
    inputs, parameters, errors = a_layer(seed)
    rows = pack(parameters)

    def blame_of_rows(at: Array) -> float:
        return float((kernel.forward(with_ones(inputs), at, activation)[1] * errors).sum())

    def blame_of_inputs(at: Array) -> float:
        return float((kernel.forward(with_ones(at), rows, activation)[1] * errors).sum())

    sums, outputs = kernel.forward(with_ones(inputs), rows, activation)
    deltas, gradient = kernel.backward(errors, sums, outputs, with_ones(inputs), activation)

    np.testing.assert_allclose(gradient, central_differences(blame_of_rows, rows), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(
        kernel.upstream(deltas, rows), central_differences(blame_of_inputs, inputs), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_layer_keeps_the_dtype(name: str, dtype: str) -> None:
    activation = activation_named(name)
    inputs = np.ones((2, 3), dtype=dtype)
    rows = np.ones((4, 4), dtype=dtype)

    sums, outputs = kernel.forward(with_ones(inputs), rows, activation)
    deltas, gradient = kernel.backward(outputs, sums, outputs, with_ones(inputs), activation)

    computed = (sums, outputs, deltas, gradient, kernel.upstream(deltas, rows))
    assert {array.dtype for array in computed} == {np.dtype(dtype)}


def test_the_gradient_of_deltas_that_are_known_already_is_that_of_the_way_back() -> None:
    inputs, parameters, errors = a_layer(1)
    sigmoid = activation_named("sigmoid")
    sums, outputs = kernel.forward(with_ones(inputs), pack(parameters), sigmoid)
    deltas, gradient = kernel.backward(errors, sums, outputs, with_ones(inputs), sigmoid)

    np.testing.assert_array_equal(kernel.gradient_of(deltas, with_ones(inputs)), gradient)
