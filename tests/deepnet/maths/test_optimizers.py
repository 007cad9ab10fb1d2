import json
import math
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.arrays import DTYPES, Array
from deepnet.maths.optimizers import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    optimizer_from_dict,
    optimizer_named,
)

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
rates = st.floats(1e-6, 10)
decays = st.floats(0, 1, exclude_max=True)
shrinkings = st.sampled_from([0.0, 0.01, 0.5])
moments: dict[str, st.SearchStrategy[float]] = {
    "learning_rate": rates,
    "beta_1": decays,
    "beta_2": decays,
    "epsilon": st.floats(1e-12, 1),
    "weight_decay": shrinkings,
}
scaled: dict[str, st.SearchStrategy[float]] = {
    "learning_rate": rates,
    "epsilon": st.floats(1e-12, 1),
    "weight_decay": shrinkings,
}
optimizers: st.SearchStrategy[Optimizer] = st.one_of(
    st.builds(SGD, learning_rate=rates, momentum=decays, weight_decay=shrinkings),
    st.builds(SGD, learning_rate=rates, momentum=st.floats(0.1, 0.99), nesterov=st.booleans()),
    *(st.builds(kind, **moments) for kind in (Adam, AdamW, NAdam, RAdam)),
    st.builds(RMSprop, **scaled, rho=decays, momentum=decays),
    st.builds(Adagrad, **scaled, learning_rate_decay=st.floats(0, 10)),
    st.builds(Adadelta, **scaled, rho=decays),
)


def updated(
    optimizer: Optimizer, step: int, parameters: Array, gradient: Array, slots: tuple[Array, ...]
) -> tuple[Array, tuple[Array, ...]]:
    """Return what `update` writes; the places are filled with nan first, so none can be left out."""
    new_parameters = np.full_like(parameters, np.nan)
    new_slots = tuple(np.full_like(slot, np.nan) for slot in slots)
    optimizer.update(step, parameters, gradient, slots, new_parameters, new_slots)
    return new_parameters, new_slots


def zero_slots(optimizer: Optimizer, parameters: Array) -> tuple[Array, ...]:
    return tuple(np.zeros_like(parameters) for _ in optimizer.slots)


def test_sgd_goes_down_the_gradient_at_its_rate() -> None:
    new, slots = updated(SGD(0.5), 1, np.array([1.0, 2.0]), np.array([4.0, -4.0]), ())

    np.testing.assert_array_equal(new, [-1, 4])
    assert slots == ()


def taken(optimizer: Optimizer, gradients: list[float], start: float = 0.5) -> float:
    """Where one parameter is after a step for each gradient."""
    parameters = np.array([start])
    slots = zero_slots(optimizer, parameters)
    for step, gradient in enumerate(gradients, start=1):
        parameters, slots = updated(optimizer, step, parameters, np.array([gradient]), slots)
    return float(parameters[0])


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (SGD(0.5), 0.5 - 0.5 * 1 - 0.5 * 2),
        (SGD(0.5, momentum=0.5), 0.5 - 0.5 * 1 - 0.5 * 2.5),
        (SGD(0.5, momentum=0.5, nesterov=True), 0.5 - 0.5 * 1.5 - 0.5 * (2 + 0.5 * 2.5)),
        (SGD(0.5, weight_decay=0.5), -0.125 - 0.5 * (2 - 0.5 * 0.125)),
        (RMSprop(0.1, rho=0.5), 0.5 - 0.1 / math.sqrt(0.5) - 0.1 * 2 / 1.5),
        (RMSprop(0.1, rho=0.5, momentum=0.5), 0.5 - 0.1 * 1.5 / math.sqrt(0.5) - 0.1 * 2 / 1.5),
        (Adagrad(0.1), 0.5 - 0.1 - 0.1 * 2 / math.sqrt(5)),
        (Adagrad(0.1, learning_rate_decay=0.25), 0.5 - 0.1 - 0.08 * 2 / math.sqrt(5)),
        # After one step the mean square step is half of 1/(1/2 + 3) * 3.
        (Adadelta(1, 0.5, 3), 0.5 - math.sqrt(3 / 3.5) - 2 * math.sqrt((3 + 1.5 / 3.5) / (3 + 2.25))),
        # The corrected moments are (1/4 + 1)/(3/4) and (1/4 + 2)/(3/4).
        (Adam(0.1, 0.5, 0.5), 0.5 - 0.1 - 0.1 * (5 / 3) / math.sqrt(3)),
        (AdamW(0.1, 0.5, 0.5, weight_decay=1), 0.9 * (0.45 - 0.1) - 0.1 * (5 / 3) / math.sqrt(3)),
        # Without momentum decay mu is 1/4 for ever.
        (
            NAdam(0.1, 0.5, 0.5, momentum_decay=0),
            0.5
            - 0.1 * (0.75 / 0.75 + 0.25 / (15 / 16) * 0.5)
            - 0.1 * (0.75 / (15 / 16) * 2 + 0.25 / (63 / 64) * 1.25) / math.sqrt(3),
        ),
        # Two gradients are too few to trust their squares.
        (RAdam(0.1, 0.5), 0.5 - 0.1 - 0.1 * (5 / 3)),
    ],
    ids=repr,
)
def test_two_steps_go_where_the_formulas_say(optimizer: Optimizer, expected: float) -> None:
    assert taken(optimizer, [1.0, 2.0]) == pytest.approx(expected, rel=1e-7)


