"""What can be asked of a supervisor, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import AlreadyPresent, AlreadyStarted, BadSpecError, ChildRunning, ChildSpec, NotFound, StartError
from supervisor.core import events

MakeWorld = Callable[..., Any]


def child(child_id: Any, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, print, **options)


def test_start_child_adds_a_child_at_the_end(world: MakeWorld) -> None:
    family = world("a").begin()

    assert family.call(events.StartChild(child("b"))) is family.alive["b"]
    assert family.running == "a1 b1"


def test_start_child_of_a_running_one_is_refused(world: MakeWorld) -> None:  # OTP 67
    family = world("a").begin()
    refused = family.call(events.StartChild(child("a")))

    assert type(refused) is AlreadyStarted
    assert refused.name == "a"
    assert family.trace == []


def test_start_child_of_one_that_is_down_is_refused(world: MakeWorld) -> None:  # OTP 67
    family = world("a").begin()
    family.call(events.TerminateChild("a"))

    assert type(family.call(events.StartChild(child("a")))) is AlreadyPresent


def test_a_child_that_could_not_be_added_is_not_kept(world: MakeWorld) -> None:  # OTP 12, 67
    family = world("a").begin()
    family.starts["b"].append("boom")
    refused = family.call(events.StartChild(child("b")))

    assert (type(refused), refused.child_id, refused.reason) == (StartError, "b", "boom")
    assert list(family.family.children) == ["a"]
    assert family.finished is None


def test_a_child_that_is_added_and_ignored_answers_nothing_and_is_kept(world: MakeWorld) -> None:  # OTP 13
    family = world("a").begin()
    family.starts["b"].append("ignore")

    assert family.call(events.StartChild(child("b"))) is None
    assert list(family.family.children) == ["a", "b"]


@pytest.mark.parametrize("spec", ["b", None, ("b", print)])
def test_start_child_of_no_spec_is_refused(world: MakeWorld, spec: Any) -> None:
    family = world("a").begin()

    assert type(family.call(events.StartChild(spec))) is BadSpecError
    assert family.running == "a1"


def test_start_child_of_a_significant_one_needs_auto_shutdown(world: MakeWorld) -> None:  # OTP 8
    spec = child("b", restart="transient", significant=True)

    assert type(world("a").begin().call(events.StartChild(spec))) is BadSpecError
    family = world("a", auto_shutdown="any_significant").begin()
    assert family.call(events.StartChild(spec)) is family.alive["b"]


def test_a_bad_spec_is_refused_before_its_id_is_looked_at(world: MakeWorld) -> None:  # OTP 8
    family = world("a").begin()

    assert type(family.call(events.StartChild(child("a", restart="transient", significant=True)))) is BadSpecError


@pytest.mark.parametrize("restart", ["permanent", "transient"])
def test_terminate_child_keeps_the_spec_and_may_be_repeated(world: MakeWorld, restart: Any) -> None:  # OTP 68
    family = world(child("a", restart=restart)).begin()

    assert family.call(events.TerminateChild("a")) is None
    assert family.trace == ["ask a"]
    assert family.call(events.TerminateChild("a")) is None
    assert family.trace == ["ask a"]
    assert list(family.family.children) == ["a"]
    assert family.reports == []


def test_terminate_child_forgets_a_temporary_one(world: MakeWorld) -> None:  # OTP 68
    family = world(child("a", restart="temporary")).begin()
    family.call(events.TerminateChild("a"))

    assert type(family.call(events.TerminateChild("a"))) is NotFound
    assert not family.alive


@pytest.mark.parametrize(
    ("policy", "done"), [("brutal_kill", ["kill a"]), (1, ["ask a", "kill a"]), (0, ["ask a", "kill a"])]
)
def test_terminate_child_goes_by_the_shutdown_policy(world: MakeWorld, policy: Any, done: list[str]) -> None:  # OTP 68
    family = world(child("a", shutdown=policy)).begin()
    family.deaf = {"a"}
    family.call(events.TerminateChild("a"))

    assert family.trace == done


@pytest.mark.parametrize("make", [events.TerminateChild, events.RestartChild, events.DeleteChild, events.GetChildSpec])
@pytest.mark.parametrize("child_id", ["b", None, ["a"], {}])
def test_an_unknown_id_is_not_found(world: MakeWorld, make: Any, child_id: Any) -> None:  # OTP 68, 69, 70, 73
    family = world("a").begin()
    refused = family.call(make(child_id))

    assert type(refused) is NotFound
    assert refused.child_id == child_id


def test_a_child_goes_by_its_id_only(world: MakeWorld) -> None:  # OTP 68
    family = world("a").begin()

    assert type(family.call(events.TerminateChild(family.alive["a"]))) is NotFound


def test_restart_child_starts_with_the_spec_it_has(world: MakeWorld) -> None:  # OTP 69
    family = world("a").begin()
    assert type(family.call(events.RestartChild("a"))) is ChildRunning
    family.call(events.TerminateChild("a"))

    assert family.call(events.RestartChild("a")) is family.alive["a"]
    assert family.running == "a2"


def test_restart_child_may_be_ignored(world: MakeWorld) -> None:  # OTP 13
    family = world("a").begin()
    family.call(events.TerminateChild("a"))
    family.starts["a"].append("ignore")

    assert family.call(events.RestartChild("a")) is None
    assert list(family.family.children) == ["a"]


def test_delete_child_is_for_those_that_are_down(world: MakeWorld) -> None:  # OTP 70
    family = world("a").begin()
    assert type(family.call(events.DeleteChild("a"))) is ChildRunning
    family.call(events.TerminateChild("a"))

    assert family.call(events.DeleteChild("a")) is None
    assert not family.family.children


def test_which_children_lists_the_newest_first(world: MakeWorld) -> None:  # OTP 71
    family = world("a", child("b", type="supervisor"), "c").begin()
    family.call(events.TerminateChild("a"))
    family.call(events.StartChild(child("d")))

    assert family.call(events.WhichChildren()) == [
        ("d", family.alive["d"], "worker"),
        ("c", family.alive["c"], "worker"),
        ("b", family.alive["b"], "supervisor"),
        ("a", None, "worker"),
    ]


def test_count_children_counts_specs_active_supervisors_and_workers(world: MakeWorld) -> None:  # OTP 72
    family = world("a", child("b", type="supervisor"), child("c", type="supervisor"), "d", "e").begin()
    family.call(events.TerminateChild("a"))
    family.call(events.TerminateChild("b"))

    assert family.call(events.CountChildren())._asdict() == {"specs": 5, "active": 3, "supervisors": 2, "workers": 3}


def test_get_child_spec_gives_the_spec_with_its_defaults(world: MakeWorld) -> None:  # OTP 73
    family = world(child("a")).begin()

    assert family.call(events.GetChildSpec("a")) == ChildSpec("a", print, "permanent", 5.0, "worker", significant=False)


def test_a_request_waits_for_a_slow_start(world: MakeWorld) -> None:  # OTP 75
    family = world("a").begin()
    family.late = {"b"}
    assert family.call(events.StartChild(child("b"))) is None

    assert family.call(events.CountChildren()) is None
    family.feed(family.started("b"))
    assert list(family.answers.values()) == [family.alive["b"], (2, 2, 0, 2)]


def test_a_request_waits_for_a_slow_stop(world: MakeWorld) -> None:  # OTP 75
    family = world("a", "b").begin()
    family.late = {"b"}
    family.call(events.TerminateChild("b"))

    assert family.call(events.GetChildSpec("a")) is None
    family.feed(family.gone(family.alive["b"], "shutdown"))
    assert list(family.answers.values()) == [None, child("a")]
