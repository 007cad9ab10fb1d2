"""How a family starts."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import ChildSpec, Crash, StartError
from supervisor.core import events, instructions

MakeWorld = Callable[..., Any]

CRASH = Crash(ValueError("boom"))


def child(child_id: str, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, print, **options)


def test_children_start_in_the_order_of_the_list(world: MakeWorld) -> None:  # OTP 9
    family = world("a", "b", "c")
    family.feed(events.Begin())

    assert family.trace == ["start a", "start b", "start c"]
    assert family.ready


def test_a_child_starts_once_the_one_before_it_is_up(world: MakeWorld) -> None:  # OTP 9
    family = world("a", "b")
    family.late = {"a"}
    family.feed(events.Begin())

    assert family.trace == ["start a"]
    assert not family.ready
    family.feed(family.started("a"))
    assert family.trace == ["start a", "start b"]
    assert family.ready


def test_no_children_are_up_at_once(world: MakeWorld) -> None:
    assert world().begin().ready


def test_a_child_that_fails_takes_those_before_it_along_in_reverse(world: MakeWorld) -> None:  # OTP 10
    family = world("a", child("b", shutdown="brutal_kill"), "c", "d")
    family.starts["c"].append(CRASH)
    family.feed(events.Begin())

    assert family.trace == ["start a", "start b", "start c", "kill b", "ask a"]
    assert isinstance(family.finished, StartError)
    assert (family.finished.child_id, family.finished.reason) == ("c", CRASH)
    assert not family.ready
    assert not family.alive


def test_a_failed_first_start_is_neither_retried_nor_counted(world: MakeWorld) -> None:  # OTP 11
    family = world("a")
    family.starts["a"].append(CRASH)
    family.feed(events.Begin())

    assert not family.retries
    assert len(family.family.window) == 0
    assert instructions.StartFailed("a", CRASH) in family.reports


@pytest.mark.parametrize("restart", ["permanent", "transient"])
def test_an_ignored_child_keeps_its_spec(world: MakeWorld, restart: Any) -> None:  # OTP 13
    family = world(child("a", restart=restart), "b")
    family.starts["a"].append("ignore")
    family.begin()

    assert family.ready
    assert family.call(events.CountChildren()) == (2, 1, 0, 2)
    assert events.ChildInfo("a", None, "worker") in family.call(events.WhichChildren())


def test_an_ignored_temporary_child_is_dropped(world: MakeWorld) -> None:  # OTP 13
    family = world(child("a", restart="temporary"), "b")
    family.starts["a"].append("ignore")
    family.begin()

    assert list(family.family.children) == ["b"]
    assert family.call(events.StartChild(child("c", restart="temporary"))) is family.alive["c"]


def test_a_child_that_dies_while_a_later_one_starts_is_not_lost(world: MakeWorld) -> None:  # OTP 16
    family = world("a", "b")
    family.late = {"b"}
    family.feed(events.Begin())
    family.die("a")

    assert family.trace == ["start a", "start b"]
    family.feed(family.started("b"))
    assert family.ready
    assert family.trace == ["start a", "start b", "start a"]
    assert family.running == "a2 b1"


def test_the_start_of_a_temporary_child_is_not_kept(world: MakeWorld) -> None:  # OTP 23
    family = world(child("a", restart="temporary"), "b").begin()

    assert family.call(events.GetChildSpec("a")).start is not print
    assert family.call(events.GetChildSpec("b")).start is print
