import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import UnknownNameError
from deepnet.maths.activations import ACTIVATIONS, activation_named
from deepnet.maths.arrays import DTYPES, Array

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
names = st.sampled_from(sorted(ACTIVATIONS))
sums = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype,
        hnp.array_shapes(max_dims=2, max_side=40),
        elements=st.floats(allow_nan=False, allow_infinity=False, width=32 if dtype == "float32" else 64),
    )
)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_a_slope_equals_the_central_difference(name: str, central_differences: Differentiate) -> None:
    activation = activation_named(name)
    z = np.linspace(-6, 6, 50)  # an even count, so that 0, the kink of relu, is not among them

    slope = activation.slope(z, activation.value(z))

    np.testing.assert_allclose(slope, central_differences(lambda at: float(activation.value(at).sum()), z), atol=1e-8)


@given(name=names, z=sums)
@deterministic
def test_value_and_slope_keep_shape_and_dtype_and_leave_their_arguments_alone(name: str, z: Array) -> None:
    activation = activation_named(name)
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
    relu = activation_named("relu")
    z = np.array([-1.0, -0.0, 0.0, 1.0])

    np.testing.assert_array_equal(relu.value(z), [0, 0, 0, 1])
    np.testing.assert_array_equal(relu.slope(z, relu.value(z)), [0, 0, 0, 1])


def test_linear_is_another_name_of_identity() -> None:
    assert activation_named("linear") is activation_named("identity")


@pytest.mark.parametrize("name", ["Relu", "", None, ["relu"]])
def test_an_unknown_activation_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown activation .*: use one of identity, sigmoid, relu, tanh"):
        activation_named(name)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_an_activation_survives_a_trip_between_processes(name: str) -> None:
    assert pickle.loads(pickle.dumps(activation_named(name))) == activation_named(name)
