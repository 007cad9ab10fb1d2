from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import ShapeError
from deepnet.maths.activations import ACTIVATIONS, activation_named
from deepnet.maths.arrays import DTYPES, Array, Batch
from deepnet.maths.local import LocalLearner
from deepnet.maths.losses import LOSSES, Loss, fused, loss_named
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.optimizers import SGD

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
PAIRS = [
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "categorical_cross_entropy"),
    ("softmax", "kl_divergence"),
]


def joint(activation: str, loss: str) -> Loss:
    found = fused(activation, loss_named(loss))
    assert found is not None
    return found


def some_targets(rng: np.random.Generator, activation: str, shape: tuple[int, int]) -> Batch:
    """Targets that the loss after this activation can take."""
    shares: Batch = rng.uniform(0, 1, size=shape)
    return shares if activation == "sigmoid" else shares / shares.sum(axis=1, keepdims=True)


@st.composite
def extremes(draw: st.DrawFn) -> tuple[Batch, Batch]:
    """Any finite weighted sums, and a class for each row."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))
    numbers = st.floats(allow_nan=False, allow_infinity=False, width=32 if dtype == "float32" else 64)
    largest = float(np.finfo(dtype).max)
    sums = draw(hnp.arrays(dtype, shape, elements=numbers | st.sampled_from([-largest, largest])))
    classes = draw(st.lists(st.integers(0, shape[1] - 1), min_size=shape[0], max_size=shape[0]))
    return sums, np.eye(shape[1], dtype=dtype)[classes]


def test_only_what_a_joint_form_is_known_of_has_one() -> None:
    known = {(activation, loss) for activation in ACTIVATIONS for loss in LOSSES if fused(activation, LOSSES[loss])}

    assert known == set(PAIRS)


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (4, 3)])
def test_a_joint_form_equals_the_loss_of_the_activation_where_that_keeps_its_digits(
    activation: str, loss: str, shape: tuple[int, int]
) -> None:
    rng = np.random.default_rng(0)
    sums, targets = rng.normal(size=shape), some_targets(rng, activation, shape)
    function, apart = activation_named(activation), loss_named(loss)
    outputs = function.value(sums)

    both = joint(activation, loss)

    assert both.value(sums, targets) == pytest.approx(apart.value(outputs, targets), rel=1e-12, abs=1e-15)
    np.testing.assert_allclose(
        both.gradient(sums, targets),
        function.delta(apart.gradient(outputs, targets), sums, outputs),
        rtol=1e-10,
        atol=1e-15,
    )


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_a_joint_gradient_equals_the_central_difference(
    activation: str, loss: str, central_differences: Differentiate
) -> None:
    rng = np.random.default_rng(1)
    both = joint(activation, loss)
    for scale in (0.1, 1, 10):
        sums, targets = scale * rng.normal(size=(5, 3)), some_targets(rng, activation, (5, 3))

        expected = central_differences(lambda at, both=both, targets=targets: both.value(at, targets), sums)  # type: ignore[misc]

        np.testing.assert_allclose(both.gradient(sums, targets), expected, atol=1e-8)


def test_the_gradient_of_rows_that_do_not_sum_to_1_is_right_too(central_differences: Differentiate) -> None:
    rng = np.random.default_rng(2)
    sums, targets = rng.normal(size=(3, 4)), rng.uniform(0, 1, size=(3, 4))
    both = joint("softmax", "categorical_cross_entropy")

    expected = central_differences(lambda at: both.value(at, targets), sums)

    np.testing.assert_allclose(both.gradient(sums, targets), expected, atol=1e-8)


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
@given(pair=extremes())
@deterministic
def test_value_and_gradient_of_any_finite_sums_are_finite(
    activation: str, loss: str, pair: tuple[Batch, Batch]
) -> None:
    sums, targets = pair
    before = sums.copy(), targets.copy()
    both = joint(activation, loss)

    value, gradient = both.value(sums, targets), both.gradient(sums, targets)

    assert type(value) is float
    assert 0 <= value < float("inf")
    assert (gradient.shape, gradient.dtype) == (sums.shape, sums.dtype)
    assert (np.abs(gradient) <= 1).all()  # which nan is not
    np.testing.assert_array_equal((sums, targets), before)


@given(pair=extremes())
@deterministic
def test_the_likelihood_after_log_softmax_is_finite_for_any_finite_sums(pair: tuple[Batch, Batch]) -> None:
    sums, targets = pair
    log_softmax, loss = activation_named("log_softmax"), loss_named("negative_log_likelihood")
    outputs = log_softmax.value(sums)

    value = loss.value(outputs, targets)
    delta = log_softmax.delta(loss.gradient(outputs, targets), sums, outputs)

    assert 0 <= value < float("inf")
    np.testing.assert_allclose(delta, joint("softmax", "categorical_cross_entropy").gradient(sums, targets), atol=1e-6)


def theirs(torch: Any, loss: str, sums: Any, targets: Any) -> Any:
    functional = torch.nn.functional
    if loss == "binary_cross_entropy":
        return functional.binary_cross_entropy_with_logits(sums, targets)
    if loss == "categorical_cross_entropy":
        return functional.cross_entropy(sums, targets)
    return functional.kl_div(functional.log_softmax(sums, dim=1), targets, reduction="batchmean")


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
@pytest.mark.parametrize("scale", [1, 50, 1e4, 1e300])
def test_value_and_gradient_equal_pytorchs_of_logits_however_extreme(activation: str, loss: str, scale: float) -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    rng = np.random.default_rng(5)
    both = joint(activation, loss)
    for shape in [(1, 1), (6, 1), (5, 4)]:
        sums, targets = scale * rng.normal(size=shape), some_targets(rng, activation, shape)
        targets[0] = np.eye(shape[1])[0]  # a certainty, with zeros beside it
        tensor = torch.tensor(sums, requires_grad=True)
        expected = theirs(torch, loss, tensor, torch.tensor(targets))
        expected.backward()

        assert both.value(sums, targets) == pytest.approx(expected.item(), rel=1e-12, abs=1e-14)
        np.testing.assert_allclose(both.gradient(sums, targets), tensor.grad.numpy(), rtol=1e-12, atol=1e-15)


def wrong_by(activation: str, dtype: str, sums: float) -> LocalLearner:
    """A network that puts everything on the first output, very sure of it."""
    neurons = 1 if activation == "sigmoid" else 3
    bias = np.zeros(neurons)
    bias[0] = sums
    loss = "binary_cross_entropy" if activation == "sigmoid" else "categorical_cross_entropy"
    model = Chain(Dense(2, neurons, activation))
    parameters = [(np.zeros((neurons, 2)), bias)]
    return LocalLearner(model, loss=loss, optimizer=SGD(sums / 10), dtype=dtype, parameters=parameters)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
@pytest.mark.parametrize("sums", [40, 1e3, 1e6])
def test_a_network_that_is_very_sure_and_wrong_learns_better(activation: str, dtype: str, sums: float) -> None:
    learner = wrong_by(activation, dtype, sums)
    inputs = np.zeros((1, 2))
    target = np.zeros((1, 1)) if activation == "sigmoid" else np.array([[0, 1.0, 0]])
    assert learner.predict(inputs)[0, 0] == 1  # its slope is 0 here: one after the other they would be stuck

    losses = [learner.learn(inputs, target) for _ in range(30)]

    assert losses[0] == pytest.approx(sums)
    assert losses[1] < 0.95 * losses[0]
    np.testing.assert_allclose(learner.predict(inputs), target, atol=0.02)


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_a_learner_reports_the_joint_loss(activation: str, loss: str) -> None:
    rng = np.random.default_rng(8)
    model = mlp(3, (4,), 2, "tanh", output_activation=activation)
    learner = LocalLearner(model, loss=loss, dtype="float64")
    inputs, targets = rng.normal(size=(5, 3)), some_targets(rng, activation, (5, 2))
    expected = loss_named(loss).value(learner.predict(inputs), targets)

    assert learner.learn(inputs, targets) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
@pytest.mark.parametrize(("sums", "targets"), [((4, 1), (4,)), ((4, 1), (1, 4)), ((4, 2), (4, 1)), ((0, 1), (0, 1))])
def test_shapes_that_numpy_would_broadcast_are_refused(
    activation: str, loss: str, sums: tuple[int, ...], targets: tuple[int, ...]
) -> None:
    both = joint(activation, loss)

    for function in (both.value, both.gradient):
        with pytest.raises(ShapeError):
            function(np.zeros(sums), np.zeros(targets))
