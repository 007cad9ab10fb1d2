import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import ShapeError, UnknownNameError
from deepnet.maths.arrays import DTYPES, Array, Batch
from deepnet.maths.losses import LOSSES, Loss, loss_named
from deepnet.maths.losses.named import OTHER_NAMES

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
    outputs, targets = rng.uniform(0.1, 0.9, size=(2, 5, 3))  # where every loss is defined

    expected = central_differences(lambda at: loss.value(at, targets), outputs)

    np.testing.assert_allclose(loss.gradient(outputs, targets), expected, atol=1e-8)


def test_mean_squared_error_is_the_mean_over_all_elements() -> None:
    loss = loss_named("mean_squared_error")
    outputs, targets = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [0.0, 4.0]])

    assert loss.value(outputs, targets) == (0 + 4 + 9 + 0) / 4
    np.testing.assert_array_equal(loss.gradient(outputs, targets), [[0, 1], [1.5, 0]])


LOG_2, LOG_3 = math.log(2), math.log(3)


@pytest.mark.parametrize(
    ("name", "outputs", "targets", "value", "gradient"),
    [
        ("mean_absolute_error", [[1, 2], [3, 4]], [[1, 0], [0, 8]], 9 / 4, [[0, 0.25], [0.25, -0.25]]),
        ("huber", [[0.5, 1], [3, -2]], [[0, 0], [0, 0]], (0.125 + 0.5 + 2.5 + 1.5) / 4, [[0.125, 0.25], [0.25, -0.25]]),
        ("log_cosh", [[0, 3]], [[0, 0]], math.log(math.cosh(3)) / 2, [[0, math.tanh(3) / 2]]),
        ("binary_cross_entropy", [[0.5, 0.25]], [[1, 0]], (LOG_2 + math.log(4 / 3)) / 2, [[-1, 2 / 3]]),
        ("binary_cross_entropy", [[0, 1, 1]], [[1, 0, 1]], 200 / 3, [[-1e12 / 3, 1e12 / 3, 0]]),
        ("categorical_cross_entropy", [[0.5, 0.5], [0.25, 0.75]], [[1, 0], [0.5, 0.5]],
         (LOG_2 + LOG_2 + 0.5 * math.log(4 / 3)) / 2, [[-1, 0], [-1, -1 / 3]]),
        ("categorical_cross_entropy", [[0, 1]], [[1, 0]], 100, [[-1e12, 0]]),
        ("hinge", [[0.5, 2], [-1, 1]], [[1, 1], [1, 1]], (0.5 + 0 + 2 + 0) / 4, [[-0.25, 0], [-0.25, 0]]),
        ("hinge", [[0.5]], [[-1]], 1.5, [[1]]),
        ("poisson", [[2, 1]], [[3, 0]], (2 - 3 * math.log(2 + 1e-8) + 1) / 2, [[(1 - 3 / (2 + 1e-8)) / 2, 0.5]]),
        ("kl_divergence", [[0.5, 0.5], [0.25, 0.75]], [[1, 0], [0.75, 0.25]],
         (LOG_2 + 0.75 * LOG_3 - 0.25 * LOG_3) / 2, [[-1, 0], [-1.5, -1 / 6]]),
    ],
)  # fmt: skip
def test_a_loss_has_its_closed_form(
    name: str, outputs: list[list[float]], targets: list[list[float]], value: float, gradient: list[list[float]]
) -> None:
    loss = loss_named(name)
    pair = np.array(outputs, dtype="float64"), np.array(targets, dtype="float64")

    assert loss.value(*pair) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(loss.gradient(*pair), gradient, rtol=1e-12)


@pytest.mark.parametrize("distance", [1e-9, 1e-4, 0.999999, 1, 20, 1e30])
def test_log_cosh_keeps_its_digits_however_near_or_far(distance: float) -> None:
    expected = distance**2 / 2 if distance < 1e-3 else abs(distance) - LOG_2 + math.log1p(math.exp(-2 * distance))

    found = loss_named("log_cosh").value(np.array([[distance]]), np.zeros((1, 1)))

    assert found == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "categorical_cross_entropy", "kl_divergence", "poisson"])
