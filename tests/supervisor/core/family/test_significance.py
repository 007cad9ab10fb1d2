"""Children whose end is the end of their supervisor."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import ChildSpec, Crash, Shutdown
from supervisor.core import events, instructions
from supervisor.core.lifecycle import Life

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


def significant(child_id: str, restart: Any = "transient") -> ChildSpec:
    return child(child_id, restart=restart, significant=True)


@pytest.mark.parametrize(
    ("restart", "reason"),
    [*(("transient", reason) for reason in CLEAN), *(("temporary", reason) for reason in CLEAN + ABNORMAL)],
    ids=named,
)
def test_any_significant_ends_with_the_first(world: MakeWorld, restart: Any, reason: Any) -> None:  # OTP 79
    family = world("a", significant("b", restart), significant("c"), auto_shutdown="any_significant")
    family.begin()
    family.die("b", reason=reason)

    assert family.trace == ["ask c", "ask a"]
    assert family.finished == "shutdown"


def test_all_significant_ends_with_the_last(world: MakeWorld) -> None:  # OTP 80
    family = world("a", significant("b"), significant("c", "temporary"), auto_shutdown="all_significant")
    family.begin()
    family.die("c")
    assert not family.finished
    family.die("b", reason="normal")

    assert family.finished == "shutdown"
    assert family.trace == ["ask a"]


def test_one_stopped_by_hand_counts_as_ended(world: MakeWorld) -> None:  # OTP 80
    family = world(significant("a"), significant("b"), auto_shutdown="all_significant").begin()
    family.call(events.TerminateChild("a"))
    family.die("b", reason="normal")

    assert family.finished == "shutdown"


def test_one_that_is_restarting_counts_as_alive(world: MakeWorld) -> None:  # OTP 80
    family = world(significant("a"), significant("b"), auto_shutdown="all_significant").begin()
    family.starts["a"].append(CRASH)
    family.die("a")
    family.die("b", reason="normal")
    assert not family.finished
    family.retry()
    family.die("a", reason="normal")

    assert family.finished == "shutdown"


def test_a_crash_of_a_transient_one_is_an_ordinary_restart(world: MakeWorld) -> None:  # OTP 81
    family = world(significant("a"), auto_shutdown="any_significant").begin()
    family.die("a", reason=CRASH)

    assert family.running == "a2"
    assert not family.finished


@pytest.mark.parametrize("auto_shutdown", ["any_significant", "all_significant"])
@pytest.mark.parametrize("restart", ["transient", "temporary"])
def test_terminate_child_never_triggers_it(world: MakeWorld, restart: Any, auto_shutdown: str) -> None:
    family = world("a", significant("b", restart), auto_shutdown=auto_shutdown).begin()  # OTP 82
    family.call(events.TerminateChild("b"))

    assert not family.finished
    assert family.running == "a1"


@pytest.mark.parametrize("auto_shutdown", ["any_significant", "all_significant"])
@pytest.mark.parametrize("restart", ["transient", "temporary"])
def test_a_group_restart_never_triggers_it(world: MakeWorld, restart: Any, auto_shutdown: str) -> None:
    family = world("a", significant("b", restart), auto_shutdown=auto_shutdown, strategy="one_for_all").begin()
    family.die("a")  # OTP 82

    assert not family.finished
    assert family.running == ("a2 b2" if restart == "transient" else "a2")


@pytest.mark.parametrize("auto_shutdown", ["any_significant", "all_significant"])
@pytest.mark.parametrize("restart", ["transient", "temporary"])
def test_the_insignificant_never_trigger_it(world: MakeWorld, restart: Any, auto_shutdown: str) -> None:
    family = world("a", child("b", restart=restart), auto_shutdown=auto_shutdown).begin()  # OTP 83
    family.die("b", reason="normal")

    assert not family.finished


def test_ignore_on_a_restart_does_not_trigger_it(world: MakeWorld) -> None:  # OTP 85
    family = world(significant("a"), auto_shutdown="any_significant").begin()
    family.starts["a"].append("ignore")
    family.die("a", reason=CRASH)

    assert not family.finished
    assert family.family.children["a"].life is Life.DOWN
