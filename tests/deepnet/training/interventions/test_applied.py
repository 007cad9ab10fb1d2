from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import DeepnetError
from deepnet.training.interventions import Applied, Intervention
from deepnet.training.state import RunState

StateOf = Callable[[int], RunState]
InterventionFor = Callable[[int, RunState], Intervention]
Bits = Callable[[Any], Any]
deterministic = settings(derandomize=True, deadline=None, max_examples=150)
seeds = st.integers(0, 2**32)


def all_applied(state: RunState, wanted: list[int], intervention_for: InterventionFor) -> list[Applied]:
    """What comes of one intervention after another, without those that are refused."""
    done: list[Applied] = []
    for seed in wanted:
        try:
            done.append(intervention_for(seed, state).applied(state))
        except DeepnetError:
            continue
        state = done[-1].state
    return done


@given(seed=seeds, wanted=st.lists(seeds, min_size=1, max_size=8))
@deterministic
def test_undoing_everything_gives_the_bits_back(
    seed: int, wanted: list[int], state_of: StateOf, intervention_for: InterventionFor, bits: Bits
) -> None:
    state = state_of(seed)
    before = bits(state)
    done = all_applied(state, wanted, intervention_for)

    now = done[-1].state if done else state
    for applied in reversed(done):
        now = applied.undo(now)

    assert bits(now) == before
    assert bits(state) == before


@given(seed=seeds, wanted=st.lists(seeds, min_size=1, max_size=8))
@deterministic
def test_whatever_was_done_the_parts_of_the_state_fit_together(
    seed: int, wanted: list[int], state_of: StateOf, intervention_for: InterventionFor
) -> None:
    state = state_of(seed)
    assert state.setup is not None

    for applied in all_applied(state, wanted, intervention_for):
        now = applied.state
        assert now.setup is not None
        assert now.setup.plan is not None
        assert now.setup.number == state.setup.number
        dense = now.setup.model.dense
        assert [rows.shape for rows in now.rows] == [(layer.neurons, layer.inputs + 1) for layer in dense]
        for rows, slots in zip(now.rows, now.slots, strict=True):
            assert len(slots) == len(now.setup.plan.optimizer.slots)
            for array in (rows, *slots):
                assert (array.shape, array.dtype) == (rows.shape, now.rows[0].dtype)
                assert array.flags.c_contiguous, "kernels count on it"
        for layer, treatments in zip(dense, now.setup.treatments, strict=True):
            assert list(treatments) == sorted(treatments)
            assert all(treatments.values())
            assert set(treatments) <= set(range(layer.neurons))
        if now.best is not None:
            assert [weights.shape for weights, _ in now.best[1]] == [(layer.neurons, layer.inputs) for layer in dense]


def test_the_random_interventions_are_of_every_kind_and_few_are_refused(
    state_of: StateOf, intervention_for: InterventionFor
) -> None:
    kinds: list[str] = []
    refused = 0
    for seed in range(200):
        state = state_of(seed)
        intervention = intervention_for(seed, state)
        try:
            intervention.applied(state)
            kinds.append(type(intervention).__name__)
        except DeepnetError:
            refused += 1

    assert set(kinds) == {"Grow", "Inject", "Prune", "Rewind", "SetNeurons", "SetPlan"}
    assert refused < 60


@given(seed=seeds, wanted=seeds)
@deterministic
def test_what_has_been_learnt_since_stays_where_nothing_was_replaced(
    seed: int,
    wanted: int,
    state_of: StateOf,
    intervention_for: InterventionFor,
    learnt: Callable[[RunState], RunState],
    bits: Bits,
) -> None:
    state = state_of(seed)
    done = all_applied(state, [wanted], intervention_for)
    if not done or done[0].new == {"step": 7}:  # to rewind replaces everything
        return

    back = done[0].undo(learnt(done[0].state))

    assert back.position.step == state.position.step + 2
    expected = learnt(state)
    kept = 0
    for rows, others, then in zip(back.rows, expected.rows, state.rows, strict=True):
        replaced = np.isclose(rows, then)
        np.testing.assert_array_equal(rows[~replaced], others[~replaced])
        kept += int((~replaced).sum())
    assert kept > 0
    assert bits(replace(back.setup, recut=None)) == bits(replace(state.setup, recut=None))  # type: ignore[type-var]