def test_rectified_adam_trusts_the_squares_from_the_sixth_step_on() -> None:
    before, after = (taken(RAdam(0.1), [4.0] * count, start=0.0) for count in (5, 6))
    kept, longest = 0.999**6, 1999
    length = longest - 2 * 6 * kept / (1 - kept)
    trust = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))

    assert before == pytest.approx(-0.1 * 4 * 5)
    assert after - before == pytest.approx(-0.1 * trust)


def test_nesterovs_adam_follows_its_momentum_for_as_many_steps_as_one_likes() -> None:
    nadam = NAdam(0.01)
    parameters, slots = np.zeros(1), (np.ones(1), np.ones(1))

    for step in (1, 100, 10**6):  # where the product of all momenta is some, hardly any, and none
        new, _ = updated(nadam, step, parameters, np.ones(1), slots)
        mu, ahead = nadam.momentum_at(step), nadam.momentum_at(step + 1)
        product = math.prod(map(nadam.momentum_at, range(1, min(step, 1000) + 1)))
        direction = (1 - mu) / (1 - product) + ahead / (1 - product * ahead)
        assert new[0] == pytest.approx(-0.01 * direction * math.sqrt(1 - 0.999**step), rel=1e-7)
    assert nadam.momentum_at(1) == pytest.approx(0.45, rel=1e-3)
    assert nadam.momentum_at(10**6) == pytest.approx(0.9)


def test_only_what_is_asked_for_is_remembered() -> None:
    assert SGD().slots == SGD(weight_decay=0.1).slots == ()
    assert SGD(momentum=0.9).slots == ("momentum",)
    assert RMSprop().slots == ("mean_square",)
    assert RMSprop(momentum=0.9).slots == ("mean_square", "momentum")


def test_weight_decay_of_adam_bends_the_moments_and_decoupled_it_does_not() -> None:
    parameters, gradient = np.full(1, 100.0), np.zeros(1)

    bent, slots = updated(Adam(0.1, weight_decay=0.5), 1, parameters, gradient, zero_slots(Adam(), parameters))
    shrunk, untouched = updated(AdamW(0.1, weight_decay=0.5), 1, parameters, gradient, zero_slots(Adam(), parameters))

    assert bent[0] == pytest.approx(99.9)
    assert slots[0][0] == pytest.approx(0.1 * 50)
    assert shrunk[0] == pytest.approx(95)
    assert [slot[0] for slot in untouched] == [0, 0]


@given(
    rate=rates,
    beta_1=st.floats(0, 0.99),
    beta_2=st.floats(0, 0.9999),
    gradients=st.lists(st.floats(-100, 100), min_size=1, max_size=60),
)
@deterministic
def test_adam_follows_the_formulas_of_the_paper_for_many_steps(
    rate: float, beta_1: float, beta_2: float, gradients: list[float]
) -> None:
    adam = Adam(rate, beta_1, beta_2)
    parameters = np.array([0.25])
    slots = zero_slots(adam, parameters)
    p, m, v = 0.25, 0.0, 0.0

    for step, g in enumerate(gradients, start=1):
        parameters, slots = updated(adam, step, parameters, np.array([g]), slots)
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g * g
        p -= rate * (m / (1 - beta_1**step)) / (math.sqrt(v / (1 - beta_2**step)) + 1e-8)

    assert parameters[0] == pytest.approx(p, rel=1e-9, abs=1e-9 * rate * len(gradients))
    assert slots[0][0] == pytest.approx(m, rel=1e-9, abs=1e-12)
    assert slots[1][0] == pytest.approx(v, rel=1e-9, abs=1e-12)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient() -> None:
    parameters, gradient = np.zeros(3), np.array([1e-4, -1.0, 1e4])

    new, _ = updated(Adam(0.1), 1, parameters, gradient, zero_slots(Adam(), parameters))

    np.testing.assert_allclose(new, [-0.1, 0.1, -0.1], rtol=1e-3)


