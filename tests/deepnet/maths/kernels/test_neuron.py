import numpy as np
import pytest

from deepnet.maths.activations import COUPLED, ELEMENTWISE
from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels import layer as layer_kernel
from deepnet.maths.kernels import neuron as kernel
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.optimizers import SGD, Adam, Optimizer


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("examples", [1, 5])
def test_the_neurons_of_a_layer_compute_what_the_layer_computes(name: str, dtype: str, examples: int) -> None:
    rng = np.random.default_rng(3)
    activation = ELEMENTWISE[name]
    inputs = with_ones(rng.normal(size=(examples, 4)).astype(dtype))
    rows = rng.normal(size=(3, 5)).astype(dtype)
    errors = rng.normal(size=(examples, 3)).astype(dtype)
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    layer_sums, layer_outputs = layer_kernel.forward(inputs, rows, activation)
    layer_deltas, layer_gradient = layer_kernel.backward(errors, layer_sums, layer_outputs, inputs, activation)

    for index, row in enumerate(rows):
        sums, outputs = kernel.forward(inputs, row, activation)
        delta, gradient = kernel.backward(errors[:, index], sums, outputs, inputs, activation)

        assert {array.dtype for array in (sums, outputs, delta, gradient)} == {np.dtype(dtype)}
        np.testing.assert_allclose(sums, layer_sums[:, index], rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(outputs, layer_outputs[:, index], rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(delta, layer_deltas[:, index], rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(gradient, layer_gradient[index], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", COUPLED)
def test_the_neurons_of_a_coupled_layer_keep_their_sums_and_learn_from_the_deltas_that_the_layer_tells(
    name: str,
) -> None:
    rng = np.random.default_rng(4)
    activation = COUPLED[name]
    inputs, rows, errors = with_ones(rng.normal(size=(5, 4))), rng.normal(size=(3, 5)), rng.normal(size=(5, 3))
    sums, outputs = layer_kernel.forward(inputs, rows, activation)
    deltas, gradient = layer_kernel.backward(errors, sums, outputs, inputs, activation)

    for index, row in enumerate(rows):
        own_sums, own_outputs = kernel.forward(inputs, row, activation.of_neuron)

        np.testing.assert_array_equal(own_outputs, own_sums)
        np.testing.assert_allclose(own_sums, sums[:, index], rtol=1e-12)
        np.testing.assert_allclose(kernel.gradient_of(deltas[:, index], inputs), gradient[index], rtol=1e-12)


@pytest.mark.parametrize("optimizer", [SGD(0.5), Adam(0.5)], ids=lambda value: value.name)
def test_an_update_writes_the_spare_row_and_slots_and_only_reads_the_committed_ones(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(0)
    row, gradient = rng.normal(size=4), rng.normal(size=4)
    slots = [np.abs(rng.normal(size=4)) for _ in optimizer.slots]
    before = [array.copy() for array in (row, gradient, *slots)]
    expected, expected_slots = np.empty(4), [np.empty(4) for _ in slots]
    optimizer.update(3, row, gradient, slots, expected, expected_slots)
    spare, spare_slots = np.full(4, np.inf), [np.full(4, np.inf) for _ in slots]

    kernel.update(optimizer, 3, gradient, (row, slots), (spare, spare_slots))

    np.testing.assert_array_equal(spare, expected)
    np.testing.assert_array_equal(spare_slots, expected_slots)
    for array, old in zip((row, gradient, *slots), before, strict=True):
        np.testing.assert_array_equal(array, old)
