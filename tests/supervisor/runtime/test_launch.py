"""Starting the process of a child spec."""

from typing import Any

import pykka
import pytest

from supervisor import IGNORE, BadSpecError, ChildSpec, ScheduledActor, Scheduler
from supervisor import exit as send_exit
from supervisor.runtime.here import here
from supervisor.runtime.launch import launch
from supervisor.runtime.life import life_of


class Child(ScheduledActor):
    def __init__(self, size: int, *, colour: str = "red") -> None:
        super().__init__()
        self.size = size
        self.colour = colour


class Unscheduled(pykka.ThreadingActor):
    pass


@pytest.fixture
def home(by_hand: Scheduler, monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    """Where actors that are launched here live."""
    monkeypatch.setattr(here, "scheduler", by_hand)
    return by_hand


def end(ref: Any, scheduler: Scheduler) -> None:
    send_exit(ref, "kill")
    scheduler.run_until_idle()


def test_a_class_is_started_with_its_arguments(home: Scheduler) -> None:
    ref: Any = launch(ChildSpec("a", (Child, (3,), {"colour": "blue"})))

    assert ref.actor_class is Child
    assert (ref._actor_weakref().size, ref._actor_weakref().colour) == (3, "blue")
    end(ref, home)


def test_a_function_is_called(home: Scheduler) -> None:
    ref = home.spawn(Child, 1)

    assert launch(ChildSpec("a", lambda: ref)) is ref
    end(ref, home)


def test_ignore_is_nothing_to_start() -> None:
    assert launch(ChildSpec("a", lambda: IGNORE)) is None
    assert repr(IGNORE) == "IGNORE"


@pytest.mark.parametrize("value", [None, 7, "ref", Child])
def test_a_function_must_give_a_ref(value: Any) -> None:  # OTP 12
    with pytest.raises(BadSpecError, match="start of child 'a' must give an ActorRef or IGNORE"):
        launch(ChildSpec("a", lambda: value))


@pytest.mark.parametrize("start", [Unscheduled.start, (Unscheduled, (), {})])
def test_an_actor_with_a_thread_of_its_own_may_be_a_child(start: Any) -> None:
    ref = launch(ChildSpec("a", start))

    assert ref is not None
    assert ref.is_alive()
    assert life_of(ref).death is None
    ref.stop()


@pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(3), KeyboardInterrupt()])
def test_what_a_start_raises_gets_out(error: BaseException) -> None:  # OTP 12
    def start() -> None:
        raise error

    with pytest.raises(type(error)):
        launch(ChildSpec("a", start))


def test_wrong_arguments_are_the_childs_failure() -> None:
    with pytest.raises(TypeError):
        launch(ChildSpec("a", (Child, (1, 2, 3), {})))
