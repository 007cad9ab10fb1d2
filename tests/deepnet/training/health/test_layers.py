import numpy as np
import pytest

from deepnet.maths.model import Chain, Dense
from deepnet.maths.parameters import LayerParameters
from deepnet.training.health import LayerHealth
from deepnet.training.health.passing import LayerPass, passes


def passed(weights: list[float]) -> LayerPass:
    parameters = [LayerParameters(np.array([weights]), np.array([100.0]))]
    return next(passes(Chain(Dense(2, 1, "relu")), parameters, np.array([[1.0, 1.0], [-200.0, 0.0]])))


def test_the_ratio_is_of_norms_of_weights_and_leaves_biases_out() -> None:
    found = LayerHealth.of(passed([3.0, 4.0]), np.array([[1.0, -2.0, 2.0]]), np.array([[0.006, -0.008, 7.0]]))

    assert found.weights_norm == 5
    assert found.update_norm == pytest.approx(0.01)
    assert found.update_ratio == pytest.approx(0.002)
    assert (found.gradient.norm, found.gradient.max_size) == (3, 2)
    assert (found.outputs.maximum, found.outputs.zeros) == (107, 0.5)


def test_a_layer_that_does_not_move_has_ratio_0_and_one_that_leaves_0_an_infinite_one() -> None:
    still, moving = np.zeros((1, 3)), np.ones((1, 3))

    assert LayerHealth.of(passed([0.0, 0.0]), still, still).update_ratio == 0
    assert LayerHealth.of(passed([1.0, 0.0]), still, still).update_ratio == 0
    assert LayerHealth.of(passed([0.0, 0.0]), still, moving).update_ratio == float("inf")
