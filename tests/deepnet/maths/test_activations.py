import math
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import UnknownNameError
from deepnet.maths.activations import ACTIVATIONS, COUPLED, ELEMENTWISE, activation_named
from deepnet.maths.arrays import DTYPES, Array

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
names = st.sampled_from(sorted(ELEMENTWISE))
sums = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype,
        hnp.array_shapes(max_dims=2, max_side=40),
        elements=st.floats(allow_nan=False, allow_infinity=False, width=32 if dtype == "float32" else 64),
    )
)


@pytest.mark.parametrize("name", sorted(ELEMENTWISE))
def test_a_slope_equals_the_central_difference(name: str, central_differences: Differentiate) -> None:
    activation = ELEMENTWISE[name]
    z = np.linspace(-6, 6, 50)  # an even count, so that 0, the kink of relu, is not among them

    slope = activation.slope(z, activation.value(z))

    np.testing.assert_allclose(slope, central_differences(lambda at: float(activation.value(at).sum()), z), atol=1e-8)


@given(name=names, z=sums)
@deterministic
def test_value_and_slope_keep_shape_and_dtype_and_leave_their_arguments_alone(name: str, z: Array) -> None:
    activation = ELEMENTWISE[name]
    before = z.copy()

    a = activation.value(z)
    a_before = a.copy()
    slope = activation.slope(z, a)

    assert (a.shape, a.dtype) == (slope.shape, slope.dtype) == (z.shape, z.dtype)
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()
    np.testing.assert_array_equal(z, before)
    np.testing.assert_array_equal(a, a_before)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 2e-7), ("float64", 1e-15)])
def test_sigmoid_keeps_its_digits_on_both_sides(dtype: str, tolerance: float) -> None:
    z = np.linspace(-80, 80, 2001).astype(dtype)
    exact = np.asarray(z, dtype=np.longdouble)

    a = activation_named("sigmoid").value(z)

    relative = np.abs(a - 1 / (1 + np.exp(-exact))) * (1 + np.exp(-exact))
    assert relative.max() < tolerance


@pytest.mark.parametrize("dtype", DTYPES)
def test_sigmoid_of_any_normal_number_raises_no_floating_point_error_at_all(dtype: str) -> None:
    limits = np.finfo(dtype)
    z = np.array([limits.min, -1000, -104, -88, -limits.tiny, 0, limits.tiny, 17, 41, 1000, limits.max], dtype)

    # Underflow included; only numpy's exp of a number below limits.tiny reports one, and needs not.
    with np.errstate(all="raise"):
        a = activation_named("sigmoid").value(z)

    np.testing.assert_allclose(a, [0, 0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1, 1], atol=1e-7)
    assert (np.diff(a) >= 0).all()


def test_a_sigmoid_that_is_infinitely_sure_is_0_or_1() -> None:
    np.testing.assert_allclose(activation_named("sigmoid").value(np.array([-np.inf, np.inf])), [0, 1], atol=1e-37)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(activation_named(name).value(np.array([np.nan]))).all()


def test_relu_is_flat_at_its_kink() -> None:
    relu = ELEMENTWISE["relu"]
    z = np.array([-1.0, -0.0, 0.0, 1.0])

    np.testing.assert_array_equal(relu.value(z), [0, 0, 0, 1])
    np.testing.assert_array_equal(relu.slope(z, relu.value(z)), [0, 0, 0, 1])


