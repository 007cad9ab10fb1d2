import numpy as np

from deepnet.maths.model import Chain, Dense
from deepnet.runs.copies import Copies
from deepnet.runs.network import start


def test_copies_are_those_of_a_cut_and_made_into_the_same_memory_until_the_network_grows() -> None:
    with start(Chain(Dense(2, 3), Dense(3, 1)), seed=4) as network:
        copies, vault = Copies(), network._context.vault
        first = copies.take(vault)
        network.set("dense_0/1", bias=0.5)
        second = copies.take(vault)
        network.grow("dense_0", 2)
        third = copies.take(vault)
        cut = network.cut()

    assert first.parameters[0].weights.base is second.parameters[0].weights.base
    assert second.parameters[0].bias[1] == 0.5
    assert first.sealed is not second.sealed
    for layer, own in zip(third.parameters, cut.parameters, strict=True):
        np.testing.assert_array_equal(layer.weights, own.weights)
        np.testing.assert_array_equal(layer.bias, own.bias)
    assert not np.shares_memory(third.parameters[0].weights, second.parameters[0].weights)
    assert third.sealed is vault.sealed
