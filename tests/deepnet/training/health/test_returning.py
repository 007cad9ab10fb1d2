import numpy as np
import pytest

from deepnet.maths.arrays import Array, Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.rows import pack, unpack
from deepnet.maths.local import LocalLearner
from deepnet.maths.local import gradients as plain_gradients
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.optimizers import SGD, Adam, AdamW, NAdam, Optimizer
from deepnet.maths.parameters import LayerParameters, initial_parameters
from deepnet.maths.treatment import Treatment, Treatments
from deepnet.maths.value_fault import ValueFault
from deepnet.training.health.passing import passes
from deepnet.training.health.returning import deltas, gradients, updates

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(12, 3))
MSE = loss_named("mean_squared_error")


def returned(
    model: Chain,
    parameters: tuple[LayerParameters, ...],
    targets: Batch,
    loss: Loss,
    treatments: list[Treatments] | None = None,
) -> tuple[float, tuple[Array, ...]]:
    return gradients(tuple(passes(model, parameters, INPUTS, treatments, 3)), targets, loss, 3)


def by_differences(
    model: Chain, parameters: tuple[LayerParameters, ...], targets: Batch, treatments: list[Treatments]
) -> list[Array]:
    """The gradient from the way forward alone, whose own tests stand beside it."""
    rows = [pack(layer) for layer in parameters]
    found = [np.empty_like(layer) for layer in rows]
    for layer, at in [(layer, at) for layer, block in enumerate(rows) for at in np.ndindex(block.shape)]:
        values = []
        for change in (1e-6, -1e-6):
            moved = [block.copy() for block in rows]
            moved[layer][at] += change
            *_, last = passes(model, [unpack(block) for block in moved], INPUTS, treatments, 3)
            values.append(float(((last.outputs - targets) ** 2).mean()))
        found[layer][at] = (values[0] - values[1]) / 2e-6
    return found


@pytest.mark.parametrize("loss", ["mean_squared_error", "categorical_cross_entropy"])
@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_of_an_untreated_network_it_is_the_textbooks_gradient(last: str, loss: str) -> None:
    model = Chain(Dense(3, 4, "relu"), Dense(4, 3, last))
    parameters = initial_parameters(model, 1, "float64")
    targets = np.eye(3)[RNG.integers(3, size=12)]

    value, found = returned(model, parameters, targets, loss_named(loss))
    expected_value, expected = plain_gradients(model, parameters, INPUTS, targets, loss)

    assert value == pytest.approx(expected_value, rel=1e-12)
    for rows, layer in zip(found, expected, strict=True):
        np.testing.assert_allclose(rows, pack(layer), rtol=1e-12, atol=1e-16)


def test_deltas_are_what_the_biases_of_the_rows_would_be_moved_by() -> None:
    model = Chain(Dense(3, 4, "tanh"), Dense(4, 3, "softmax"))
    parameters = initial_parameters(model, 1, "float64")
    targets = np.eye(3)[RNG.integers(3, size=12)]
    loss = loss_named("categorical_cross_entropy")

    value, found = deltas(tuple(passes(model, parameters, INPUTS)), targets, loss, 0)

    assert [delta.shape for delta in found] == [(12, 4), (12, 3)]
    assert value == pytest.approx(plain_gradients(model, parameters, INPUTS, targets, loss)[0], rel=1e-12)
    for row in range(len(INPUTS)):
        _, alone = plain_gradients(model, parameters, INPUTS[row : row + 1], targets[row : row + 1], loss)
        for delta, layer in zip(found, alone, strict=True):
            np.testing.assert_allclose(delta[row] * len(INPUTS), layer.bias, rtol=1e-9, atol=1e-15)


def test_through_treated_neurons_it_is_that_of_central_differences() -> None:
    model = Chain(Dense(3, 5, "tanh"), Dense(5, 4, "sigmoid"), Dense(4, 2))
    parameters = initial_parameters(model, 1, "float64")
    noise, stuck = (ValueFault(kind=kind, amount=0.7, seed=4) for kind in ("noise", "stuck_at"))
    treatments: list[Treatments] = [
        {0: Treatment(activation="softplus"), 1: Treatment(lesioned=0.3), 2: Treatment(faults=(noise,))},
        {1: Treatment(faults=(stuck,)), 3: Treatment(activation="elu", faults=(noise,))},
        {0: Treatment(activation="tanh")},
    ]
    targets = RNG.normal(size=(12, 2))

    _, found = returned(model, parameters, targets, MSE, treatments)

    for rows, expected in zip(found, by_differences(model, parameters, targets, treatments), strict=True):
        np.testing.assert_allclose(rows, expected, rtol=1e-6, atol=1e-9)
    assert not found[0][1].any()
    assert not found[1][1].any()
    assert found[2].all()


