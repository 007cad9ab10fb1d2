import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.maths.activations import COUPLED, ELEMENTWISE, activation_named
from deepnet.maths.arrays import DTYPES, Array, Batch

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
softmax, log_softmax = COUPLED["softmax"], COUPLED["log_softmax"]


def batches(dtype: str, low: float | None = None, high: float | None = None) -> st.SearchStrategy[Batch]:
    """Weighted sums of some rows: any finite numbers of the dtype unless there are limits."""
    elements = st.floats(low, high, allow_nan=False, allow_infinity=False, width=32 if dtype == "float32" else 64)
    return hnp.arrays(dtype, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=elements)


extremes = st.sampled_from(DTYPES).flatmap(batches)


def exact_softmax(z: Batch) -> np.ndarray[Any, np.dtype[np.longdouble]]:
    raised = np.exp(z.astype(np.longdouble) - z.astype(np.longdouble).max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def test_softmax_gives_the_notebooks_numbers() -> None:
    found = softmax.value(np.array([[0.3, 2.9, 4.0]]))

    np.testing.assert_allclose(found, [[0.01821127329554753, 0.24519181293507392, 0.7365969137693786]], rtol=1e-15)
    assert found.sum() == 1


@given(z=batches("float64", -800, 800))
@deterministic
def test_softmax_and_its_logarithm_are_exact(z: Batch) -> None:
    expected = exact_softmax(z)
    below = z.astype(np.longdouble) - z.max(axis=1, keepdims=True)
    logarithms = below - np.log(np.exp(below).sum(axis=1, keepdims=True))

    np.testing.assert_allclose(softmax.value(z), expected, rtol=0, atol=1e-15)
    np.testing.assert_allclose(log_softmax.value(z), logarithms, rtol=1e-15, atol=1e-14)


@given(z=extremes)
@deterministic
def test_rows_of_any_finite_sums_become_probabilities_that_sum_to_1(z: Batch) -> None:
    before = z.copy()
    a = softmax.value(z)

    assert (a.shape, a.dtype) == (z.shape, z.dtype)
    assert ((a >= 0) & (a <= 1)).all()
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=0, atol=4 * z.shape[1] * np.finfo(z.dtype).eps)
    np.testing.assert_array_equal(z, before)


@given(z=extremes)
@deterministic
def test_logarithms_of_any_finite_sums_are_finite_and_those_of_the_probabilities(z: Batch) -> None:
    a = log_softmax.value(z)
    probabilities = softmax.value(z)

    assert (a.shape, a.dtype) == (z.shape, z.dtype)
    assert np.isfinite(a).all()
    assert (a <= 0).all()
    np.testing.assert_allclose(np.exp(a), probabilities, rtol=1e-5 if z.dtype == "float32" else 1e-12, atol=1e-37)


@given(z=extremes, seed=st.integers(0, 99))
@deterministic
def test_the_way_back_through_any_finite_sums_is_finite(z: Batch, seed: int) -> None:
    errors = np.random.default_rng(seed).normal(size=z.shape).astype(z.dtype)

    for activation in COUPLED.values():
        delta = activation.delta(errors, z, activation.value(z))

        assert (delta.shape, delta.dtype) == (z.shape, z.dtype)
        assert np.isfinite(delta).all()


@pytest.mark.parametrize("name", sorted(COUPLED))
@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (5, 3)])
def test_the_way_back_equals_the_central_difference(
    name: str, shape: tuple[int, int], central_differences: Differentiate
) -> None:
    activation = COUPLED[name]
    errors, z = np.random.default_rng(2).normal(size=(2, *shape))

    found = activation.delta(errors, z, activation.value(z))

    expected = central_differences(lambda at: float((errors * activation.value(at)).sum()), z)
    np.testing.assert_allclose(found, expected, atol=1e-8)


@pytest.mark.parametrize("name", sorted(COUPLED))
def test_no_row_sees_another_one(name: str) -> None:
    activation = COUPLED[name]
    errors, z = np.random.default_rng(3).normal(size=(2, 6, 4))
    together = activation.delta(errors, z, activation.value(z))

    for row in range(6):
        alone = z[row : row + 1]
        np.testing.assert_array_equal(activation.value(z)[row], activation.value(alone)[0])
        np.testing.assert_array_equal(
            activation.delta(errors[row : row + 1], alone, activation.value(alone))[0], together[row]
        )


def test_what_is_added_to_all_sums_of_a_row_changes_nothing() -> None:
    z = np.array([[1.0, 2.0, 4.0]])

    np.testing.assert_array_equal(softmax.value(z), softmax.value(z + 1024))
    np.testing.assert_array_equal(log_softmax.value(z), log_softmax.value(z - 1024))


def test_a_layer_of_one_neuron_is_always_sure() -> None:
    z = np.array([[-1e300], [0], [1e300]])

    np.testing.assert_array_equal(softmax.value(z), np.ones((3, 1)))
    np.testing.assert_array_equal(log_softmax.value(z), np.zeros((3, 1)))


def test_equal_sums_are_equally_likely_however_large() -> None:
    for number in (-1.7e308, 0.0, 1.7e308):
        np.testing.assert_allclose(softmax.value(np.full((2, 5), number)), 0.2, rtol=1e-15)
        np.testing.assert_allclose(log_softmax.value(np.full((2, 5), number)), -math.log(5), rtol=1e-15)


@pytest.mark.parametrize(("name", "theirs"), [("softmax", "softmax"), ("log_softmax", "log_softmax")])
def test_value_and_way_back_equal_pytorchs(name: str, theirs: str) -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    errors, z = np.random.default_rng(4).normal(size=(2, 7, 5))
    z[:3] *= 300
    tensor = torch.tensor(z, requires_grad=True)
    expected = getattr(torch.nn.functional, theirs)(tensor, dim=1)
    expected.backward(torch.tensor(errors))
    activation = COUPLED[name]
    values = activation.value(z)

    np.testing.assert_allclose(values, expected.detach().numpy(), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(activation.delta(errors, z, values), tensor.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", sorted(COUPLED))
def test_a_neuron_by_itself_keeps_its_sum(name: str) -> None:
    assert COUPLED[name].of_neuron is ELEMENTWISE["identity"]


@pytest.mark.parametrize("name", sorted(COUPLED))
def test_a_coupled_activation_survives_a_trip_between_processes(name: str) -> None:
    assert pickle.loads(pickle.dumps(COUPLED[name])) == activation_named(name)
