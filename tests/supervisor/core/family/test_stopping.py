"""How a family stops."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import ChildSpec, Crash, Shutdown
from supervisor.core import events, instructions

MakeWorld = Callable[..., Any]

CRASH = Crash(ValueError("boom"))
CLEAN: list[Any] = ["normal", "shutdown", Shutdown("enough")]
ABNORMAL: list[Any] = [CRASH, "killed", "noproc"]


def child(child_id: str, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, print, **options)


def named(value: Any) -> str | None:
    return type(value).__name__ if isinstance(value, (Shutdown, Crash)) else None


def test_children_stop_in_reverse_one_at_a_time(world: MakeWorld) -> None:  # OTP 53
    family = world("a", "b", "c").begin()
    family.late = {"a", "b", "c"}
    family.stop()

    for asked in ("c", "b", "a"):
        assert family.trace.pop() == f"ask {asked}"
        assert not family.trace
        assert not family.finished
        family.feed(family.gone(family.alive[asked], "shutdown"))
    assert family.finished == "shutdown"


def test_two_timeouts_take_as_long_as_both(world: MakeWorld) -> None:  # OTP 53
    family = world(child("a", shutdown=0.3), child("b", shutdown=0.3)).begin()
    family.deaf = {"a", "b"}
    family.stop()

    assert family.trace == ["ask b", "kill b", "ask a", "kill a"]
    assert family.now == pytest.approx(100.6)


@pytest.mark.parametrize("reason", ["normal", "shutdown", Shutdown("enough"), CRASH])
def test_it_ends_for_the_reason_it_was_given(world: MakeWorld, reason: Any) -> None:
    family = world("a").begin()
    family.stop(reason)

    assert family.finished == reason


def test_the_obedient_is_asked_and_the_late_is_killed(world: MakeWorld) -> None:  # OTP 54
    family = world(child("quick", shutdown=1), child("slow", shutdown=1)).begin()
    family.deaf = {"slow"}
    slow = family.alive["slow"]
    family.stop()

    assert family.trace == ["ask slow", "kill slow", "ask quick"]
    assert family.reports == [instructions.ShutdownFailed("slow", slow, "killed")]


def test_a_death_just_after_the_time_limit_is_no_surprise(world: MakeWorld) -> None:  # OTP 54
    family = world(child("a", shutdown=1)).begin()
    family.late = {"a"}
    family.stop()
    process = family.alive["a"]
    family.feed(events.Overdue(process))
    assert family.trace == ["ask a", "kill a"]
    family.feed(events.Overdue(process))  # it asks twice at worst
    family.feed(family.gone(process, "shutdown"))

    assert family.finished == "shutdown"


def test_an_overdue_that_comes_after_the_death_is_nothing(world: MakeWorld) -> None:
    family = world("a").begin()
    process = family.alive["a"]
    family.call(events.TerminateChild("a"))
    family.feed(events.Overdue(process))

    assert family.trace == ["ask a"]


def test_brutal_kill_does_not_ask(world: MakeWorld) -> None:  # OTP 55
    family = world(child("a", shutdown="brutal_kill")).begin()
    family.stop()

    assert family.trace == ["kill a"]
    assert family.reports == []  # killed is what it was to be


@pytest.mark.parametrize("type_", ["worker", "supervisor"])
def test_infinity_sets_no_time_limit(world: MakeWorld, type_: Any) -> None:  # OTP 56
    family = world(child("a", shutdown="infinity", type=type_)).begin()
    todo = family.family.handle(events.Stop("shutdown"), family.now)

    assert todo == [instructions.AskToStop(family.alive["a"], None)]


def test_zero_seconds_asks_all_the_same(world: MakeWorld) -> None:  # OTP 57
    family = world(child("a", shutdown=0)).begin()
    todo = family.family.handle(events.Stop("shutdown"), family.now)

    assert todo == [instructions.AskToStop(family.alive["a"], 0)]


@pytest.mark.parametrize("reason", CLEAN + ABNORMAL, ids=named)
@pytest.mark.parametrize("restart", ["permanent", "transient", "temporary"])
def test_who_dies_by_itself_meanwhile_is_not_restarted(world: MakeWorld, restart: Any, reason: Any) -> None:  # OTP 58
    family = world(child("a", restart=restart), child("b", restart=restart)).begin()
    family.late = {"b"}
    family.stop()
    family.die("a", reason=reason)
    family.feed(family.gone(family.alive["b"], reason))

    assert family.trace == ["ask b"]
    assert family.finished == "shutdown"


@pytest.mark.parametrize(
    ("restart", "words", "reported"),
    [
        ("permanent", "shutdown", False),
        ("permanent", Shutdown("x"), True),
        ("permanent", "normal", True),
        ("permanent", CRASH, True),
        ("transient", Shutdown("x"), False),
        ("transient", "normal", False),
        ("temporary", "normal", False),
        ("temporary", CRASH, True),
        ("transient", "killed", True),
    ],
    ids=named,
)
def test_a_child_that_stops_otherwise_than_told_is_reported(
    world: MakeWorld, restart: Any, words: Any, reported: bool
) -> None:  # OTP 27, 59
    family = world(child("a", restart=restart)).begin()
    family.last_words["a"] = words
    process = family.alive["a"]

    assert family.call(events.TerminateChild("a")) is None
    assert family.reports == ([instructions.ShutdownFailed("a", process, words)] if reported else [])
    assert not family.finished


def test_a_stop_waits_for_a_start_under_way_and_starts_nothing_more(world: MakeWorld) -> None:  # OTP 50
    family = world("a", "b").begin()
    family.late = {"a"}
    family.die("a")
    family.stop()
    assert not family.finished
    family.late = set()
    family.feed(family.started("a"))

    assert family.trace == ["start a", "ask b", "ask a"]
    assert family.finished == "shutdown"


def test_what_comes_after_the_end_is_not_heard(world: MakeWorld) -> None:
    family = world("a").begin()
    family.stop()
    family.forget()

    for event in (events.Stop("normal"), events.RetryDue("a", 1), events.Call(events.RestartChild("a"), 1)):
        assert family.family.handle(event, family.now) == []
