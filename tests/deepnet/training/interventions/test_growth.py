from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deepnet.errors import DeepnetError, InputError, RunError
from deepnet.maths.initializers import initializer_named
from deepnet.maths.kernels.rows import unpack
from deepnet.maths.local import forward
from deepnet.maths.model import Chain, Dense
from deepnet.maths.random import stream
from deepnet.maths.treatment import Treatment
from deepnet.training.history import EpochRecord
from deepnet.training.interventions import Grow, Prune, SetNeurons
from deepnet.training.setup import Setup
from deepnet.training.state import RunState

StateOf = Callable[[int], RunState]
deterministic = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 2**32)


def setup_of(state: RunState) -> Setup:
    assert state.setup is not None
    return state.setup


def outputs(state: RunState, inputs: Any) -> Any:
    setup = setup_of(state)
    return forward(setup.model, [unpack(rows) for rows in state.rows], inputs, setup.treatments, state.position.step)


@given(seed=seeds, neurons=st.integers(1, 4), at=st.integers(0, 3))
@deterministic
def test_a_layer_that_grows_leaves_the_outputs_what_they_are(
    seed: int, neurons: int, at: int, state_of: StateOf
) -> None:
    state = state_of(seed)
    state = replace(state, rows=tuple(rows.astype("float64") for rows in state.rows))
    inputs = np.random.default_rng(seed).normal(size=(5, setup_of(state).model.inputs))
    before = outputs(state, inputs)
    try:
        grown = Grow(f"dense_{at}", "net", neurons, seed).applied(state).state
    except DeepnetError:
        assume(False)  # noqa: FBT003 - there is no such layer, or it cannot grow

    np.testing.assert_allclose(outputs(grown, inputs), before, rtol=0, atol=1e-12)
    assert setup_of(grown).model.dense[at].neurons == setup_of(state).model.dense[at].neurons + neurons


def plain_state(hidden: Dense, *, dtype: str = "float32") -> RunState:
    """3-hidden-2 with two slots; every number follows from its place."""
    model = Chain(hidden, Dense(hidden.neurons, 2))
    rows = tuple(np.random.default_rng(n).normal(size=(m.neurons, m.inputs + 1)) for n, m in enumerate(model.dense))
    rows = tuple(layer.astype(dtype) for layer in rows)
    state = RunState.at_rest((), setup=Setup.of(model, "neuron"))
    return replace(state, rows=rows, slots=tuple((layer * 2, layer * 3) for layer in rows))


@pytest.mark.parametrize("initializer", ["glorot_uniform", "he_normal", "orthogonal", "ones"])
def test_new_neurons_begin_as_the_end_of_the_grown_layer_would(initializer: str) -> None:
    state = plain_state(Dense(3, 2, "relu", initializer, "normal"))

    applied = Grow("dense_0", "net", 2, seed=5).applied(state)

    weights = initializer_named(initializer)(stream(5, "grown weights", 0, 2), (4, 3), "float32")[2:]
    bias = initializer_named("normal")(stream(5, "grown bias", 0, 2), (4,), "float32")[2:]
    np.testing.assert_array_equal(applied.state.rows[0], np.vstack((state.rows[0], np.column_stack((weights, bias)))))
    following = state.rows[1]
    np.testing.assert_array_equal(
        applied.state.rows[1], np.column_stack((following[:, :2], np.zeros((2, 2)), following[:, 2:]))
    )
    assert (applied.old, applied.new) == ({"neurons": 2}, {"neurons": 4})
    assert [array.dtype.name for array in applied.state.rows] == ["float32"] * 2
    for number in (0, 1):
        np.testing.assert_array_equal(applied.state.slots[0][number][:2], state.slots[0][number])
        np.testing.assert_array_equal(applied.state.slots[0][number][2:], 0)
        np.testing.assert_array_equal(applied.state.slots[1][number][:, 2:4], 0)
        np.testing.assert_array_equal(applied.state.slots[1][number][:, [0, 1, 4]], state.slots[1][number])


def test_a_layer_that_has_grown_twice_has_not_drawn_the_same_twice() -> None:
    once = Grow("dense_0", "net", 1, seed=5).applied(plain_state(Dense(3, 2, "relu"))).state
    twice = Grow("dense_0", "net", 1, seed=5).applied(once).state

    assert not np.isclose(twice.rows[0][2], twice.rows[0][3]).all()


def test_undoing_takes_new_neurons_away_whatever_they_have_learnt() -> None:
    state = plain_state(Dense(3, 2, "relu"))
    applied = Grow("dense_0", "net", 2, seed=1).applied(state)
    later = replace(applied.state, rows=tuple(rows + 1 for rows in applied.state.rows))
    later = SetNeurons("dense_0/3", "net", frozen=True).applied(later).state

    back = applied.undo(later)

    for rows, before in zip(back.rows, state.rows, strict=True):
        np.testing.assert_array_equal(rows, before + 1)
    assert setup_of(back).treatments == ({}, {})
    assert setup_of(back).model == setup_of(state).model


def test_a_pruned_neuron_leaves_with_all_that_belongs_to_it() -> None:
    state = plain_state(Dense(3, 4, "relu"))
    for index in range(4):
        state = SetNeurons(f"dense_0/{index}", "net", rate=index + 0.5).applied(state).state

    applied = Prune("dense_0/1", "net").applied(state)

    np.testing.assert_array_equal(applied.state.rows[0], state.rows[0][[0, 2, 3]])
    np.testing.assert_array_equal(applied.state.rows[1], state.rows[1][:, [0, 2, 3, 4]])
    np.testing.assert_array_equal(applied.state.slots[0][1], state.slots[0][1][[0, 2, 3]])
    np.testing.assert_array_equal(applied.state.slots[1][1], state.slots[1][1][:, [0, 2, 3, 4]])
    assert setup_of(applied.state).treatments[0] == {
        0: Treatment(rate=0.5), 1: Treatment(rate=2.5), 2: Treatment(rate=3.5)
    }  # fmt: skip
    assert (applied.old, applied.new) == ({"neurons": 4}, {"neurons": 3})


