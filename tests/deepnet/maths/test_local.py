from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, ShapeError, UnknownNameError
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.arrays import DTYPES, Array, Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.local import LocalLearner, forward, forward_to_sums, gradients
from deepnet.maths.losses import loss_named
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.parameters import LayerParameters, fingerprint, initial_parameters

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=25)


LASTS = {
    "mean_squared_error": "identity",
    "binary_cross_entropy": "sigmoid",
    "categorical_cross_entropy": "softmax",
    "kl_divergence": "softmax",
    "negative_log_likelihood": "log_softmax",
}


@st.composite
def chains(draw: st.DrawFn, last: str | None = None) -> Chain:
    """Layers of all activations, the coupled ones too, with a Dropout before some of them."""
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    names = [draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in widths[1:]]
    if last is not None:
        names[-1] = last
    layers: list[Dense | Dropout] = []
    for (inputs, neurons), name in zip(pairwise(widths), names, strict=True):
        if draw(st.booleans()):
            layers.append(Dropout(draw(st.sampled_from([0.0, 0.2, 0.5]))))
        layers.append(Dense(inputs, neurons, name, bias_initializer="centered_uniform"))
    return Chain(*layers)


def examples(model: Chain, rows: int, seed: int = 0) -> tuple[Batch, Batch]:
    """Inputs, and targets that sum to 1 in each row, which every loss here takes."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.1, 1, size=(rows, model.outputs))
    return rng.normal(size=(rows, model.inputs)), shares / shares.sum(axis=1, keepdims=True)


def differences(
    differentiate: Differentiate,
    loss_of: Callable[[tuple[LayerParameters, ...]], float],
    parameters: tuple[LayerParameters, ...],
) -> list[LayerParameters]:
    """The central differences of a loss at all parameters of a network."""

    def along(index: int, part: int) -> Array:
        def loss_at(values: Array) -> float:
            nudged = [list(pair) for pair in parameters]
            nudged[index][part] = values
            return loss_of(tuple(LayerParameters(*pair) for pair in nudged))

        return differentiate(loss_at, parameters[index][part])

    return [LayerParameters(along(index, 0), along(index, 1)) for index in range(len(parameters))]


@pytest.mark.parametrize("loss", LASTS)
@given(data=st.data(), rows=st.integers(1, 4), seed=st.integers(0, 1000))
@settings(derandomize=True, deadline=None, max_examples=15)
def test_the_gradient_of_a_whole_network_equals_the_central_difference(
    loss: str, data: st.DataObject, rows: int, seed: int, central_differences: Differentiate
) -> None:
    model = data.draw(chains(LASTS[loss]))
    parameters = initial_parameters(model, seed, "float64")
    inputs, targets = examples(model, rows, seed)

    def loss_of(parameters: tuple[LayerParameters, ...]) -> float:
        return gradients(model, parameters, inputs, targets, loss, seed=seed, step=3)[0]

    _, found = gradients(model, parameters, inputs, targets, loss, seed=seed, step=3)

    for ours, expected in zip(found, differences(central_differences, loss_of, parameters), strict=True):
        np.testing.assert_allclose(ours.weights, expected.weights, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(ours.bias, expected.bias, rtol=1e-5, atol=1e-7)


def test_a_learner_goes_down_the_gradient_of_its_loss_and_its_penalties(central_differences: Differentiate) -> None:
    model = Chain(Dense(3, 4, "softmax"), Dropout(0.4), Dense(4, 5, "log_softmax"), Dense(5, 2, "softmax"))
    inputs, targets = examples(model, 6)
    rules = GradientRules(l1=0.03, l2=0.2)
    learner = LocalLearner(
        model, seed=5, loss="categorical_cross_entropy", optimizer=SGD(1.0), dtype="float64", rules=rules
    )
    before = learner.parameters()

    def loss_of(parameters: tuple[LayerParameters, ...]) -> float:
        loss, _ = gradients(model, parameters, inputs, targets, "categorical_cross_entropy", seed=5, step=1)
        penalties = (0.1 * (layer.weights**2).sum() + 0.03 * np.abs(layer.weights).sum() for layer in parameters)
        return loss + float(sum(penalties))

    learner.learn(inputs, targets)

    for old, new, slope in zip(
        before, learner.parameters(), differences(central_differences, loss_of, before), strict=True
    ):
        np.testing.assert_allclose(old.weights - new.weights, slope.weights, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(old.bias - new.bias, slope.bias, rtol=1e-6, atol=1e-8)


def test_the_whole_gradient_is_clipped_to_its_norm_and_every_number_to_its_value() -> None:
    model = mlp(3, (4,), 2, "tanh")
    inputs, targets = examples(model, 5)
    changes = []
    for rules in (None, GradientRules(clip_norm=0.01), GradientRules(clip_value=0.01)):
        learner = LocalLearner(model, optimizer=SGD(1.0), dtype="float64", rules=rules)
        before = learner.parameters()
        learner.learn(inputs, 100 * targets)
        pairs = zip(before, learner.parameters(), strict=True)
        changes.append(np.concatenate([(old[part] - new[part]).ravel() for old, new in pairs for part in range(2)]))
    raw, by_norm, by_value = changes

    np.testing.assert_allclose(by_norm, raw * 0.01 / (np.linalg.norm(raw) + 1e-6), rtol=1e-9)
    np.testing.assert_allclose(by_value, np.clip(raw, -0.01, 0.01), rtol=1e-9, atol=1e-15)


def test_a_schedule_scales_the_rate_of_one_step() -> None:
    model = mlp(3, (4,), 2, "tanh")
    inputs, targets = examples(model, 5)
    halved, slower = LocalLearner(model, optimizer=SGD(0.2)), LocalLearner(model, optimizer=SGD(0.1))
    start = fingerprint(halved.parameters())

    halved.learn(inputs, targets, rate_factor=0)
    assert fingerprint(halved.parameters()) == start

    halved.learn(inputs, targets, rate_factor=0.5)
    slower.learn(inputs, targets)
    assert fingerprint(halved.parameters()) == fingerprint(slower.parameters())


def test_forward_computes_layer_after_layer() -> None:
    model = Chain(Dense(2, 2, "relu"), Dense(2, 1))
    parameters = [
        LayerParameters(np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.5, 0.0])),
        LayerParameters(np.array([[3.0, 1.0]]), np.array([-1.0])),
    ]

    # The first neuron's sum is below 0 for the first row: relu(-0.5) = 0.
    np.testing.assert_array_equal(forward(model, parameters, np.array([[1.0, 2.0], [2.0, 1.0]])), [[3], [8.5]])


def test_the_last_sums_are_what_the_outputs_are_made_of() -> None:
    model = mlp(3, (4,), 2, "tanh", output_activation="softmax")
    parameters = initial_parameters(model, 0, "float64")
    inputs, _ = examples(model, 5)

    sums, outputs = forward_to_sums(model, parameters, inputs)

    np.testing.assert_array_equal(outputs, forward(model, parameters, inputs))
    np.testing.assert_array_equal(outputs, ACTIVATIONS["softmax"].value(sums))


@given(model=chains(), dtype=st.sampled_from(DTYPES), optimizer=st.sampled_from(["sgd", "adam"]))
@deterministic
def test_learning_keeps_the_dtype_and_leaves_what_it_was_given_alone(model: Chain, dtype: str, optimizer: str) -> None:
    inputs, targets = (array.astype(dtype) for array in examples(model, 3))
    start = initial_parameters(model, 1, dtype)
    learner = LocalLearner(model, optimizer=optimizer, dtype=dtype, parameters=start)
    before = fingerprint(start), inputs.copy(), targets.copy()

    loss = learner.learn(inputs, targets)

    assert type(loss) is float
    assert learner.step == 1
    assert learner.predict(inputs).dtype == dtype
    assert {array.dtype for layer in learner.parameters() for array in layer} == {np.dtype(dtype)}
    assert fingerprint(start) == before[0]
    np.testing.assert_array_equal(inputs, before[1])
    np.testing.assert_array_equal(targets, before[2])


def test_learn_returns_the_loss_before_its_step() -> None:
    model = Chain(Dense(2, 1))
    inputs, targets = examples(model, 4)
    learner = LocalLearner(model, dtype="float64")
    expected = loss_named("mean_squared_error").value(learner.predict(inputs), targets)

    assert learner.learn(inputs, targets) == expected
    assert learner.learn(inputs, targets) < expected


def test_one_sgd_step_is_the_rate_times_the_gradient() -> None:
    model = mlp(3, (4,), 2, "tanh")
    inputs, targets = examples(model, 5)
    learner = LocalLearner(model, optimizer=SGD(0.1), dtype="float64")
    before = learner.parameters()
    _, slopes = gradients(model, before, inputs, targets, "mean_squared_error")

    learner.learn(inputs, targets)

    for old, slope, new in zip(before, slopes, learner.parameters(), strict=True):
        np.testing.assert_allclose(new.weights, old.weights - 0.1 * slope.weights, rtol=1e-15)
        np.testing.assert_allclose(new.bias, old.bias - 0.1 * slope.bias, rtol=1e-15)


@pytest.mark.parametrize("dtype", DTYPES)
def test_xor_is_learnt(dtype: str) -> None:
    inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    learner = LocalLearner(mlp(2, (8,), 1, "tanh"), optimizer=Adam(0.05), dtype=dtype)

    losses = [learner.learn(inputs, targets) for _ in range(200)]

    assert losses[-1] < 1e-3 < losses[0]
    np.testing.assert_array_equal(learner.predict(inputs).round(), targets)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    model = mlp(3, (4,), 2, "relu")
    ends = []
    for seed in (0, 0, 1):
        learner = LocalLearner(model, seed=seed, optimizer="adam")
        for step in range(5):
            learner.learn(*examples(model, 4, step))
        ends.append(fingerprint(learner.parameters()))

    assert ends[0] == ends[1] != ends[2]


def test_a_step_that_is_refused_changes_nothing() -> None:
    learner = LocalLearner(Chain(Dense(2, 1)))
    before = fingerprint(learner.parameters())

    with pytest.raises(ShapeError, match=r"targets has shape \(3, 1\), expected \(2, 1\)"):
        learner.learn(np.zeros((2, 2)), np.zeros((3, 1)))
    with pytest.raises(ShapeError, match=r"inputs has shape \(2, 3\), expected \(any, 2\)"):
        learner.learn(np.zeros((2, 3)), np.zeros((2, 1)))
    with pytest.raises(InputError, match="inputs must be finite in float32: row 0, column 1 is nan"):
        learner.learn([[0, np.nan]], [[0]])

    assert (learner.step, fingerprint(learner.parameters())) == (0, before)


def test_learning_that_diverges_says_so_by_its_loss_and_raises_nothing() -> None:
    model = mlp(2, (3,), 1, "relu")
    inputs, targets = examples(model, 4)
    for optimizer in (SGD(1e6), Adam(1e30)):
        learner = LocalLearner(model, optimizer=optimizer)

        losses = [learner.learn(inputs, targets) for _ in range(30)]

        assert not np.isfinite(losses).all()
        learner.predict(inputs)


def test_parameters_are_copies() -> None:
    learner = LocalLearner(Chain(Dense(2, 1)))
    before = fingerprint(learner.parameters())

    learner.parameters()[0].weights[:] = 9

    assert fingerprint(learner.parameters()) == before


@pytest.mark.parametrize("options", [{"loss": "mean_squared"}, {"optimizer": "lion"}, {"dtype": "float16"}])
def test_an_unknown_name_is_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(UnknownNameError):
        LocalLearner(Chain(Dense(2, 1)), **options)