@pytest.mark.parametrize(
    ("name", "z", "values", "slopes"),
    [
        ("step", [-1e-9, -0.0, 0, 2], [0, 0, 0, 1], [0, 0, 0, 0]),
        ("leaky_relu", [-2, 0, 2], [-0.02, 0, 2], [0.01, 0.01, 1]),
        ("elu", [-1, 0, 2], [math.exp(-1) - 1, 0, 2], [math.exp(-1), 1, 1]),
        ("selu", [0, 2], [0, 2 * 1.0507009873554805], [1.0507009873554805 * 1.6732632423543772, 1.0507009873554805]),
        ("gelu", [-1, 0, 1], [-0.15865525393145705, 0, 0.8413447460685429], [-0.08331547058768, 0.5, 1.08331547058768]),
        ("silu", [0, 1], [0, 1 / (1 + math.exp(-1))], [0.5, 0.9276705118714867]),
        ("softplus", [0, 1], [math.log(2), math.log(1 + math.e)], [0.5, 1 / (1 + math.exp(-1))]),
        ("softsign", [-3, 0, 1], [-0.75, 0, 0.5], [1 / 16, 1, 1 / 4]),
        ("hard_sigmoid", [-3, 0, 1.5, 3], [0, 0.5, 0.75, 1], [0, 1 / 6, 1 / 6, 0]),
        ("hard_tanh", [-2, -1, 0.5, 1], [-1, -1, 0.5, 1], [0, 0, 1, 0]),
        ("mish", [0, 1], [0, math.tanh(math.log(1 + math.e))], [0.6, 1.0490362200997922]),
    ],
)
def test_an_activation_has_its_closed_form_and_the_stated_slope_at_its_kinks(
    name: str, z: list[float], values: list[float], slopes: list[float]
) -> None:
    activation = ELEMENTWISE[name]
    sums = np.array(z, dtype="float64")
    found = activation.value(sums)

    np.testing.assert_allclose(found, values, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(activation.slope(sums, found), slopes, rtol=1e-12, atol=1e-15)


def test_gelu_is_the_c_librarys_to_the_last_digits() -> None:
    z = np.linspace(-37, 37, 4001)  # below, the values are denormal numbers
    expected = [each * math.erfc(-each / math.sqrt(2)) / 2 for each in z.tolist()]

    # Far out erfc falls as exp(-z^2/2): a rounded argument costs z^2 roundings there, in any library.
    np.testing.assert_allclose(activation_named("gelu").value(z), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["elu", "gelu", "mish", "selu", "silu", "softplus"])
def test_what_is_linear_above_and_flat_below_is_so_up_to_the_largest_numbers(name: str, dtype: str) -> None:
    largest = np.finfo(dtype).max
    z = np.array([-largest, -1e30, -1000, 1000, 1e30], dtype)
    activation = ELEMENTWISE[name]

    slope = activation.slope(z, activation.value(z))

    np.testing.assert_allclose(slope, [0, 0, 0, *[1.0507009873554805 if name == "selu" else 1] * 2], rtol=1e-6)
    floor = {"elu": -1, "selu": -1.0507009873554805 * 1.6732632423543772}.get(name, 0)
    np.testing.assert_allclose(activation.value(z)[:3], [floor] * 3, rtol=1e-6)


TORCHS = {
    "identity": "Identity",
    "sigmoid": "Sigmoid",
    "relu": "ReLU",
    "tanh": "Tanh",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "hard_sigmoid": "Hardsigmoid",
    "hard_tanh": "Hardtanh",
    "mish": "Mish",
}


def test_every_activation_that_torch_has_is_held_to_it() -> None:
    assert {*TORCHS, "step", "linear"} == set(ELEMENTWISE)


def test_an_activation_is_either_elementwise_or_coupled() -> None:
    assert ACTIVATIONS == {**ELEMENTWISE, **COUPLED}
    assert len(ACTIVATIONS) == len(ELEMENTWISE) + len(COUPLED)


@pytest.mark.parametrize("name", sorted(ELEMENTWISE))
def test_the_error_at_a_weighted_sum_is_that_at_the_output_times_the_slope(name: str) -> None:
    activation = ELEMENTWISE[name]
    rng = np.random.default_rng(1)
    errors, z = rng.normal(size=(2, 4, 3))
    a = activation.value(z)

    np.testing.assert_array_equal(activation.delta(errors, z, a), errors * activation.slope(z, a))
    assert activation.of_neuron is activation


@given(name=st.sampled_from(sorted(ACTIVATIONS)), z=sums.filter(lambda z: z.ndim == 2))
@deterministic
def test_no_output_is_beyond_the_limits_that_an_activation_states(name: str, z: Array) -> None:
    activation = activation_named(name)
    outputs = activation.value(z)

    assert (outputs >= activation.low).all()
    assert (outputs <= activation.high).all()


# The notebook's ranges leave out their ends: a hundred points, and twelve.
@pytest.mark.parametrize(("start", "end", "step", "points"), [(-5, 5, 0.1, 100), (-3, 3, 0.5, 12)])
def test_a_step_is_1_above_0_and_0_at_and_below_it(start: int, end: int, step: float, points: int) -> None:
    z = start + step * np.arange(round((end - start) / step))

    assert len(z) == points
    for each, found in zip(z.tolist(), ELEMENTWISE["step"].value(z).tolist(), strict=True):
        assert found == (1 if each > 0 else 0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_textbooks_functions_are_exact_for_any_input(dtype: str) -> None:
    largest = float(np.finfo(dtype).max)
    z = np.array([-largest, -1e30, -700, -40, -1.5, -1e-30, 0, 1e-30, 0.3, 20, 800, 1e30, largest], dtype)
    exact = z.astype(np.longdouble)
    with np.errstate(over="ignore"):
        logistic = 1 / (1 + np.exp(-exact))
    tolerance = 1e-12 if dtype == "float64" else 1e-7

    np.testing.assert_allclose(ELEMENTWISE["sigmoid"].value(z), logistic, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(ELEMENTWISE["relu"].value(z), np.where(z > 0, z, 0))
    np.testing.assert_array_equal(ELEMENTWISE["linear"].value(z), z)
    np.testing.assert_allclose(ELEMENTWISE["tanh"].value(z), np.tanh(exact), rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", TORCHS)
def test_value_and_slope_equal_pytorchs_at_the_kinks_too(name: str) -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    z = np.concatenate([np.linspace(-19, 19, 2001), [-3, -1, -0.0, 0, 1, 3]])
    theirs = torch.tensor(z, requires_grad=True)
    expected = getattr(torch.nn, TORCHS[name])()(theirs)
    expected.sum().backward()
    activation = ELEMENTWISE[name]

    values = activation.value(z)

    np.testing.assert_allclose(values, expected.detach().numpy(), rtol=1e-11, atol=1e-14)
    tolerance = 1e-7 if name == "hard_sigmoid" else 1e-10  # torch's slope is float32's 1/6 in float64 too
    np.testing.assert_allclose(activation.slope(z, values), theirs.grad.numpy(), rtol=tolerance, atol=1e-13)


def test_linear_is_another_name_of_identity() -> None:
    assert activation_named("linear") is activation_named("identity")


@pytest.mark.parametrize("name", ["Relu", "", None, ["relu"]])
def test_an_unknown_activation_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown activation .*: use one of identity, sigmoid, relu, tanh"):
        activation_named(name)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_an_activation_survives_a_trip_between_processes(name: str) -> None:
    assert pickle.loads(pickle.dumps(activation_named(name))) == activation_named(name)