@given(optimizer=optimizers, dtype=st.sampled_from(DTYPES), shape=hnp.array_shapes(max_dims=3, max_side=9))
@deterministic
def test_an_update_reads_the_old_and_writes_the_new_in_their_own_dtype(
    optimizer: Optimizer, dtype: str, shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(2)
    parameters, gradient = rng.normal(size=shape).astype(dtype), rng.normal(size=shape).astype(dtype)
    slots = tuple(rng.random(size=shape).astype(dtype) for _ in optimizer.slots)
    read = parameters, gradient, *slots
    before = [array.copy() for array in read]
    for array in read:
        array.setflags(write=False)

    new_parameters, new_slots = updated(optimizer, 3, parameters, gradient, slots)

    for written in (new_parameters, *new_slots):
        assert (written.shape, written.dtype) == (shape, np.dtype(dtype))
        assert np.isfinite(written).all()
    for array, earlier in zip(read, before, strict=True):
        np.testing.assert_array_equal(array, earlier)


@given(optimizer=optimizers, dtype=st.sampled_from(DTYPES))
@deterministic
def test_a_row_of_a_bank_moves_bit_for_bit_as_the_whole_bank_does(optimizer: Optimizer, dtype: str) -> None:
    rng = np.random.default_rng(4)
    parameters, gradient = (rng.normal(size=(6, 11)).astype(dtype) for _ in range(2))
    slots = tuple(rng.random(size=(6, 11)).astype(dtype) for _ in optimizer.slots)
    whole, whole_slots = updated(optimizer, 5, parameters, gradient, slots)

    # Rows of a transposed bank are strided views: nothing says that they are contiguous.
    new, *new_slots = (np.full((11, 6), np.nan, dtype).T for _ in (parameters, *slots))
    for row in range(6):
        new_row, *new_slot_rows = (bank[row] for bank in (new, *new_slots))
        optimizer.update(5, parameters[row], gradient[row], [slot[row] for slot in slots], new_row, new_slot_rows)

    for rows, expected in zip((new, *new_slots), (whole, *whole_slots), strict=True):
        np.testing.assert_array_equal(rows, expected)


@given(optimizer=optimizers)
@deterministic
def test_plain_data_give_the_same_optimizer_back(optimizer: Optimizer) -> None:
    data = json.loads(json.dumps(optimizer.to_dict()))

    assert optimizer_from_dict(data) == optimizer
    assert pickle.loads(pickle.dumps(optimizer)) == optimizer


@pytest.mark.parametrize(
    "data", [{}, {"name": "lion"}, {"name": "sgd", "rate": 1}, {"name": "sgd", "learning_rate": -1}, {"name": ["sgd"]}]
)
def test_data_that_describe_no_optimizer_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError):
        optimizer_from_dict(data)


def test_an_optimizer_has_its_defaults_or_the_rate_that_is_given() -> None:
    assert optimizer_named("sgd") == SGD(0.01)
    assert optimizer_named("adam") == Adam(0.001, 0.9, 0.999, 1e-8)
    assert optimizer_named("adam", 0.5) == Adam(0.5)
    assert optimizer_named(Adam(beta_1=0.5), 0.5) == Adam(0.5, beta_1=0.5)


def test_an_optimizer_is_taken_for_its_own_name() -> None:
    mine = Adam(0.5)

    assert optimizer_named(mine) is mine


@pytest.mark.parametrize("name", ["lion", "", None, 3])
def test_an_unknown_optimizer_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown optimizer .*: use one of sgd, adam"):
        optimizer_named(name)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (SGD, {"learning_rate": 0}),
        (SGD, {"learning_rate": math.nan}),
        (SGD, {"momentum": 1}),
        (SGD, {"nesterov": 1}),
        (SGD, {"nesterov": True}),
        (SGD, {"weight_decay": -0.1}),
        (RMSprop, {"rho": 1}),
        (RMSprop, {"momentum": -0.1}),
        (Adagrad, {"learning_rate_decay": math.inf}),
        (Adadelta, {"epsilon": 0}),
        (Adam, {"learning_rate": -1}),
        (Adam, {"beta_1": 1}),
        (Adam, {"beta_2": -0.1}),
        (Adam, {"epsilon": 0}),
        (AdamW, {"weight_decay": math.nan}),
        (NAdam, {"momentum_decay": -1}),
        (RAdam, {"beta_2": "0.9"}),
    ],
)
def test_a_hyper_parameter_out_of_range_is_refused_by_name(
    kind: Callable[..., Optimizer], options: dict[str, object]
) -> None:
    with pytest.raises(InputError, match=next(iter(options))):
        kind(**options)


def test_a_numpy_scalar_given_as_rate_does_not_widen_the_arrays() -> None:
    rate = np.float64(0.5)

    assert type(SGD(rate).learning_rate) is type(Adam(rate).learning_rate) is float


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_an_optimizer_is_a_value_that_cannot_change(name: str) -> None:
    optimizer = optimizer_named(name)

    assert isinstance(optimizer, Optimizer)
    assert optimizer.name == name
    with pytest.raises(FrozenInstanceError):
        optimizer.learning_rate = 1.0  # type: ignore[misc]
