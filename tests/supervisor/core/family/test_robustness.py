"""What a family is not to be thrown by."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import BadSpecError, ChildSpec, Crash
from supervisor.core import events, instructions

MakeWorld = Callable[..., Any]

CRASH = Crash(ValueError("boom"))


def child(child_id: str, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, print, **options)


def ended(world: Any) -> list[tuple[Any, bool]]:
    """Of the reports, who ended by itself, and whether it is to be restarted."""
    return [(r.id, r.will_restart) for r in world.reports if isinstance(r, instructions.ChildTerminated)]


def test_the_death_of_a_stranger_is_nothing(world: MakeWorld) -> None:
    family = world("a").begin()
    family.feed(events.ChildGone(object(), CRASH))

    assert family.trace == []
    assert family.reports == []


def test_a_death_is_dealt_with_once(world: MakeWorld) -> None:
    family = world("a").begin()
    process = family.alive["a"]
    family.die("a")
    family.feed(events.ChildGone(process, CRASH))

    assert family.running == "a2"
    assert len(ended(family)) == 1


def test_a_bug_in_a_script_does_not_hold_up_those_after_it(world: MakeWorld) -> None:
    class Odd:
        def __hash__(self) -> int:
            raise RuntimeError("a bug")

    family = world("a").begin()
    with pytest.raises(RuntimeError, match="a bug"):
        family.call(events.TerminateChild(Odd()))

    assert family.call(events.CountChildren()) == (1, 1, 0, 1)
    family.die("a")
    assert family.running == "a2"


@pytest.mark.parametrize("flags", [{"strategy": "all"}, {"auto_shutdown": "yes"}])
def test_a_wrong_flag_is_refused(world: MakeWorld, flags: dict[str, Any]) -> None:  # OTP 4
    with pytest.raises(BadSpecError):
        world("a", **flags)


def test_it_knows_who_lives_in_start_order(world: MakeWorld) -> None:
    family = world("a", "b", "c").begin()
    family.call(events.TerminateChild("b"))

    assert family.family.living == ((family.alive["a"], child("a")), (family.alive["c"], child("c")))
