from typing import Any

import numpy as np
import pytest

from deepnet.maths.activations import ELEMENTWISE
from deepnet.maths.arrays import Batch
from deepnet.maths.local import LocalLearner, gradients
from deepnet.maths.losses import loss_named
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.parameters import LayerParameters, initial_parameters
from deepnet.maths.treatment import Treatment
from deepnet.maths.value_fault import ValueFault
from deepnet.training.health import dead_neurons, findings

INPUTS = np.random.default_rng(0).uniform(-1, 1, size=(20, 2))


def layer(activation: str, biases: list[float]) -> tuple[Chain, list[LayerParameters]]:
    """Neurons of equal weights that differ in their biases; their sums are within 0.2 of these."""
    return Chain(Dense(2, len(biases), activation)), [
        LayerParameters(np.full((len(biases), 2), 0.1), np.array(biases, dtype="float64"))
    ]


@pytest.mark.parametrize(
    ("activation", "biases", "dead"),
    [
        ("relu", [-1, 0, 1, -0.3], [0, 3]),
        ("hard_sigmoid", [-4, 0, 4, 2.9], [0, 2]),
        ("hard_tanh", [-2, 0, 2, 0.9], [0, 2]),
        ("step", [-1, 0, 1, -9], [0, 3]),  # flat everywhere, so dead is what never fires
        ("leaky_relu", [-1e6, 0, 1, -1], []),
        ("elu", [-1e6, 0, 1, -1], [0]),
        ("sigmoid", [-30, 0, 30, 60], [3]),
        ("tanh", [-30, 0, 1, 30], [0, 3]),
        ("identity", [-1e6, 0, 1, 1e6], []),
        ("softmax", [-1e6, 0, 1, 1e6], []),
        ("log_softmax", [-1e6, 0, 1, 1e6], []),
    ],
)
def test_a_neuron_is_dead_where_its_activation_is_flat_for_every_row(
    activation: str, biases: list[float], dead: list[int]
) -> None:
    assert dead_neurons(*layer(activation, biases), INPUTS) == tuple(f"dense_0/{index}" for index in dead)


def test_one_row_that_moves_it_is_enough_to_live() -> None:
    model, parameters = Chain(Dense(1, 1, "relu")), [LayerParameters(np.ones((1, 1)), np.zeros(1))]
    rows = np.full((1000, 1), -1.0)

    assert dead_neurons(model, parameters, rows) == ("dense_0/0",)
    rows[617] = 1e-9
    assert dead_neurons(model, parameters, rows) == ()


def test_what_a_dead_layer_feeds_sees_its_bias_alone() -> None:
    model = Chain(Dense(2, 2, "relu"), Dropout(0.5), Dense(2, 3, "relu"), Dense(3, 1))
    parameters = [
        LayerParameters(np.zeros((2, 2)), np.array([-1.0, -1.0])),
        LayerParameters(np.ones((3, 2)), np.array([1.0, 0.0, -1.0])),
        LayerParameters(np.ones((1, 3)), np.zeros(1)),
    ]

    assert dead_neurons(model, parameters, INPUTS) == ("dense_0/0", "dense_0/1", "dense_1/1", "dense_1/2")


