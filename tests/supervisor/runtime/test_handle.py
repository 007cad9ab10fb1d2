"""A handle leads to whoever goes by a name at present, restarts or not."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import ChildSpec, Directory, Handle, NameNotFound, ScheduledActor, Scheduler, Supervisor, stop
from supervisor import exit as send_exit
from supervisor.runtime import handle as module


class Listener(ScheduledActor):
    def __init__(self) -> None:
        super().__init__()
        self.heard = list[Any]()

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        self.heard.append(message)
        return message


def heard(ref: Any) -> Any:
    return ref._actor_weakref().heard


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def spawn(by_hand: Scheduler) -> Iterator[Callable[[], Any]]:
    yield lambda: by_hand.spawn(Listener)
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    by_hand.run_until_idle()


def test_it_leads_to_whoever_has_the_name_now(
    by_hand: Scheduler, directory: Directory, spawn: Callable[[], Any]
) -> None:
    handle = Handle("it", directory=directory)
    holders: list[Any] = [spawn(), spawn()]
    assert not handle.is_alive()
    assert repr(handle) == "<Handle 'it': away>"
    for holder in holders:
        directory.register("it", holder)
        assert handle.ref() == holder
        handle.tell("hello")
        by_hand.run_until_idle()
        assert heard(holder) == ["hello"]
        send_exit(holder, "kill")
        by_hand.run_until_idle()

    assert repr(handle) == "<Handle 'it': away>"


def test_one_that_refuses_says_so(directory: Directory) -> None:
    handle = Handle("it", directory=directory)

    with pytest.raises(NameNotFound, match="'it'") as refused:
        handle.tell("hello")
    assert refused.value.name == "it"
    with pytest.raises(NameNotFound):
        handle.ask("hello")


def test_a_question_is_never_queued(directory: Directory) -> None:
    with pytest.raises(NameNotFound):
        Handle("it", when_away="queue", directory=directory).ask("hello", block=False)


def test_what_was_queued_comes_first_and_in_order(
    by_hand: Scheduler, directory: Directory, spawn: Callable[[], Any]
) -> None:
    handle, other = (Handle("it", when_away="queue", directory=directory) for _ in range(2))
    for number in range(5):
        (handle, other)[number % 2].tell(number)
    ref = spawn()
    directory.register("it", ref)
    handle.tell("later")
    by_hand.run_until_idle()

    assert heard(ref) == [0, 1, 2, 3, 4, "later"]
    directory.register("it", ref)
    by_hand.run_until_idle()
    assert len(heard(ref)) == 6


def test_the_queue_has_an_end(
    by_hand: Scheduler, directory: Directory, spawn: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUEUE_LIMIT", 3)
    handle = Handle("it", when_away="queue", directory=directory)
    for number in range(3):
        handle.tell(number)
    with pytest.raises(NameNotFound):
        handle.tell(3)
    ref = spawn()
    directory.register("it", ref)
    by_hand.run_until_idle()

    assert heard(ref) == [0, 1, 2]


def test_what_was_queued_is_not_lost_on_a_holder_that_is_dead_already(
    by_hand: Scheduler, directory: Directory, spawn: Callable[[], Any]
) -> None:
    handle, dead, ref = Handle("it", when_away="queue", directory=directory), spawn(), spawn()
    handle.tell("hello")
    send_exit(dead, "kill")
    by_hand.run_until_idle()
    directory.register("it", dead)
    handle.tell("again")
    directory.register("it", ref)
    by_hand.run_until_idle()

    assert heard(ref) == ["hello", "again"]


class Fickle:
    """Looks alive, and is dead when it is told something."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_alive(self) -> bool:
        self.looks -= 1
        return self.looks >= 0

    def tell(self, _message: Any) -> None:
        raise pykka.ActorDeadError("gone")


def test_who_dies_between_the_look_and_the_send_is_away(
    by_hand: Scheduler, directory: Directory, spawn: Callable[[], Any]
) -> None:
    directory._refs["it"] = Fickle(1)  # type: ignore[assignment]
    with pytest.raises(NameNotFound):
        Handle("it", directory=directory).tell("hello")
    directory._refs["it"] = Fickle(2)  # type: ignore[assignment]
    Handle("it", when_away="queue", directory=directory).tell("hello")
    ref = spawn()
    directory.register("it", ref)
    by_hand.run_until_idle()

    assert heard(ref) == ["hello"]


def test_an_ask_is_answered_by_the_holder(threaded: Scheduler, directory: Directory) -> None:
    ref = threaded.spawn(Listener)
    directory.register("it", ref)

    assert Handle("it", directory=directory).ask("hello", timeout=5) == "hello"
    ref.stop()
    with pytest.raises(NameNotFound):
        Handle("it", directory=directory).ask("hello")


@pytest.mark.parametrize("word", ["drop", "", None])
def test_only_two_words_are_known_for_being_away(word: Any) -> None:
    with pytest.raises(ValueError, match="refuse or queue"):
        Handle("it", when_away=word)


def test_it_survives_restarts_and_loses_nothing_that_is_queued(threaded: Scheduler, directory: Directory) -> None:
    up, got = threading.Semaphore(0), list[int]()

    class Named(Listener):
        def on_start(self) -> None:
            directory.register("it", self.actor_ref)
            up.release()

        def on_receive(self, message: Any) -> Any:
            if not isinstance(message, BaseException):
                got.append(message)
            return super().on_receive(message)

    sup = Supervisor.start([ChildSpec("it", (Named, (), {}))], max_restarts=1000, scheduler=threaded)
    handle = Handle("it", when_away="queue", directory=directory)
    for number in range(50):
        assert up.acquire(timeout=5)
        handle.tell(ValueError("boom"))
        assert up.acquire(timeout=5)
        up.release()
        handle.tell(number)
    assert threaded.drain()
    stop(sup)

    assert got == list(range(50))
