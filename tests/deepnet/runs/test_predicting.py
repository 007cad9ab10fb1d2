"""Predictions, with the network at rest and while it learns."""

import numpy as np
import pytest

from deepnet.actors.vault import Sealed, Vault
from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels.choice import KERNELS, default_kernels, kernels_named
from deepnet.maths.local import forward
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.parameters import initial_parameters
from deepnet.maths.treatment import Treatment, Treatments, ValueFault
from deepnet.runs import predicting
from deepnet.runs.network import start
from deepnet.runs.predicting import FEW_ROWS, ROWS_AT_ONCE, SMALL_PIECE, Predictor
from deepnet.training.position import Position
from deepnet.training.setup import Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until

MODELS = {
    "one layer": Chain(Dense(3, 2)),
    "deep": mlp(3, (8, 5), 2, "tanh"),
    "softmax": Chain(Dense(3, 6, "relu"), Dropout(0.5), Dense(6, 4, "softmax")),
}
THERE = KERNELS if default_kernels() == "numba" else ("numpy",)
BOUNDS = {"float32": 2e-6, "float64": 1e-13}
NOISE = ValueFault(kind="noise", amount=0.2)
TREATMENTS: dict[int, Treatment] = {
    0: Treatment(activation="sigmoid", faults=(NOISE,)),
    1: Treatment(faults=(ValueFault(kind="byzantine", amount=1),)),
}
STEP = 7


def a_state(model: Chain, dtype: str = "float64", *treatments: Treatments) -> RunState:
    """A network at step 7."""
    setup = Setup.of(model, "neuron")
    for layer, treated in enumerate(treatments):
        setup = setup.with_treatments(layer, treated)
    return RunState.at_rest(initial_parameters(model, 3, dtype), Position(step=STEP), setup)


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


@pytest.mark.parametrize("kernels", THERE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", MODELS)
def test_what_is_large_is_computed_alike(monkeypatch: pytest.MonkeyPatch, name: str, dtype: str, kernels: str) -> None:
    monkeypatch.setattr(predicting, "SMALL_PRODUCTS", 0)
    monkeypatch.setattr(predicting, "ROWS_AT_ONCE", 20)
    model, state = MODELS[name], a_state(MODELS[name], dtype)
    inputs = np.random.default_rng(1).normal(size=(45, 3)).astype(dtype)

    predicted = Predictor(kernels_named(kernels, dtype)).predict(Vault(state), inputs)

    assert predicted.dtype == dtype
    expected = forward(model, initial_parameters(model, 3, dtype), inputs)
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=BOUNDS[dtype])


@pytest.mark.parametrize("small_products", [0, 10**9])
@pytest.mark.parametrize("kernels", THERE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("rows", [1, FEW_ROWS + 1, SMALL_PIECE + 3])
def test_treated_neurons_do_what_they_did_at_the_step_that_is_sealed(
    monkeypatch: pytest.MonkeyPatch, name: str, dtype: str, rows: int, kernels: str, small_products: int
) -> None:
    monkeypatch.setattr(predicting, "SMALL_PRODUCTS", small_products)
    monkeypatch.setattr(predicting, "ROWS_AT_ONCE", 200)
    model = MODELS[name]
    treatments = [TREATMENTS for _ in model.dense]
    state = a_state(model, dtype, *treatments)
    inputs = np.random.default_rng(rows).normal(size=(rows, 3)).astype(dtype)

    predicted = Predictor(kernels_named(kernels, dtype)).predict(Vault(state), inputs)

    expected = forward(model, initial_parameters(model, 3, dtype), inputs, treatments, STEP)
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=BOUNDS[dtype])
    other = forward(model, initial_parameters(model, 3, dtype), inputs, treatments, STEP + 1)
    assert np.abs(predicted - other).max() > 1e-3


def test_a_network_that_has_been_changed_is_predicted_right_from_the_next_call_on() -> None:
    smaller, larger = mlp(3, (4,), 2, "tanh"), mlp(3, (7,), 2, "sigmoid")
    inputs = np.random.default_rng(0).normal(size=(5, 3))
    predictor, vault = Predictor(kernels_named(THERE[0], "float64")), Vault(a_state(smaller))
    lesioned: Treatments = {2: Treatment(lesioned=0.5)}

    for model, treatments in ((smaller, {}), (larger, {}), (larger, lesioned), (smaller, lesioned), (larger, {})):
        vault.restore(a_state(model, "float64", treatments))
        expected = forward(model, initial_parameters(model, 3, "float64"), inputs, (treatments, {}))
        np.testing.assert_allclose(predictor.predict(vault, inputs), expected, rtol=1e-12)


def test_one_that_a_change_overtakes_is_made_again_of_the_network_that_there_is_then() -> None:
    """The vault is changed after a prediction has begun, and before it looks at the numbers."""
    smaller, larger = mlp(3, (4,), 2, "tanh"), mlp(3, (7,), 2, "tanh")
    vault = Vault(a_state(smaller))

    class Rows:
        def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
            vault.restore(a_state(larger))
            return np.ones((2, 3))

    predicted = Predictor(kernels_named(THERE[0], "float64")).predict(vault, Rows())

    expected = forward(larger, initial_parameters(larger, 3, "float64"), np.ones((2, 3)))
    np.testing.assert_allclose(predicted, expected, rtol=1e-12)


def test_what_is_returned_is_the_callers_own() -> None:
    with start(MODELS["one layer"]) as network:
        first = network.predict([1, 2, 3])
        kept = first.copy()
        network.predict([3, 2, 1])
        np.testing.assert_array_equal(first, kept)


def test_one_that_a_seal_overtakes_is_made_again_and_at_last_with_copies() -> None:
    """Every prediction is of one step: of a bank whose numbers are all the same."""
    model = mlp(1, (4,), 1, "identity")
    vault = Vault(a_state(model))

    def learn(step: int) -> None:
        for block in vault.banks[1 - vault.sealed.bank].blocks:
            block[...] = step
        vault.seal(Position(step=step))

    learn(1)
    looks: list[int] = []

    def look(blocks: tuple[np.ndarray, ...], _sealed: Sealed) -> float:
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
    vault = Vault(a_state(MODELS["deep"]))
    one, other = (Predictor(kernels_named(name, "float64")).predict(vault, inputs) for name in KERNELS)
    np.testing.assert_allclose(one, other, rtol=1e-12)