@pytest.mark.parametrize("activation", sorted(set(ELEMENTWISE) - {"step"}))
@pytest.mark.parametrize("seed", range(4))
def test_a_dead_neuron_is_one_that_no_gradient_reaches(activation: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = Chain(Dense(2, 6, activation), Dense(6, 2))
    parameters = initial_parameters(model, seed, "float64")
    parameters[0].bias[:] = rng.choice([-40, -1, 0.5, 4, 40], size=6)
    targets = rng.normal(size=(20, 2))

    _, slopes = gradients(model, parameters, INPUTS, targets, "mean_squared_error")
    unreached = {f"dense_0/{index}" for index in np.flatnonzero(slopes[0].bias == 0)}

    assert set(dead_neurons(model, parameters, INPUTS)) == unreached


def test_a_dead_neuron_never_changes_while_the_others_learn() -> None:
    model = mlp(2, (5,), 1, "relu")
    parameters = initial_parameters(model, 1, "float64")
    parameters[0].bias[2] = -50
    targets: Batch = INPUTS.sum(axis=1, keepdims=True)
    learner = LocalLearner(model, optimizer="adam", dtype="float64", parameters=parameters)

    for _ in range(20):
        learner.learn(INPUTS, targets)

    learnt = learner.parameters()
    assert "dense_0/2" in dead_neurons(model, learnt, INPUTS)
    np.testing.assert_array_equal(learnt[0].weights[2], parameters[0].weights[2])
    assert (learnt[1].weights != parameters[1].weights).sum() == 4


def test_a_network_that_has_diverged_is_not_called_dead_and_raises_nothing() -> None:
    model = mlp(2, (3,), 1, "relu")
    parameters = [
        LayerParameters(*(np.full_like(part, np.nan) for part in layer))
        for layer in initial_parameters(model, 0, "float64")
    ]

    with np.errstate(all="raise"):
        assert dead_neurons(model, parameters, INPUTS) == ()


def conditions(
    model: Chain, parameters: list[LayerParameters], inputs: Batch = INPUTS, **options: Any
) -> dict[str, str]:
    return {finding.address: finding.condition for finding in findings(model, parameters, inputs, **options)}


@pytest.mark.parametrize(
    ("activation", "bias", "condition"),
    [
        ("sigmoid", 5.0, "saturated"),  # 1 - sigmoid(4.8) is 0.008, and 1 - sigmoid(4.2) is 0.015
        ("sigmoid", 4.2, None),
        ("sigmoid", -5.0, "saturated"),
        ("tanh", 2.6, "saturated"),  # 1 - tanh(2.4) is 0.016 of a range of 2
        ("tanh", 2.0, None),
        ("softsign", 60.0, "saturated"),
        ("softsign", 40.0, None),
        ("hard_sigmoid", 4.0, "dead"),
        ("relu", 1.0, None),
        ("relu", -1.0, "dead"),
        ("softplus", -100.0, None),  # it has one bound only: to be near it is not to be between two
        ("step", 1.0, "stuck"),
        ("step", -1.0, "dead"),
        ("identity", 1e9, "stuck"),
        ("identity", 1.0, None),
        ("softmax", 1.0, None),
    ],
)
def test_a_neuron_has_the_first_condition_that_holds(activation: str, bias: float, condition: str | None) -> None:
    biases = [bias, 0.0, 0.1]
    given, [parameters] = layer(activation, biases)
    parameters.weights[2] *= [1, -1]  # so that the sums of a softmax do not move together

    assert conditions(given, [parameters]) == ({} if condition is None else {"dense_0/0": condition})


def test_saturated_is_on_95_rows_of_100() -> None:
    model, parameters = Chain(Dense(1, 1, "sigmoid")), [LayerParameters(np.ones((1, 1)), np.zeros(1))]
    rows = np.full((100, 1), 9.0)
    rows[0] = -9.0  # at the other bound, which counts
    rows[1:6] = 0.0

    assert conditions(model, parameters, rows) == {"dense_0/0": "saturated"}
    rows[6] = 0.0
    assert conditions(model, parameters, rows) == {}


def test_a_classifier_may_be_sure_where_its_loss_still_lets_errors_through() -> None:
    model, parameters = layer("sigmoid", [9.0, -9.0])

    assert set(conditions(model, parameters).values()) == {"saturated"}
    assert set(conditions(model, parameters, loss=loss_named("mse")).values()) == {"saturated"}
    assert conditions(model, parameters, loss=loss_named("binary_cross_entropy")) == {}

    hidden = Chain(*model, Dense(2, 1, "sigmoid"))
    both = [*parameters, LayerParameters(np.ones((1, 2)), np.zeros(1))]
    loss = loss_named("binary_cross_entropy")
    assert set(conditions(hidden, both, loss=loss)) == {"dense_0/0", "dense_0/1"}


def test_rows_that_are_all_the_same_make_nobody_stuck() -> None:
    model, parameters = layer("tanh", [0.0, 0.1])

    assert conditions(model, parameters, INPUTS[:1]) == {}
    assert conditions(model, parameters, np.tile(INPUTS[0], (9, 1))) == {}
    parameters[0].weights[1] = 0
    assert conditions(model, parameters) == {"dense_0/1": "stuck"}


@pytest.mark.parametrize(
    "treatment",
    [
        Treatment(frozen=True),
        Treatment(lesioned=0.0),
        Treatment(lesioned=3.0),
        Treatment(faults=(ValueFault(kind="stuck_at", amount=1.0),)),
        Treatment(activation="tanh"),
    ],
)
def test_a_neuron_that_is_held_or_made_so_is_neither_dead_nor_stuck(treatment: Treatment) -> None:
    model, parameters = layer("relu", [-1.0, -1.0, 1.0])
    treatments = ({0: treatment},)

    assert conditions(model, parameters) == {"dense_0/0": "dead", "dense_0/1": "dead"}
    assert conditions(model, parameters, treatments=treatments, step=1) == {"dense_0/1": "dead"}
    assert dead_neurons(model, parameters, INPUTS, treatments, 1) == ("dense_0/1",)


def test_a_fault_excuses_only_at_steps_that_it_strikes_at() -> None:
    model, parameters = layer("relu", [-1.0, 1.0])
    treatments = ({0: Treatment(faults=(ValueFault(kind="stuck_at", amount=1.0, first=5, last=6),))},)

    found = [conditions(model, parameters, treatments=treatments, step=step) for step in (4, 5, 6, 7)]

    assert found == [{"dense_0/0": "dead"}, {}, {}, {"dense_0/0": "dead"}]


def test_an_activation_of_its_own_decides_of_a_neuron() -> None:
    model, parameters = layer("identity", [-1.0, 5.0, -1.0, 1.0])
    treatments = ({0: Treatment(activation="relu"), 1: Treatment(activation="sigmoid"), 2: Treatment(rate=2.0)},)

    assert conditions(model, parameters, treatments=treatments) == {"dense_0/0": "dead", "dense_0/1": "saturated"}


def test_what_comes_after_a_lesion_is_judged_by_what_it_gives() -> None:
    model = Chain(Dense(2, 1, "tanh"), Dense(1, 2, "relu"))
    parameters = [
        LayerParameters(np.ones((1, 2)), np.zeros(1)),
        LayerParameters(np.array([[1.0], [-1.0]]), np.zeros(2)),
    ]

    assert conditions(model, parameters) == {}
    found = conditions(model, parameters, treatments=({0: Treatment(lesioned=2.0)}, {}))
    assert found == {"dense_1/0": "stuck", "dense_1/1": "dead"}


def test_numbers_that_are_not_finite_are_told_of_those_that_have_them_and_not_of_those_after() -> None:
    model = mlp(2, (3, 3), 1, "relu")
    parameters = list(initial_parameters(model, 0, "float32"))
    parameters[0].weights[:] = 0.5
    parameters[0].weights[1, 0] = np.inf
    parameters[1].bias[2] = np.nan

    with np.errstate(all="raise"):
        assert conditions(model, parameters, INPUTS.astype("float32")) == {
            "dense_0/1": "exploding",
            "dense_1/2": "exploding",
        }


def test_a_frozen_neuron_whose_numbers_are_not_finite_is_told_of() -> None:
    model, parameters = layer("tanh", [0.0, 0.0])
    parameters[0].bias[1] = np.nan

    assert conditions(model, parameters, treatments=({1: Treatment(frozen=True)},)) == {"dense_0/1": "exploding"}


def test_a_sum_that_overflows_explodes_and_its_weights_need_not() -> None:
    model, (parameters,) = layer("relu", [0.0, 1.0])
    parameters.weights[0] = 3e38
    given = [LayerParameters(*(part.astype("float32") for part in parameters))]

    assert conditions(model, given, np.full((2, 2), 2, dtype="float32")) == {"dense_0/0": "exploding"}


def test_more_rows_than_asked_for_are_sampled_and_dead_neurons_looks_at_all() -> None:
    model, parameters = Chain(Dense(1, 1, "relu")), [LayerParameters(np.ones((1, 1)), np.zeros(1))]
    rows = np.full((1000, 1), -1.0)
    rows[501] = 1.0  # between two of those looked at

    assert conditions(model, parameters, rows, at_most=10) == {"dense_0/0": "dead"}
    assert conditions(model, parameters, rows, at_most=None) == {}
    assert dead_neurons(model, parameters, rows) == ()
