"""Requests while a restart is to be tried again."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import ChildSpec, Crash
from supervisor.core import events

MakeWorld = Callable[..., Any]

CRASH = Crash(ValueError("boom"))


def child(child_id: str, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, print, **options)


@pytest.fixture
def looping(world: MakeWorld) -> Any:
    family = world("a", "b", max_restarts=100).begin()
    family.starts["a"].extend([CRASH] * 3)
    family.die("a")
    family.retry()
    family.forget()
    return family


def test_a_restarting_child_is_counted_but_not_active(looping: Any) -> None:  # OTP 48
    assert looping.call(events.CountChildren()) == (2, 1, 0, 2)
    assert looping.call(events.WhichChildren())[1] == events.ChildInfo("a", "restarting", "worker")


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (events.StartChild(child("a")), "AlreadyPresent"),
        (events.RestartChild("a"), "ChildRestarting"),
        (events.DeleteChild("a"), "ChildRestarting"),
    ],
)
def test_it_can_be_neither_started_nor_deleted(looping: Any, request_: Any, refusal: str) -> None:  # OTP 48
    assert type(looping.call(request_)).__name__ == refusal
    assert looping.trace == []


def test_terminate_child_ends_the_loop(looping: Any) -> None:  # OTP 49
    looping.call(events.TerminateChild("a"))
    looping.retry()

    assert looping.trace == []
    assert not looping.retries
    assert looping.call(events.WhichChildren())[1] == events.ChildInfo("a", None, "worker")
    assert looping.call(events.DeleteChild("a")) is None


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_terminate_child_ends_the_loop_of_a_group(world: MakeWorld, strategy: str) -> None:  # OTP 49
    family = world("a", "b", strategy=strategy).begin()
    family.starts["b"].append(CRASH)
    family.die("a")
    family.call(events.TerminateChild("b"))
    family.retry()

    assert family.running == "a2"
    assert not family.retries


def test_a_stop_ends_the_loop(looping: Any) -> None:  # OTP 50
    looping.stop()

    assert looping.trace == ["ask b"]
    assert looping.finished == "shutdown"
    looping.retry()
    assert looping.trace == ["ask b"]


def test_a_retry_of_a_child_that_is_gone_does_nothing(looping: Any) -> None:
    looping.call(events.TerminateChild("a"))
    looping.call(events.DeleteChild("a"))
    looping.retry()

    assert looping.trace == []
