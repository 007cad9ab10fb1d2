"""The compiled kernels against those in numpy, and what both leave alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet.maths.activations import ACTIVATIONS, COUPLED, ELEMENTWISE
from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels.choice import Kernels, activation_code, kernels_named
from deepnet.maths.kernels.compiled import large

# Of the largest number in an array: sums of products, added up in another order, are as exact as their largest part.
BOUNDS = {"float64": 1e-12, "float32": 2e-5}

SMALL = [(1, 1, 1), (1, 7, 32), (2, 3, 5), (3, 33, 2), (4, 8, 4), (6, 17, 9), (33, 5, 1)]
LARGE = [(2, 300, 200), (64, 40, 33), (70, 9, 60), (700, 63, 1)]


def require_close(actual: Any, expected: Any, bound: float) -> None:
    for name, values in expected.written().items():
        largest = np.abs(values).max()
        np.testing.assert_allclose(actual.written()[name], values, rtol=0, atol=bound * largest, err_msg=name)


def test_the_sizes_are_on_both_sides_of_where_blas_begins() -> None:
    for rows, size, neurons in SMALL:
        assert rows == 1 or rows * neurons * (size + 1 + large.START) < large.LARGE_BACKWARD
    for rows, size, neurons in LARGE:
        assert rows * neurons * (size + 1 + large.START) > large.LARGE_FORWARD > large.LARGE_BACKWARD


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("at_sums", [False, True])
def test_compiled_layers_compute_what_numpy_computes(
    workplace: Callable[..., Any], name: str, dtype: str, at_sums: bool
) -> None:
    compiled, plain, code = kernels_named("numba", dtype), kernels_named("numpy", dtype), activation_code(name)
    for seed, shape in enumerate(SMALL + LARGE):
        actual = workplace(*shape, dtype, seed=seed).run(compiled, code, at_sums=at_sums)
        expected = workplace(*shape, dtype, seed=seed).run(plain, code, at_sums=at_sums)

        require_close(actual, expected, BOUNDS[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_neurons_of_a_layer_compute_what_the_layer_computes(
    kernels_of: Callable[[str], Kernels], workplace: Callable[..., Any], name: str, dtype: str
) -> None:
    for seed, shape in enumerate(SMALL):
        actual = workplace(*shape, dtype, seed=seed).run_neurons(kernels_of(dtype), activation_code(name))
        expected = workplace(*shape, dtype, seed=seed).run(kernels_named("numpy", dtype), activation_code(name))

        require_close(actual, expected, BOUNDS[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_neuron_touches_its_own_column_and_row_and_nothing_else(
    kernels_of: Callable[[str], Kernels], workplace: Callable[..., Any], dtype: str
) -> None:
    place, relu = workplace(5, 9, 4, dtype), activation_code("relu")
    read = [array.copy() for array in (place.inputs, place.bank, place.errors)]

    place.run_neuron(kernels_of(dtype), relu, 2)

    for name, axis in (("sums", 1), ("deltas", 1), ("gradient", 0), ("spare", 1)):
        values = getattr(place, name)
        assert np.isfinite(np.take(values, 2, axis)).all(), name
        assert np.isnan(np.delete(values, 2, axis)).all(), name
    np.testing.assert_array_equal(np.isnan(place.outputs), [[True, True, False, True, False]] * 5)
    np.testing.assert_array_equal(place.outputs[:, -1], 1)
    for array, before in zip((place.inputs, place.bank, place.errors), read, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("shape", [SMALL[3], LARGE[1]])
@pytest.mark.parametrize("name", ["relu", "tanh", "softmax"])
def test_a_layer_writes_all_that_is_its_own_and_nothing_that_it_reads(
    kernels_of: Callable[[str], Kernels], workplace: Callable[..., Any], shape: tuple[int, int, int], name: str
) -> None:
    place = workplace(*shape, "float32")
    read = [array.copy() for array in (place.inputs, place.bank, place.errors)]

    place.run(kernels_of("float32"), activation_code(name))

    assert all(np.isfinite(values).all() for values in place.written().values())
    np.testing.assert_array_equal(place.outputs[:, -1], 1)
    for array, before in zip((place.inputs, place.bank, place.errors), read, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("dtype", DTYPES)
def test_bits_repeat_from_call_to_call(
    kernels_of: Callable[[str], Kernels], workplace: Callable[..., Any], dtype: str
) -> None:
    for shape in (SMALL[5], LARGE[1]):
        first, again = (
            workplace(*shape, dtype).run(kernels_of(dtype), activation_code("sigmoid")).written() for _ in range(2)
        )

        for name, values in first.items():
            assert values.tobytes() == again[name].tobytes(), name


EDGES = [0.0, -0.0, 1e-30, -1e-30, 1.0, -1.0, 3.0, -3.0, 20.0, -20.0, 88.0, -88.0, 105.0, -105.0, 1e30, -1e30, 3e38]
BEYOND = [np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("many", [1, 40], ids=["few", "many"])
def test_values_and_slopes_are_numpys_at_every_edge(name: str, dtype: str, many: int) -> None:
    code, function, compiled = activation_code(name), ELEMENTWISE[name], kernels_named("numba", dtype)
    z = np.tile(np.array(EDGES + BEYOND, dtype=dtype), (many, 1))
    if dtype == "float64":
        z[:, 4] = 1e308
    rows, neurons = z.shape
    errors, deltas, outputs = np.ones_like(z), np.empty_like(z), np.ones((rows, neurons + 1), dtype=dtype)

    compiled.couple(code, z, outputs)
    compiled.couple_back(code, errors, z, outputs, deltas)

    with np.errstate(all="ignore"):
        values = function.value(z)
        slopes = function.delta(errors, z, values)
    np.testing.assert_allclose(outputs[:, :-1], values, rtol=BOUNDS[dtype])
    np.testing.assert_allclose(deltas, slopes, rtol=BOUNDS[dtype], atol=1e-37)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", COUPLED)
def test_coupled_activations_are_stable_for_any_finite_sums(
    kernels_of: Callable[[str], Kernels], name: str, dtype: str
) -> None:
    code, function = activation_code(name), COUPLED[name]
    highest = float(np.finfo(dtype).max)
    z = np.array([[highest, -highest, 0], [1e4, 1e4, -1e4], [0, 0, 0], [-80, 3, 80]], dtype=dtype)
    errors = np.array([[1, 2, 3], [-1, 0, 1], [1, 1, 1], [0, 5, 0]], dtype=dtype)
    outputs, deltas = np.ones((4, 4), dtype=dtype), np.empty_like(z)

    kernels_of(dtype).couple(code, z, outputs)
    kernels_of(dtype).couple_back(code, errors, z, outputs, deltas)

    assert np.isfinite(outputs).all()
    np.testing.assert_allclose(outputs[:, :-1], function.value(z), rtol=BOUNDS[dtype])
    expected = function.delta(errors, z, function.value(z))
    np.testing.assert_allclose(deltas, expected, rtol=BOUNDS[dtype], atol=BOUNDS[dtype])
    np.testing.assert_array_equal(outputs[:, -1], 1)


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_what_is_no_number_is_handed_on(kernels_of: Callable[[str], Kernels], hole: float) -> None:
    kernels = kernels_of("float32")
    inputs = np.ones((2, 10), dtype="float32")
    inputs[1, 0] = hole
    bank = np.full((1, 5, 10), 0.5, dtype="float32")
    sums, outputs = np.zeros((2, 5), dtype="float32"), np.ones((2, 6), dtype="float32")

    kernels.forward_layer(inputs, bank, activation_code("relu"), sums, outputs)

    np.testing.assert_array_equal(outputs, [[5] * 5 + [1], [hole] * 5 + [1]])
