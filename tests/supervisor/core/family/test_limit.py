"""How many restarts are too many, and what does not count."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import ChildSpec, Crash, StartError
from supervisor.core import events, instructions

MakeWorld = Callable[..., Any]

CRASH = Crash(ValueError("boom"))


def child(child_id: str, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, print, **options)


@pytest.mark.parametrize("strategy", ["one_for_one", "one_for_all", "rest_for_one"])
def test_one_restart_too_many_stops_the_rest_in_reverse(world: MakeWorld, strategy: str) -> None:  # OTP 39
    family = world("a", "b", "c", strategy=strategy, max_restarts=2).begin()
    family.die("b")
    family.die("b")
    assert len(family.alive) == 3
    family.forget()
    family.die("b")

    assert family.trace == ["ask c", "ask a"]
    assert family.finished == "shutdown"
    assert family.reports[-1] == instructions.GaveUp("b", "shutdown", 3)


def test_all_children_share_the_window(world: MakeWorld) -> None:  # OTP 41
    family = world("a", "b", "c", max_restarts=2).begin()
    family.die("a")
    family.die("b")
    family.die("c")

    assert family.finished == "shutdown"


def test_time_gives_restarts_back(world: MakeWorld) -> None:  # OTP 45, 47
    family = world("a", max_restarts=1, max_seconds=5).begin()
    for _ in range(10):
        family.die("a")
        family.now += 6.0
    assert family.running == "a11"
    family.die("a")
    family.now += 5.0
    family.die("a")

    assert family.finished == "shutdown"


@pytest.mark.parametrize("limit", [0, 1, 4])
@pytest.mark.parametrize("strategy", ["one_for_one", "one_for_all", "rest_for_one"])
def test_a_child_that_cannot_start_is_tried_as_often_as_the_limit_says(
    world: MakeWorld, strategy: str, limit: int
) -> None:  # OTP 42
    family = world("a", strategy=strategy, max_restarts=limit).begin()
    family.starts["a"].extend([CRASH] * 10)
    family.die("a")
    while family.retries:
        family.retry()

    assert family.trace == ["start a"] * limit
    assert family.finished == "shutdown"


def test_a_retry_is_a_message_of_its_own(world: MakeWorld) -> None:  # OTP 43
    family = world("a").begin()
    family.starts["a"].append(CRASH)
    family.die("a")

    assert family.trace == ["start a"]
    assert list(family.retries) == ["a"]
    assert family.call(events.CountChildren()) == (1, 0, 0, 1)
    family.retry()
    assert family.running == "a2"


def test_restarts_by_hand_never_count_nor_do_their_failures(world: MakeWorld) -> None:  # OTP 44
    family = world("a", max_restarts=0).begin()
    for _ in range(5):
        family.call(events.TerminateChild("a"))
        family.starts["a"].append(CRASH)
        refused = family.call(events.RestartChild("a"))
        assert isinstance(refused, StartError)
        assert refused.reason == CRASH
        family.starts["b"].append(CRASH)
        assert isinstance(family.call(events.StartChild(child("b"))), StartError)
        assert family.call(events.RestartChild("a")) is family.alive["a"]

    assert not family.retries
    assert len(family.family.window) == 0


def test_a_failed_restart_by_hand_leaves_the_spec_without_a_process(world: MakeWorld) -> None:  # OTP 44
    family = world("a").begin()
    family.call(events.TerminateChild("a"))
    family.starts["a"].append(CRASH)
    family.call(events.RestartChild("a"))

    assert family.call(events.WhichChildren()) == [events.ChildInfo("a", None, "worker")]
    assert not family.retries
