import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.maths.arrays import DTYPES, Array
from deepnet.maths.dropout import dropout_mask
from deepnet.maths.local import LocalLearner, forward, gradients
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.parameters import initial_parameters

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
FLOAT64 = np.dtype("float64")
MODEL = Chain(Dropout(0.2), Dense(4, 6, "tanh"), Dropout(0.5), Dense(6, 5, "relu"), Dense(5, 2))
RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(8, 4)), RNG.normal(size=(8, 2))


def mask_of(rate: float = 0.5, *, dtype: str = "float64", seed: int = 1, layer: int = 0, step: int = 1) -> Array:
    return dropout_mask(rate, (20, 30), np.dtype(dtype), seed=seed, layer=layer, step=step)


def test_a_mask_follows_from_seed_layer_and_step_alone() -> None:
    first = mask_of()

    np.testing.assert_array_equal(mask_of(), first)
    for other in (mask_of(seed=2), mask_of(layer=1), mask_of(step=2)):
        assert (other != first).any()


@given(rate=st.floats(0, 0.99), step=st.integers(1, 10_000))
@deterministic
def test_what_is_kept_is_scaled_up_by_as_much_as_is_left_out(rate: float, step: int) -> None:
    mask = mask_of(rate, step=step)

    assert set(mask.ravel().tolist()) <= {0.0, 1 / (1 - rate)}


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5, 0.9])
def test_the_share_left_out_is_the_rate_and_means_stay(rate: float) -> None:
    masks = dropout_mask(rate, (1000, 100), FLOAT64, seed=3, layer=0, step=1)
    spread = (rate * (1 - rate) / masks.size) ** 0.5  # of the share, a mean of so many draws

    assert (masks == 0).mean() == pytest.approx(rate, abs=4 * spread)
    assert masks.mean() == pytest.approx(1, abs=4 * spread / (1 - rate))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_rate_of_0_leaves_everything_as_it_is(dtype: str) -> None:
    mask = mask_of(0.0, dtype=dtype)

    assert mask.dtype == dtype
    assert (mask == 1).all()


@given(rate=st.floats(0, 0.99), seed=st.integers(0, 99), step=st.integers(1, 99))
@deterministic
def test_float32_leaves_out_what_float64_does(rate: float, seed: int, step: int) -> None:
    single, double = (mask_of(rate, dtype=dtype, seed=seed, step=step) for dtype in DTYPES)

    assert (single.dtype.name, double.dtype.name) == DTYPES
    np.testing.assert_array_equal(single == 0, double == 0)
    np.testing.assert_allclose(single, double, rtol=1e-7)


def test_a_prediction_leaves_nothing_out() -> None:
    parameters = initial_parameters(MODEL, 0, "float64")

    np.testing.assert_array_equal(forward(MODEL, parameters, INPUTS), forward(Chain(*MODEL.dense), parameters, INPUTS))


def test_a_dropout_of_rate_0_changes_no_bit_of_what_is_learnt() -> None:
    plain, with_dropout = Chain(Dense(4, 3, "tanh"), Dense(3, 2)), Chain(Dense(4, 3, "tanh"), Dropout(0), Dense(3, 2))
    learners = [LocalLearner(model, seed=2, optimizer="adam") for model in (plain, with_dropout)]

    for _ in range(5):
        losses = [learner.learn(INPUTS, TARGETS) for learner in learners]
        assert losses[0] == losses[1]

    for ours, others in zip(*(learner.parameters() for learner in learners), strict=True):
        np.testing.assert_array_equal(ours.weights, others.weights)


def test_a_step_that_is_played_again_leaves_out_the_same_and_the_next_one_other_outputs() -> None:
    parameters = initial_parameters(MODEL, 0, "float64")

    def loss_at(seed: int, step: int) -> float:
        return gradients(MODEL, parameters, INPUTS, TARGETS, "mean_squared_error", seed=seed, step=step)[0]

    assert loss_at(1, 1) == loss_at(1, 1)
    assert len({loss_at(1, 1), loss_at(1, 2), loss_at(2, 1)}) == 3


def test_the_factors_are_those_of_the_mask_in_front_and_between_and_two_in_a_row_multiply() -> None:
    model = Chain(Dropout(0.3), Dense(4, 6, "tanh"), Dropout(0.5), Dropout(0.25), Dense(6, 2))
    (first, bias), (last, last_bias) = parameters = initial_parameters(model, 0, "float64")
    front, middle, other = (
        dropout_mask(rate, (8, width), FLOAT64, seed=7, layer=number, step=4)
        for number, (rate, width) in enumerate([(0.3, 4), (0.5, 6), (0.25, 6)])
    )
    hidden = np.tanh((INPUTS * front) @ first.T + bias) * (middle * other)
    expected = float(((hidden @ last.T + last_bias - TARGETS) ** 2).mean())

    loss, _ = gradients(model, parameters, INPUTS, TARGETS, "mean_squared_error", seed=7, step=4)

    assert loss == pytest.approx(expected, rel=1e-14)


def test_no_error_reaches_a_neuron_that_was_left_out_of_all_rows() -> None:
    model = Chain(Dense(4, 6, "tanh"), Dropout(0.9), Dense(6, 2))
    parameters = initial_parameters(model, 0, "float64")
    step = next(
        step
        for step in range(1, 100)
        if not dropout_mask(0.9, (8, 6), FLOAT64, seed=0, layer=0, step=step).any(axis=0).all()
    )
    silent = ~dropout_mask(0.9, (8, 6), FLOAT64, seed=0, layer=0, step=step).any(axis=0)

    _, found = gradients(model, parameters, INPUTS, TARGETS, "mean_squared_error", seed=0, step=step)

    assert (found[0].weights[silent] == 0).all()
    assert (found[0].bias[silent] == 0).all()
    assert (found[1].weights[:, silent] == 0).all()
    assert (found[0].bias[~silent] != 0).all()