def test_a_last_layer_that_is_treated_does_without_the_fused_form() -> None:
    model = Chain(Dense(3, 2, "sigmoid"))
    parameters = initial_parameters(model, 1, "float64")
    targets = RNG.integers(2, size=(12, 2)).astype("float64")
    treatments: list[Treatments] = [{0: Treatment(lesioned=0.25)}]

    value, (rows,) = returned(model, parameters, targets, loss_named("binary_cross_entropy"), treatments)

    output = 1 / (1 + np.exp(-(INPUTS @ parameters[0].weights[1] + parameters[0].bias[1])))
    outputs = np.column_stack((np.full(12, 0.25), output))
    assert value == pytest.approx(-np.mean(np.where(targets, np.log(outputs), np.log(1 - outputs))), rel=1e-9)
    assert not rows[0].any()
    np.testing.assert_allclose(rows[1, :-1], (output - targets[:, 1]) @ INPUTS / 24, rtol=1e-6)


def test_a_frozen_neuron_has_no_gradient_and_lets_the_error_through() -> None:
    model = mlp(3, (4,), 2, "tanh")
    parameters = initial_parameters(model, 1, "float64")
    targets = RNG.normal(size=(12, 2))
    frozen: list[Treatments] = [{}, {0: Treatment(frozen=True)}]

    _, expected = returned(model, parameters, targets, MSE)
    _, found = returned(model, parameters, targets, MSE, frozen)

    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1][1], expected[1][1])
    assert not found[1][0].any()


@pytest.mark.parametrize("optimizer", [SGD(0.1, momentum=0.9), Adam(0.01), NAdam(0.01)])
@pytest.mark.parametrize("rules", [GradientRules(), GradientRules(clip_norm=0.1, l2=0.3, l1=0.1, clip_value=0.05)])
def test_the_update_is_what_learning_these_rows_would_do(optimizer: Optimizer, rules: GradientRules) -> None:
    model = mlp(3, (4,), 2, "tanh")
    learner = LocalLearner(model, optimizer=optimizer, rules=rules, dtype="float64")
    targets = RNG.normal(size=(12, 2))
    for _ in range(5):
        learner.learn(INPUTS[:6], targets[:6])
    before, slots = learner.parameters(), [[pack(slot) for slot in layer] for layer in learner._slots]
    passed = tuple(passes(model, before, INPUTS))

    found = updates(passed, gradients(passed, targets, MSE, 5)[1], slots, optimizer, rules, 6)
    learner.learn(INPUTS, targets)

    for update, then, now in zip(found, before, learner.parameters(), strict=True):
        np.testing.assert_allclose(update, pack(now) - pack(then), rtol=1e-9, atol=1e-15)


def test_who_is_frozen_does_not_move_nor_counts_in_the_norm_and_each_has_its_own_rate() -> None:
    model = mlp(3, (3,), 1, "tanh")
    parameters = initial_parameters(model, 1, "float64")
    treatments: list[Treatments] = [{0: Treatment(frozen=True), 1: Treatment(rate=3.0), 2: Treatment(rate=0.0)}, {}]
    passed = tuple(passes(model, parameters, INPUTS, treatments))
    slopes = gradients(passed, RNG.normal(size=(12, 1)), MSE, 0)[1]
    rules = GradientRules(clip_norm=1e-3, l2=0.5)

    first, second = updates(passed, slopes, None, SGD(0.1), rules, 1)

    penalised = [slope.copy() for slope in slopes]
    for rows, layer in zip(penalised, parameters, strict=True):
        rows[:, :-1] += 0.5 * layer.weights
    penalised[0][0] = 0
    clip = 1e-3 / np.sqrt(sum(float((rows**2).sum()) for rows in penalised))
    np.testing.assert_allclose(first, -0.1 * clip * penalised[0] * [[0], [3], [0]], rtol=2e-3, atol=1e-16)
    np.testing.assert_allclose(second, -0.1 * clip * penalised[1], rtol=2e-3, atol=1e-16)
    assert np.all(first[1] != 0)


@pytest.mark.parametrize("slots", [None, [(), ()]])
def test_an_optimizer_that_has_seen_nothing_begins_with_empty_slots(slots: list[tuple[Array, ...]] | None) -> None:
    model = mlp(3, (4,), 2, "tanh")
    learner = LocalLearner(model, optimizer=Adam(0.01), dtype="float64")
    before, targets = learner.parameters(), RNG.normal(size=(12, 2))
    passed = tuple(passes(model, before, INPUTS))

    found = updates(passed, gradients(passed, targets, MSE, 0)[1], slots, Adam(0.01), GradientRules(), 1)
    learner.learn(INPUTS, targets)

    for update, then, now in zip(found, before, learner.parameters(), strict=True):
        np.testing.assert_allclose(update, pack(now) - pack(then), rtol=1e-9, atol=1e-15)


def test_neither_decay_nor_what_the_optimizer_remembers_moves_who_is_frozen() -> None:
    model = mlp(3, (2,), 1, "tanh")
    parameters = initial_parameters(model, 1, "float64")
    treatments: list[Treatments] = [{1: Treatment(frozen=True)}, {}]
    passed = tuple(passes(model, parameters, INPUTS, treatments))
    slots = [[np.ones((len(layer.bias), layer.weights.shape[1] + 1)) for _ in range(2)] for layer in parameters]

    still = [np.zeros_like(block) for block, _ in slots]
    first, second = updates(passed, still, slots, AdamW(0.1), GradientRules(), 1)

    assert not first[1].any()
    assert first[0].all()
    assert second.all()
