"""Turns by hand in an order that somebody picks: a seed is a schedule."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor import ScheduledActor, Scheduler
from supervisor.testing import FakeClock
from tests.supervisor.runtime.caller import Caller

Story = list[tuple[str, int, int]]


class Gossip(ScheduledActor):
    """Tells everybody three things, and writes down what it is told."""

    def __init__(self, name: str, story: Story) -> None:
        super().__init__()
        self.name = name
        self.story = story

    def on_receive(self, message: Any) -> None:
        match message:
            case list():
                for number in range(3):
                    for ref in message:
                        ref.tell((int(self.name), number))
            case (sender, number):
                self.story.append((self.name, sender, number))


def play(pick: Any, budget: int = 1) -> Story:
    """Five gossips, all of whom hear all."""
    story = Story()
    scheduler = Scheduler(workers=0, turn_budget=budget, pick=pick, clock=FakeClock())
    refs: list[Any] = [scheduler.spawn(Gossip, str(name), story) for name in range(5)]
    for ref in refs:
        ref.tell(refs)
    scheduler.run_until_idle()
    scheduler.close()
    return story


def seeded(seed: int) -> Callable[[int], int]:
    return random.Random(seed).randrange  # noqa: S311 - to be the same each time


def numpy_pick(seed: int) -> Any:
    return np.random.default_rng(seed).integers


@pytest.fixture
def picks() -> list[int]:
    """How many there were to choose from, each time."""
    return []


@pytest.fixture
def last_first(picks: list[int]) -> Iterator[Scheduler]:
    def last(waiting: int) -> int:
        picks.append(waiting)
        return waiting - 1

    scheduler = Scheduler(workers=0, pick=last)
    yield scheduler
    scheduler.close()


def test_the_one_that_is_picked_takes_the_turn(last_first: Scheduler, picks: list[int]) -> None:
    order = list[str]()
    refs = [last_first.spawn(Caller) for _ in range(3)]
    for name, ref in zip("abc", refs, strict=True):
        ref.tell(lambda name=name: order.append(name))

    assert last_first.run_until_idle() == 3
    assert order == ["c", "b", "a"]
    assert picks == [3, 2], "it was asked when there was no choice"


def test_without_a_pick_it_is_the_first(by_hand: Scheduler) -> None:
    assert play(None) == play(lambda _waiting: 0)
    assert by_hand.pick is None


@pytest.mark.parametrize("make", [seeded, numpy_pick], ids=["random", "numpy"])
def test_the_same_seed_makes_the_same_schedule_and_others_make_others(make: Callable[[int], Any]) -> None:
    stories = [play(make(seed)) for seed in range(20)]

    assert [play(make(seed)) for seed in range(20)] == stories
    assert len({tuple(story) for story in stories}) == 20


@settings(derandomize=True, deadline=None, max_examples=40)
@given(seed=st.integers(), budget=st.integers(1, 4))
def test_every_one_hears_everything_and_each_sender_in_order(seed: int, budget: int) -> None:
    story = play(seeded(seed), budget)

    assert len(story) == 5 * 5 * 3
    for hearer in "01234":
        for sender in range(5):
            assert [number for who, whom, number in story if (who, whom) == (hearer, sender)] == [0, 1, 2]


def test_with_a_budget_of_one_every_order_of_messages_can_be_had() -> None:
    def orders(budget: int) -> set[tuple[int, ...]]:
        found = set[tuple[int, ...]]()
        for seed in range(200):
            order = list[int]()
            scheduler = Scheduler(workers=0, turn_budget=budget, pick=seeded(seed))
            refs = [scheduler.spawn(Caller) for _ in range(2)]
            for number in range(4):
                refs[number % 2].tell(lambda number=number, order=order: order.append(number))
            scheduler.run_until_idle()
            scheduler.close()
            found.add(tuple(order))
        return found

    assert len(orders(1)) == 6  # two of each, in order: 4! / (2! * 2!)
    assert orders(64) == {(0, 2, 1, 3), (1, 3, 0, 2)}


@pytest.mark.parametrize("wrong", [-1, 2, 1000])
def test_a_pick_that_is_none_of_those_is_refused_and_nobody_loses_a_turn(wrong: int) -> None:
    scheduler = Scheduler(workers=0, pick=lambda _waiting: wrong)
    refs: list[Any] = [scheduler.spawn(Caller) for _ in range(2)]
    with pytest.raises(ValueError, match=f"pick must say 0 to 1, said {wrong}"):
        scheduler.run_one_turn()
    assert len(scheduler.queue) == 2
    scheduler.close()  # asks nobody

    assert not any(ref.is_alive() for ref in refs)


def test_workers_do_not_ask_it(picks: list[int]) -> None:
    def pick(waiting: int) -> int:
        picks.append(waiting)
        return 0

    with Scheduler(workers=1, pick=pick) as scheduler:
        refs: list[Any] = [scheduler.spawn(Caller) for _ in range(5)]
        for ref in refs:
            ref.tell("hello")
        assert scheduler.drain()
        assert picks == []
        assert scheduler.pause()
        for ref in refs:
            ref.tell("by hand")
        scheduler.run_until_idle()
        assert picks == [5, 4, 3, 2]
        for ref in refs:
            ref.stop(block=False)
        scheduler.resume()
