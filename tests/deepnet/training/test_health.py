import numpy as np
import pytest

from deepnet.maths.activations import ELEMENTWISE
from deepnet.maths.arrays import Batch
from deepnet.maths.local import LocalLearner, gradients
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.parameters import LayerParameters, initial_parameters
from deepnet.training.health import dead_neurons

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
