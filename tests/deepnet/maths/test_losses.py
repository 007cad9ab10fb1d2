import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import ShapeError, UnknownNameError
from deepnet.maths.arrays import DTYPES, Array, Batch
from deepnet.maths.losses import LOSSES, Loss, loss_named

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Batch, Batch]:
    """Outputs and targets of one shape and dtype, with anything in them, nan and infinity too."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=6))
    elements = st.floats(width=32 if dtype == "float32" else 64)
    outputs = draw(hnp.arrays(dtype, shape, elements=elements))
    targets = draw(hnp.arrays(dtype, shape, elements=elements))
    return outputs, targets


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_gradient_equals_the_central_difference(name: str, central_differences: Differentiate) -> None:
    loss = loss_named(name)
    rng = np.random.default_rng(3)
    outputs, targets = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))

    expected = central_differences(lambda at: loss.value(at, targets), outputs)

    np.testing.assert_allclose(loss.gradient(outputs, targets), expected, atol=1e-8)


def test_mean_squared_error_is_the_mean_over_all_elements() -> None:
    loss = loss_named("mean_squared_error")
    outputs, targets = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [0.0, 4.0]])

    assert loss.value(outputs, targets) == (0 + 4 + 9 + 0) / 4
    np.testing.assert_array_equal(loss.gradient(outputs, targets), [[0, 1], [1.5, 0]])


@pytest.mark.parametrize("name", sorted(LOSSES))
@given(pair=pairs())
@deterministic
def test_whatever_the_outputs_nothing_is_raised_changed_or_widened(name: str, pair: tuple[Batch, Batch]) -> None:
    loss = loss_named(name)
    outputs, targets = pair
    before = outputs.copy(), targets.copy()

    value, gradient = loss.value(outputs, targets), loss.gradient(outputs, targets)

    assert type(value) is float
    assert (gradient.shape, gradient.dtype) == (outputs.shape, outputs.dtype)
    np.testing.assert_array_equal((outputs, targets), before)


def test_the_value_is_reckoned_in_the_dtype_of_the_outputs() -> None:
    big = np.full((1, 1), 1e30)

    assert loss_named("mean_squared_error").value(big, -big) == pytest.approx(4e60)
    assert loss_named("mean_squared_error").value(big.astype("float32"), -big.astype("float32")) == float("inf")


@pytest.mark.parametrize("name", sorted(LOSSES))
@pytest.mark.parametrize(("outputs", "targets"), [((4, 1), (4,)), ((4, 1), (1, 4)), ((4, 2), (4, 1)), ((0, 1), (0, 1))])
def test_shapes_that_numpy_would_broadcast_are_refused(
    name: str, outputs: tuple[int, ...], targets: tuple[int, ...]
) -> None:
    loss = loss_named(name)

    for function in (loss.value, loss.gradient):
        with pytest.raises(ShapeError):
            function(np.zeros(outputs), np.zeros(targets))


def test_a_loss_is_taken_for_its_own_name() -> None:
    mine = Loss("mine", lambda _outputs, _targets: 0.0, lambda outputs, _targets: outputs)

    assert loss_named(mine) is mine


def test_an_unknown_loss_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownNameError, match="unknown loss 'mse': use one of mean_squared_error"):
        loss_named("mse")


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_survives_a_trip_between_processes(name: str) -> None:
    loss = pickle.loads(pickle.dumps(loss_named(name)))

    assert loss.value(np.ones((1, 1)), np.ones((1, 1))) == loss_named(name).value(np.ones((1, 1)), np.ones((1, 1)))