def test_outputs_that_are_no_probabilities_or_rates_have_no_loss(name: str) -> None:
    assert math.isnan(loss_named(name).value(np.array([[-0.5]]), np.ones((1, 1))))


def theirs(torch: Any, name: str) -> Callable[[Any, Any], Any]:
    """PyTorch's loss of that name; the hinge is written out, for it has another."""
    functional = torch.nn.functional
    found: dict[str, Callable[[Any, Any], Any]] = {
        "mean_squared_error": functional.mse_loss,
        "mean_absolute_error": functional.l1_loss,
        "huber": functional.huber_loss,
        "log_cosh": lambda o, t: torch.log(torch.cosh(o - t)).mean(),
        "binary_cross_entropy": functional.binary_cross_entropy,
        "categorical_cross_entropy": lambda o, t: -(t * torch.log(o)).sum(dim=1).mean(),
        "hinge": lambda o, t: torch.relu(1 - t * o).mean(),
        "poisson": lambda o, t: functional.poisson_nll_loss(o, t, log_input=False),
        "kl_divergence": lambda o, t: functional.kl_div(torch.log(o), t, reduction="batchmean"),
        # Torch's takes classes by number only, so what it does to a row of a class is written out.
        "negative_log_likelihood": lambda o, t: -(t * o).sum(dim=1).mean(),
    }
    return found[name]


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_value_and_gradient_equal_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    rng = np.random.default_rng(4)
    for rows, size in [(1, 1), (7, 1), (5, 3)]:
        outputs, targets = rng.uniform(0.001, 0.999, size=(2, rows, size))
        tensor = torch.tensor(outputs, requires_grad=True)
        expected = theirs(torch, name)(tensor, torch.tensor(targets))
        expected.backward()

        assert loss_named(name).value(outputs, targets) == pytest.approx(expected.item(), rel=1e-12)
        np.testing.assert_allclose(loss_named(name).gradient(outputs, targets), tensor.grad.numpy(), rtol=1e-12)


def test_cross_entropy_of_certainties_is_clamped_as_pytorch_does() -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    outputs, targets = np.array([[0, 1e-30, 1, 1 - 1e-16]]), np.array([[1.0, 0.5, 0.25, 0]])
    tensor = torch.tensor(outputs, requires_grad=True)
    expected = torch.nn.functional.binary_cross_entropy(tensor, torch.tensor(targets))
    expected.backward()

    loss = loss_named("binary_cross_entropy")

    assert loss.value(outputs, targets) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(
        loss.gradient(outputs, targets), tensor.grad.numpy(), rtol=1e-7
    )  # its 1e-12 is float32's


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
    with pytest.raises(UnknownNameError, match="unknown loss 'msee': use one of mean_squared_error"):
        loss_named("msee")


@pytest.mark.parametrize(
    ("name", "full_name"),
    [
        ("mse", "mean_squared_error"),
        ("mae", "mean_absolute_error"),
        ("crossentropy", "categorical_cross_entropy"),
        ("binarycrossentropy", "binary_cross_entropy"),
        ("nll", "negative_log_likelihood"),
    ],
)
def test_a_loss_also_goes_by_the_name_that_others_give_it(name: str, full_name: str) -> None:
    assert loss_named(name) is LOSSES[full_name]
    assert set(OTHER_NAMES.values()) <= set(LOSSES)
    assert not set(OTHER_NAMES) & set(LOSSES)


def test_the_likelihood_of_a_class_is_its_own_logarithm_as_pytorch_says() -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    logarithms = np.log([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]])
    expected = torch.nn.functional.nll_loss(torch.tensor(logarithms), torch.tensor([2, 0])).item()

    found = loss_named("negative_log_likelihood").value(logarithms, np.array([[0.0, 0, 1], [1, 0, 0]]))

    assert found == pytest.approx(expected, rel=1e-14)
    assert found == pytest.approx((math.log(2) + math.log(10)) / 2, rel=1e-14)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_survives_a_trip_between_processes(name: str) -> None:
    loss = pickle.loads(pickle.dumps(loss_named(name)))

    assert loss.value(np.ones((1, 1)), np.ones((1, 1))) == loss_named(name).value(np.ones((1, 1)), np.ones((1, 1)))
