"""The life of a child: what the table has, and what it has not."""

import itertools
import pickle

import pytest

from supervisor.core.lifecycle import LIFE, IllegalSignalError, Life, Signal, next_life


@pytest.mark.parametrize(("pair", "then"), LIFE.items())
def test_a_pair_of_the_table_leads_where_it_says(pair: tuple[Life, Signal], then: Life) -> None:
    assert next_life(*pair) is then


@pytest.mark.parametrize("pair", [pair for pair in itertools.product(Life, Signal) if pair not in LIFE])
def test_any_other_pair_is_a_bug_that_names_itself(pair: tuple[Life, Signal]) -> None:
    with pytest.raises(IllegalSignalError) as error:
        next_life(*pair)

    assert (error.value.life, error.value.signal) == pair
    assert str(error.value) == f"a {pair[0].value} child has no rule for {pair[1].value}"
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


def test_every_state_can_be_reached_and_left() -> None:
    assert set(LIFE.values()) == set(Life)
    assert {life for life, _ in LIFE} == set(Life)


def test_only_a_start_brings_a_child_up() -> None:
    assert [pair for pair, then in LIFE.items() if then is Life.RUNNING] == [(Life.STARTING, Signal.UP)]
