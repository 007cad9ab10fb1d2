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
from deepnet.maths.local import LocalLearner, forward, gradients
from deepnet.maths.losses import loss_named
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.parameters import LayerParameters, fingerprint, initial_parameters

Differentiate = Callable[[Callable[[Array], float], Array], Array]

deterministic = settings(derandomize=True, deadline=None, max_examples=25)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    names = st.sampled_from(sorted(ACTIVATIONS))
    return Chain(
        *(
            Dense(inputs, neurons, draw(names), bias_initializer="centered_uniform")
            for inputs, neurons in pairwise(widths)
        )
    )


def examples(model: Chain, rows: int, seed: int = 0) -> tuple[Batch, Batch]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, model.inputs)), rng.normal(size=(rows, model.outputs))


@given(model=chains(), rows=st.integers(1, 5), seed=st.integers(0, 1000))
@deterministic
def test_the_gradient_of_a_whole_network_equals_the_central_difference(
    model: Chain, rows: int, seed: int, central_differences: Differentiate
) -> None:
    parameters = initial_parameters(model, seed, "float64")
    inputs, targets = examples(model, rows, seed)
    _, found = gradients(model, parameters, inputs, targets, "mean_squared_error")

    for index, layer in enumerate(parameters):
        for part, array in enumerate(layer):

            def loss_at(values: Array, index: int = index, part: int = part) -> float:
                nudged = [list(pair) for pair in parameters]
                nudged[index][part] = values
                outputs = forward(model, [LayerParameters(*pair) for pair in nudged], inputs)
                return loss_named("mean_squared_error").value(outputs, targets)

            np.testing.assert_allclose(found[index][part], central_differences(loss_at, array), rtol=1e-5, atol=1e-7)


def test_forward_computes_layer_after_layer() -> None:
    model = Chain(Dense(2, 2, "relu"), Dense(2, 1))
    parameters = [
        LayerParameters(np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.5, 0.0])),
        LayerParameters(np.array([[3.0, 1.0]]), np.array([-1.0])),
    ]

    # The first neuron's sum is below 0 for the first row: relu(-0.5) = 0.
    np.testing.assert_array_equal(forward(model, parameters, np.array([[1.0, 2.0], [2.0, 1.0]])), [[3], [8.5]])


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


@pytest.mark.parametrize("options", [{"loss": "mse"}, {"optimizer": "lion"}, {"dtype": "float16"}])
def test_an_unknown_name_is_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(UnknownNameError):
        LocalLearner(Chain(Dense(2, 1)), **options)


@pytest.mark.parametrize(
    "optimizer", [SGD(0.05), Adam(0.01), Adam(0.02, 0.8, 0.95, 1e-6)], ids=lambda value: value.name
)
@pytest.mark.parametrize("seed", range(6))
def test_fifty_steps_equal_pytorchs(optimizer: SGD | Adam, seed: int) -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    modules = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 9, size=rng.integers(2, 6))
    model = Chain(
        *(
            Dense(int(inputs), int(neurons), str(rng.choice(["identity", *modules])))
            for inputs, neurons in pairwise(widths)
        )
    )
    learner = LocalLearner(model, seed=seed, optimizer=optimizer, dtype="float64")
    theirs = torch.nn.Sequential()
    for layer, (weights, bias) in zip(model, learner.parameters(), strict=True):
        linear = torch.nn.Linear(layer.inputs, layer.neurons, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(weights))
            linear.bias.copy_(torch.tensor(bias))
        theirs.extend([linear, modules.get(layer.activation, torch.nn.Identity)()])
    stepper = (
        torch.optim.SGD(theirs.parameters(), lr=optimizer.learning_rate)
        if isinstance(optimizer, SGD)
        else torch.optim.Adam(
            theirs.parameters(),
            lr=optimizer.learning_rate,
            betas=(optimizer.beta_1, optimizer.beta_2),
            eps=optimizer.epsilon,
        )
    )

    for step in range(50):
        inputs, targets = examples(model, 4, step)
        stepper.zero_grad()
        loss = torch.nn.functional.mse_loss(theirs(torch.tensor(inputs)), torch.tensor(targets))
        loss.backward()
        stepper.step()
        assert learner.learn(inputs, targets) == pytest.approx(loss.item(), rel=1e-9)

    ours = [array for layer in learner.parameters() for array in layer]
    for array, tensor in zip(ours, theirs.parameters(), strict=True):
        np.testing.assert_allclose(array, tensor.detach().numpy(), rtol=1e-9, atol=1e-12)