def test_a_pruned_neuron_comes_back_as_it_was_among_those_that_have_learnt() -> None:
    state = plain_state(Dense(3, 4, "relu"))
    state = SetNeurons("dense_0/1", "net", frozen=True).applied(state).state
    state = SetNeurons("dense_0/3", "net", lesioned=1).applied(state).state
    applied = Prune("dense_0/1", "net").applied(state)
    later = replace(
        applied.state,
        rows=tuple(rows + 1 for rows in applied.state.rows),
        slots=tuple(tuple(slot + 1 for slot in slots) for slots in applied.state.slots),
    )

    back = applied.undo(later)

    others = [0, 2, 3]
    for number in (0, 1):
        own, following = (
            ((back.slots[layer][number], state.slots[layer][number]), (back.rows[layer], state.rows[layer]))
            for layer in (0, 1)
        )
        for now, then in own:
            np.testing.assert_array_equal(now[1], then[1])
            np.testing.assert_array_equal(now[others], then[others] + 1)
        for now, then in following:
            np.testing.assert_array_equal(now[:, 1], then[:, 1])
            np.testing.assert_array_equal(now[:, [*others, 4]], then[:, [*others, 4]] + 1)
    assert setup_of(back).treatments == setup_of(state).treatments


def test_a_neuron_that_comes_back_into_another_run_has_slots_of_zeros() -> None:
    state = plain_state(Dense(3, 4, "relu"))
    applied = Prune("dense_0/1", "net").applied(state)
    begun = replace(applied.state, slots=tuple((rows + 5,) for rows in applied.state.rows))  # with one slot, not two

    back = applied.undo(begun)

    np.testing.assert_array_equal(back.rows[0], state.rows[0])
    np.testing.assert_array_equal(back.slots[0][0][1], 0)
    np.testing.assert_array_equal(back.slots[1][0][:, 1], 0)
    np.testing.assert_array_equal(back.slots[0][0][[0, 2, 3]], state.rows[0][[0, 2, 3]] + 5)


@pytest.mark.parametrize("intervention", [Grow("dense_0", "net", 1, 0), Prune("dense_0/0", "net")])
def test_the_best_epoch_is_forgotten_and_comes_back_within_its_run(intervention: Grow | Prune) -> None:
    state = plain_state(Dense(3, 4, "relu"))
    history = (EpochRecord(1, 5, 0.5, {}, {}),)
    state = replace(state, best=(1, tuple(unpack(rows) for rows in state.rows)), history=history)

    applied = intervention.applied(state)
    later = replace(applied.state, history=(*history, EpochRecord(2, 10, 0.4, {}, {})))
    another_run = replace(applied.state, history=(EpochRecord(1, 5, 0.7, {}, {}),))

    assert applied.state.best is None
    assert applied.undo(later).best is state.best
    assert applied.undo(another_run).best is None


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Grow("dense_1", "net", 1, 0), InputError, "dense_1 is the last layer: its neurons are the network's"),
        (lambda: Grow("dense_0/0", "net", 1, 0), InputError, "growing is for a whole layer, .*: give dense_0"),
        (lambda: Grow("dense_7", "net", 1, 0), InputError, "net has no neuron 'dense_7'"),
        (lambda: Grow("dense_0", "net", 0, 0), InputError, "neurons must be a whole number of 1 or more"),
        (lambda: Grow("dense_0", "net", 100_001, 0), InputError, "neurons must be 100000 or fewer at a time"),
        (lambda: Grow("dense_0", "net", 1, -1), InputError, "seed must be a whole number of 0 or more"),
        (lambda: Prune("dense_1/0", "net"), InputError, "dense_1 is the last layer"),
        (lambda: Prune("dense_0", "net"), InputError, "pruning is for a neuron, .*: give one such as dense_0/0"),
        (lambda: Prune("dense_0/4", "net"), InputError, "net has no neuron 'dense_0/4'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(make: Callable[[], Grow | Prune], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make().applied(plain_state(Dense(3, 4, "relu")))


def test_the_last_neuron_of_a_layer_stays() -> None:
    with pytest.raises(InputError, match="dense_0/0 is the last neuron of dense_0: lesion it instead"):
        Prune("dense_0/0", "net").applied(plain_state(Dense(3, 1)))


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
def test_a_layer_whose_neurons_share_a_sum_does_not_grow(activation: str) -> None:
    with pytest.raises(InputError, match=f"dense_0 is {activation}, to whose sum each new neuron would add"):
        Grow("dense_0", "net", 1, 0).applied(plain_state(Dense(3, 2, activation)))


def test_a_frozen_layer_does_not_grow_until_one_is_thawed() -> None:
    frozen = SetNeurons("dense_0", "net", frozen=True).applied(plain_state(Dense(3, 2))).state

    with pytest.raises(RunError, match="all neurons of dense_0 are frozen: thaw them before it grows"):
        Grow("dense_0", "net", 1, 0).applied(frozen)
    thawed = SetNeurons("dense_0/1", "net", frozen=False).applied(frozen).state
    assert Grow("dense_0", "net", 1, 0).applied(thawed).new == {"neurons": 3}
