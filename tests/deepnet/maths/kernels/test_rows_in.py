"""Rows on their way in: copied beside a column of ones, and looked at on the way."""

from collections.abc import Callable

import numpy as np
import pytest

from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels.choice import KERNELS, Kernels, activation_code, kernels_named
from deepnet.maths.kernels.rows import with_ones


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 784), (7, 3), (600, 2)])
def test_they_are_copied_and_end_in_ones(name: str, dtype: str, shape: tuple[int, int]) -> None:
    batch = np.random.default_rng(0).normal(size=shape).astype(dtype)
    extended = np.full((shape[0], shape[1] + 1), np.nan, dtype=dtype)

    assert kernels_named(name, dtype).extend(batch, extended) == 0
    np.testing.assert_array_equal(extended, with_ones(batch))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", KERNELS)
def test_numbers_that_are_none_are_counted_and_very_large_ones_are_not(name: str, dtype: str) -> None:
    batch = np.zeros((4, 5), dtype=dtype)
    batch[0] = np.finfo(dtype).max
    batch[1, 2], batch[3, 4], batch[2, 0] = np.nan, np.inf, -np.inf

    assert kernels_named(name, dtype).extend(batch, np.empty((4, 6), dtype=dtype)) == 3


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "softmax"])
@pytest.mark.parametrize("rows", [1, 9, 700])
def test_a_layer_may_leave_out_the_ones_of_its_outputs_and_be_held(
    kernels_of: Callable[[str], Kernels], dtype: str, activation: str, rows: int
) -> None:
    rng, kernels = np.random.default_rng(rows), kernels_of(dtype)
    inputs = with_ones(rng.normal(size=(rows, 6)).astype(dtype))
    bank = rng.normal(size=(1, 4, 7)).astype(dtype)
    code, results = activation_code(activation), []
    for forward in (kernels.forward_layer, kernels.forward_held, kernels_named("numpy", dtype).forward_layer):
        for columns in (4, 5):
            sums, outputs = np.empty((rows, 4), dtype=dtype), np.full((rows, columns), 7, dtype=dtype)
            forward(inputs, bank, code, sums, outputs)
            assert (outputs[:, 4:] == 7).all(), "the ones are not the layer's business"
            results.append(outputs[:, :4])

    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], atol=1e-14 if dtype == "float64" else 2e-6)
