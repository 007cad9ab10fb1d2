"""The whole matrix of restart type and exit reason."""

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


def ended(world: Any) -> list[tuple[Any, bool]]:
    """Of the reports, who ended by itself, and whether it is to be restarted."""
    return [(r.id, r.will_restart) for r in world.reports if isinstance(r, instructions.ChildTerminated)]


@pytest.mark.parametrize("reason", CLEAN + ABNORMAL, ids=named)
def test_permanent_is_restarted_whatever_it_ended_for(world: MakeWorld, reason: Any) -> None:  # OTP 19
    family = world("a", "b").begin()
    family.die("a", reason=reason)

    assert family.running == "a2 b1"
    assert ended(family) == [("a", True)]  # OTP 27: reported whatever the reason


@pytest.mark.parametrize("reason", CLEAN + ABNORMAL, ids=named)
def test_permanent_brings_a_supervisor_down_that_allows_no_restart(world: MakeWorld, reason: Any) -> None:
    family = world("a", "b", max_restarts=0).begin()  # OTP 19, 40
    family.die("a", reason=reason)

    assert family.trace == ["ask b"]
    assert family.finished == "shutdown"


@pytest.mark.parametrize("reason", ABNORMAL, ids=named)
def test_transient_is_restarted_after_an_abnormal_end(world: MakeWorld, reason: Any) -> None:  # OTP 20
    family = world(child("a", restart="transient"), "b").begin()
    family.die("a", reason=reason)

    assert family.running == "a2 b1"
    assert ended(family) == [("a", True)]


@pytest.mark.parametrize("reason", CLEAN, ids=named)
def test_transient_stays_down_after_a_clean_end(world: MakeWorld, reason: Any) -> None:  # OTP 20, 21
    family = world(child("a", restart="transient"), "b").begin()
    family.die("a", reason=reason)

    assert family.running == "b1"
    assert ended(family) == [("a", False)]
    assert events.ChildInfo("a", None, "worker") in family.call(events.WhichChildren())
    assert type(family.call(events.StartChild(child("a")))).__name__ == "AlreadyPresent"
    assert family.call(events.RestartChild("a")) is family.alive["a"]


@pytest.mark.parametrize("reason", CLEAN + ABNORMAL, ids=named)
def test_temporary_is_never_restarted_and_forgotten(world: MakeWorld, reason: Any) -> None:  # OTP 22
    family = world(child("a", restart="temporary"), "b").begin()
    family.die("a", reason=reason)

    assert family.running == "b1"
    assert list(family.family.children) == ["b"]
    assert family.call(events.StartChild(child("a", restart="temporary"))) is family.alive["a"]


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
@pytest.mark.parametrize(
    ("restart", "reason"), [("temporary", CRASH), ("temporary", "normal"), ("transient", "normal")]
)
def test_an_end_without_a_restart_touches_no_sibling_and_costs_nothing(
    world: MakeWorld, strategy: str, restart: Any, reason: Any
) -> None:  # OTP 24
    family = world(child("a", restart=restart), "b", strategy=strategy, max_restarts=0).begin()
    family.die("a", reason=reason)

    assert family.trace == []
    assert family.running == "b1"
    assert len(family.family.window) == 0


def test_a_restarted_child_is_new_but_keeps_id_start_and_place(world: MakeWorld) -> None:  # OTP 25
    family = world("a", "b", "c").begin()
    before = family.alive["b"]
    family.die("b")

    assert family.alive["b"] is not before
    assert [info.id for info in family.call(events.WhichChildren())] == ["c", "b", "a"]
    assert family.call(events.GetChildSpec("b")) == child("b")


def test_ignore_on_a_restart_counts_as_done(world: MakeWorld) -> None:  # OTP 26
    family = world("a", "b").begin()
    family.starts["a"].append("ignore")
    family.die("a")

    assert not family.retries
    assert family.running == "b1"
    assert events.ChildInfo("a", None, "worker") in family.call(events.WhichChildren())


def test_the_report_of_a_start_says_how_often_it_was_restarted(world: MakeWorld) -> None:  # OTP 27
    family = world("a", "b", strategy="one_for_all").begin()
    family.die("a")
    family.die("b")

    started = [(r.id, r.restarts) for r in family.reports if isinstance(r, instructions.ChildStarted)]
    assert started == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
