"""Predictions, with the network at rest and while it learns."""

import numpy as np
import pytest

from deepnet.actors.vault import Vault
from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels.choice import KERNELS, default_kernels, kernels_named
from deepnet.maths.local import forward
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.parameters import initial_parameters
from deepnet.runs.network import start
from deepnet.runs.predicting import FEW_ROWS, ROWS_AT_ONCE, Predictor
from deepnet.training.position import Position
from deepnet.training.state import RunState
from deepnet.training.until import Until

MODELS = {
    "one layer": Chain(Dense(3, 2)),
    "deep": mlp(3, (8, 5), 2, "tanh"),
    "softmax": Chain(Dense(3, 6, "relu"), Dropout(0.5), Dense(6, 4, "softmax")),
}
THERE = KERNELS if default_kernels() == "numba" else ("numpy",)
BOUNDS = {"float32": 2e-6, "float64": 1e-13}


@pytest.mark.parametrize("kernels", THERE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("rows", [1, 2, FEW_ROWS, FEW_ROWS + 1, ROWS_AT_ONCE + 3])
def test_they_are_those_of_plain_numpy(name: str, dtype: str, rows: int, kernels: str) -> None:
    model = MODELS[name]
    inputs = np.random.default_rng(rows).normal(size=(rows, 3)).astype(dtype)
    with start(model, dtype=dtype, kernels=kernels, seed=3) as network:
        predicted = network.predict(inputs)
        expected = forward(model, network.parameters(), inputs)

    assert predicted.dtype == dtype
    assert predicted.shape == (rows, model.outputs)
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=BOUNDS[dtype])


def test_what_is_returned_is_the_callers_own() -> None:
    with start(MODELS["one layer"]) as network:
        first = network.predict([1, 2, 3])
        kept = first.copy()
        network.predict([3, 2, 1])
        np.testing.assert_array_equal(first, kept)


def test_one_that_a_seal_overtakes_is_made_again_and_at_last_with_copies() -> None:
    """Every prediction is of one step: of a bank whose numbers are all the same."""
    model = mlp(1, (4,), 1, "identity")
    vault = Vault(RunState.at_rest(initial_parameters(model, 0, "float64")))

    def learn(step: int) -> None:
        for block in vault.banks[1 - vault.sealed.bank].blocks:
            block[...] = step
        vault.seal(Position(step=step))

    learn(1)
    looks: list[int] = []

    def look(blocks: tuple[np.ndarray, ...]) -> float:
        looks.append(len(looks))
        first = blocks[0][0].sum()
        if len(looks) < 10:  # two steps come between, the second of which writes where we look
            learn(2 * len(looks))
            learn(2 * len(looks) + 1)
        return float(first + blocks[1][0].sum())

    found = vault.look(look)

    assert len(looks) == 4
    assert found / 13 in {7.0, 9.0}, "a step, and not a mixture of two"


def test_a_network_that_learns_predicts_all_rows_at_one_step() -> None:
    with start(mlp(1, (16,), 1, "identity"), granularity="layer") as network:
        run = network.train([[1.0]], [[5.0]], until=Until(steps=3000))
        for rows in (2, FEW_ROWS + 1) * 100:
            predicted = network.predict(np.ones((rows, 1)))
            assert np.ptp(predicted) <= 1e-6 * np.abs(predicted).max(), "BLAS may add up rows in different orders"
        run.wait(20)
        assert network.predict([1.0]).item() == pytest.approx(5, abs=0.01)


@pytest.mark.skipif(len(THERE) == 1, reason="needs numba: pip install numba")
def test_kernels_of_both_kinds_agree() -> None:
    inputs = np.random.default_rng(0).normal(size=(100, 3))
    vault = Vault(RunState.at_rest(initial_parameters(MODELS["deep"], 5, "float64")))
    one, other = (Predictor(MODELS["deep"], kernels_named(name, "float64")).predict(vault, inputs) for name in KERNELS)
    np.testing.assert_allclose(one, other, rtol=1e-12)
