"""Who restarts with a child that died, in which order, and what happens when that fails."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import ChildSpec, Crash
from supervisor.core import events, instructions

MakeWorld = Callable[..., Any]

CRASH = Crash(ValueError("boom"))


def child(child_id: str, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, print, **options)


def test_one_for_one_leaves_siblings_alone(world: MakeWorld) -> None:  # OTP 28
    family = world("a", "b", "c").begin()
    family.die("b")

    assert family.trace == ["start b"]
    assert family.running == "a1 b2 c1"


def test_one_for_all_stops_the_others_in_reverse_and_starts_all_in_order(world: MakeWorld) -> None:  # OTP 29
    family = world("a", "b", "c", strategy="one_for_all").begin()
    family.die("b")

    assert family.trace == ["ask c", "ask a", "start a", "start b", "start c"]
    assert family.running == "a2 b2 c2"


def test_rest_for_one_stops_and_starts_only_the_later_ones(world: MakeWorld) -> None:  # OTP 30
    family = world("a", "b", "c", "d", strategy="rest_for_one").begin()
    family.die("b")

    assert family.trace == ["ask d", "ask c", "start b", "start c", "start d"]
    assert family.running == "a1 b2 c2 d2"


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_a_group_restart_counts_as_one(world: MakeWorld, strategy: str) -> None:  # OTP 31
    family = world("a", "b", "c", "d", strategy=strategy, max_restarts=1).begin()
    family.die("a")

    assert family.running == "a2 b2 c2 d2"
    assert len(family.family.window) == 1


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_a_group_restart_starts_those_that_were_down_too(world: MakeWorld, strategy: str) -> None:  # OTP 32
    family = world("a", "by hand", "ignored", child("done", restart="transient"), strategy=strategy)
    family.starts["ignored"].append("ignore")
    family.begin()
    family.call(events.TerminateChild("by hand"))
    family.die("done", reason="normal")
    assert family.running == "a1"
    family.die("a")

    assert family.running == "a2 by hand2 ignored1 done2"


def test_temporary_members_do_not_come_back(world: MakeWorld) -> None:  # OTP 33
    family = world("a", child("b", restart="temporary"), "c", strategy="one_for_all").begin()
    family.die("a")

    assert family.trace == ["ask c", "ask b", "start a", "start c"]
    assert list(family.family.children) == ["a", "c"]


def test_order_is_the_order_of_insertion(world: MakeWorld) -> None:  # OTP 34
    family = world("a", "b", strategy="rest_for_one").begin()
    family.call(events.StartChild(child("c")))
    family.forget()
    family.die("b")

    assert family.trace == ["ask c", "start b", "start c"]


def test_a_child_deleted_and_added_again_goes_to_the_end(world: MakeWorld) -> None:  # OTP 34
    family = world("a", "b", strategy="rest_for_one").begin()
    family.call(events.TerminateChild("a"))
    family.call(events.DeleteChild("a"))
    family.call(events.StartChild(child("a")))
    family.forget()
    family.die("a")
    assert family.trace == ["start a"]
    family.forget()
    family.die("b")

    assert family.trace == ["ask a", "start b", "start a"]


def test_a_sibling_that_dies_at_the_same_moment_is_part_of_the_group_restart(world: MakeWorld) -> None:
    family = world("a", "b", "c", strategy="one_for_all", max_restarts=1).begin()  # OTP 35
    family.late = {"c"}
    family.die("a")  # c is asked to stop, and takes its time
    family.die("b")
    family.late = set()
    family.feed(family.gone(family.alive["c"], "shutdown"))

    assert family.running == "a2 b2 c2"
    assert family.trace == ["ask c", "start a", "start b", "start c"]
    assert len(family.family.window) == 1
    assert instructions.ShutdownFailed("b", family.reports[1].process, "boom") in family.reports


def test_under_one_for_one_two_deaths_count_twice(world: MakeWorld) -> None:  # OTP 35
    family = world("a", "b", max_restarts=1).begin()
    family.die("a", "b")

    assert family.finished == "shutdown"


@pytest.mark.parametrize("failing", ["a", "b", "c"])
def test_one_for_all_retries_the_whole_group(world: MakeWorld, failing: str) -> None:  # OTP 36
    family = world("a", "b", "c", strategy="one_for_all").begin()
    family.starts[failing].append(CRASH)
    family.die("b")
    up = {"a": [], "b": ["a"], "c": ["a", "b"]}[failing]
    attempt = [f"start {member}" for member in [*up, failing]]
    assert family.trace == ["ask c", "ask a", *attempt]
    assert list(family.retries) == [failing]
    family.forget()
    family.retry()

    assert family.trace == [*(f"ask {member}" for member in reversed(up)), "start a", "start b", "start c"]
    assert len(family.alive) == 3
    assert len(family.family.window) == 2


def test_rest_for_one_retries_from_the_member_that_failed(world: MakeWorld) -> None:  # OTP 37
    family = world("a", "b", "c", "d", strategy="rest_for_one").begin()
    family.starts["c"].append(CRASH)
    family.die("b")
    assert family.trace == ["ask d", "ask c", "start b", "start c"]
    assert family.running == "a1 b2"
    family.forget()
    family.retry()

    assert family.trace == ["start c", "start d"]
    assert family.running == "a1 b2 c2 d2"


def test_a_group_restart_during_a_retry_takes_the_restarting_child_along(world: MakeWorld) -> None:
    family = world("a", "b", strategy="one_for_all").begin()
    family.starts["b"].append(CRASH)
    family.die("b")
    family.die("a")
    assert family.running == "a3 b2"
    family.forget()
    family.retry()

    assert family.trace == []  # the retry found nothing left to do
