"""Talking to a supervisor on real workers."""

from collections.abc import Iterator
from typing import Any

import pykka
import pytest

from supervisor import (
    AlreadyPresent,
    AlreadyStarted,
    BadSpecError,
    ChildRunning,
    ChildSpec,
    NotFound,
    ScheduledActor,
    Scheduler,
    StartError,
    Supervisor,
    count_children,
    delete_child,
    get_child_spec,
    restart_child,
    start_child,
    stop,
    terminate_child,
    which_children,
)


class Quiet(ScheduledActor):
    pass


class Broken(ScheduledActor):
    def on_start(self) -> None:
        raise ValueError("boom")


def spec(child_id: Any, **options: Any) -> ChildSpec:
    return ChildSpec(child_id, (Quiet, (), {}), **options)


@pytest.fixture
def sup(threaded: Scheduler) -> Iterator[Any]:
    """A supervisor of a permanent, a transient and a temporary child."""
    ref = Supervisor.start(
        [spec("a"), spec("b", restart="transient"), spec("c", restart="temporary")], scheduler=threaded
    )
    yield ref
    if ref.is_alive():
        stop(ref)


def test_a_child_s_life_by_hand(sup: Any) -> None:  # OTP 67, 68, 69, 70
    ref = start_child(sup, spec("d"))
    assert ref is not None
    assert ref.is_alive()
    with pytest.raises(AlreadyStarted):
        start_child(sup, spec("d"))
    with pytest.raises(ChildRunning):
        restart_child(sup, "d")
    with pytest.raises(ChildRunning):
        delete_child(sup, "d")
    terminate_child(sup, "d")
    assert not ref.is_alive()
    terminate_child(sup, "d")
    with pytest.raises(AlreadyPresent):
        start_child(sup, spec("d"))
    again = restart_child(sup, "d")
    assert again is not None
    assert again.is_alive()
    terminate_child(sup, "d")
    delete_child(sup, "d")
    for ask in (terminate_child, restart_child, delete_child, get_child_spec):
        with pytest.raises(NotFound):
            ask(sup, "d")


def test_the_spec_of_a_terminated_temporary_child_is_gone(sup: Any) -> None:  # OTP 22, 68
    terminate_child(sup, "c")

    with pytest.raises(NotFound):
        restart_child(sup, "c")
    assert start_child(sup, spec("c")) is not None


def test_children_are_listed_and_counted(sup: Any) -> None:  # OTP 71, 72
    terminate_child(sup, "b")

    assert [(info.id, isinstance(info.process, pykka.ActorRef)) for info in which_children(sup)] == [
        ("c", True),
        ("b", False),
        ("a", True),
    ]
    assert count_children(sup) == (3, 2, 0, 3)


def test_the_spec_of_a_child_can_be_asked_for(sup: Any) -> None:  # OTP 23, 73
    assert get_child_spec(sup, "a") == spec("a", shutdown=5.0)
    with pytest.raises(BadSpecError, match="not kept"):
        get_child_spec(sup, "c").start()  # type: ignore[operator]


def test_a_child_that_cannot_start_is_refused_and_forgotten(sup: Any) -> None:  # OTP 12, 67
    with pytest.raises(StartError, match="child 'd' failed to start: ValueError: boom"):
        start_child(sup, ChildSpec("d", (Broken, (), {})))

    assert count_children(sup).specs == 3


def test_a_bad_spec_is_refused(sup: Any) -> None:  # OTP 8
    with pytest.raises(BadSpecError):
        start_child(sup, spec("d", restart="transient", significant=True))


def test_all_calls_to_a_dead_supervisor_fail_at_once(sup: Any) -> None:  # OTP 74
    stop(sup)

    calls: list[Any] = [
        lambda: start_child(sup, spec("d")),
        lambda: terminate_child(sup, "a"),
        lambda: restart_child(sup, "a"),
        lambda: delete_child(sup, "a"),
        lambda: which_children(sup),
        lambda: count_children(sup),
        lambda: get_child_spec(sup, "a"),
        lambda: stop(sup),
    ]
    for call in calls:
        with pytest.raises(pykka.ActorDeadError):
            call()
