from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import RunError
from deepnet.training.interventions import Rewind
from deepnet.training.position import Position
from deepnet.training.state import RunState

StateOf = Callable[[int], RunState]
deterministic = settings(derandomize=True, deadline=None, max_examples=30)
seeds = st.integers(0, 2**32)


@given(start=seeds, now=seeds)
@deterministic
def test_a_run_begins_again_with_the_plan_of_now(
    start: int, now: int, state_of: StateOf, bits: Callable[[Any], Any]
) -> None:
    began = replace(state_of(start), position=Position(), history=(), best=None)
    state = state_of(now)
    assert began.setup is not None
    assert state.setup is not None
    assert state.setup.plan is not None

    applied = Rewind(began).applied(state)

    again = applied.state
    assert again.setup is not None
    for name in ("position", "rows", "history", "best"):
        assert bits(getattr(again, name)) == bits(getattr(began, name))
    for name in ("model", "granularities", "treatments"):
        assert getattr(again.setup, name) == getattr(began.setup, name)
    assert (again.setup.plan, again.setup.recut) == (state.setup.plan, None)
    assert again.setup.number == state.setup.number
    assert again.seconds == state.seconds
    for rows, slots in zip(again.rows, again.slots, strict=True):
        assert len(slots) == len(state.setup.plan.optimizer.slots)
        for slot in slots:
            np.testing.assert_array_equal(slot, np.zeros_like(rows))
    assert (applied.old, applied.new) == ({"step": 7}, {"step": 0})


def test_undoing_it_brings_everything_back_but_the_clock_and_the_number_of_changes(
    state_of: StateOf, bits: Callable[[Any], Any]
) -> None:
    state = state_of(1)
    applied = Rewind(state_of(2)).applied(state)
    assert state.setup is not None
    assert applied.state.setup is not None
    later = replace(applied.state, seconds=99.0, setup=replace(applied.state.setup, number=12, plan=None))

    back = applied.undo(later)

    assert bits(back) == bits(replace(state, seconds=99.0, setup=replace(state.setup, number=12)))


def test_a_beginning_that_nobody_knows_is_refused(state_of: StateOf) -> None:
    with pytest.raises(RunError, match="its beginning has no setup"):
        Rewind(replace(state_of(1), setup=None)).applied(state_of(1))
