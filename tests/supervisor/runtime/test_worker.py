"""Workers: what breaks in a turn ends its actor and no more, and nobody runs who has nothing to do."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import ScheduledActor, Scheduler, resume, suspend
from supervisor import exit as send_exit


class Plain(ScheduledActor):
    def __init__(self) -> None:
        super().__init__()
        self.heard = list[Any]()

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        self.heard.append(message)
        return len(self.heard)


class Nameless(Plain):
    """Once it has got a message, it breaks whatever wants to say its name, which pykka's log does."""

    nameless = False

    def __str__(self) -> str:
        if self.nameless:
            raise RuntimeError("no name")
        return super().__str__()

    def on_receive(self, message: Any) -> Any:
        self.nameless = True
        return super().on_receive(message)


@pytest.fixture
def spawn(by_hand: Scheduler) -> Iterator[Callable[..., Any]]:
    yield by_hand.spawn
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    by_hand.run_until_idle()


def heard(ref: Any) -> Any:
    return ref._actor_weakref().heard


class TestBrokenTurns:
    @pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(3)], ids=repr)
    def test_one_that_breaks_ends_its_actor_alone(
        self, by_hand: Scheduler, spawn: Callable[..., Any], down: Callable[..., list[Any]], error: BaseException
    ) -> None:
        broken, other = spawn(Nameless), spawn(Plain)
        news = down(broken)
        broken.tell(error)
        broken.tell("never handled")
        other.tell("hello")
        by_hand.run_until_idle()

        assert len([what for what, _ in news if what == "Down"]) == 1
        assert str(news[-1][1].exception) == "no name"
        assert not broken.is_alive()
        assert heard(other) == ["hello"]

    def test_those_who_asked_it_are_answered(self, by_hand: Scheduler, spawn: Callable[..., Any]) -> None:
        broken = spawn(Nameless)
        first, second = broken.ask(ValueError("boom"), block=False), broken.ask("hello", block=False)
        by_hand.run_until_idle()

        with pytest.raises(ValueError, match="boom"):
            first.get(timeout=0)
        with pytest.raises(pykka.ActorDeadError):
            second.get(timeout=0)

    def test_the_thread_goes_on(self, threaded: Scheduler) -> None:
        for _ in range(20):
            broken: Any = threaded.spawn(Nameless)
            broken.tell(ValueError("boom"))
            assert broken.actor_stopped.wait(5)
        ref: Any = threaded.spawn(Plain)

        assert ref.ask("hello", timeout=5) == 1
        send_exit(ref, "kill")
        assert threaded.drain()


class TestSuspended:
    def test_one_with_mail_takes_no_turns(self, by_hand: Scheduler, spawn: Callable[..., Any]) -> None:
        ref = spawn(Plain)
        suspend(ref)
        for number in range(100):
            ref.tell(number)

        assert by_hand.run_until_idle() == 1  # to see that there is nothing to do
        before = by_hand.messages_handled
        assert by_hand.run_until_idle() == 0
        ref.tell("one more")
        assert by_hand.run_until_idle() == 1
        assert by_hand.messages_handled == before
        resume(ref)
        by_hand.run_until_idle()
        assert len(heard(ref)) == 101

    def test_with_workers_it_lets_them_sleep(self, threaded: Scheduler) -> None:
        ref: Any = threaded.spawn(Plain)
        suspend(ref)
        for number in range(10):
            ref.tell(number)
        assert threaded.drain()
        before = ref.actor_inbox.signals  # it counts turns in which there was nothing to do
        time.sleep(0.02)

        assert ref.actor_inbox.signals == before <= 12  # its suspension, and at most one a message
        resume(ref)
        assert threaded.drain()
        assert heard(ref) == list(range(10))
        send_exit(ref, "kill")
        assert threaded.drain()


class TestPauses:
    def test_mail_waits_while_all_rest_and_is_handled_after(self, threaded: Scheduler) -> None:
        refs: list[Any] = [threaded.spawn(Plain) for _ in range(50)]
        assert threaded.drain()
        assert threaded.pause()
        handled = threaded.messages_handled
        for ref in refs:
            ref.tell("hello")
        time.sleep(0.01)
        assert threaded.messages_handled == handled
        threaded.resume()
        assert threaded.drain()

        assert threaded.messages_handled == handled + 50
        assert all(heard(ref) == ["hello"] for ref in refs)
        for ref in refs:
            send_exit(ref, "kill")
        assert threaded.drain()

    def test_paused_and_resumed_under_fire_nothing_is_lost(self, threaded: Scheduler) -> None:
        refs: list[Any] = [threaded.spawn(Plain) for _ in range(20)]

        def send() -> None:
            for number in range(200):
                for ref in refs:
                    ref.tell(number)

        thread = threading.Thread(target=send)
        thread.start()
        while thread.is_alive():
            assert threaded.pause()
            threaded.resume()
        assert threaded.drain()

        assert all(heard(ref) == list(range(200)) for ref in refs)
        for ref in refs:
            send_exit(ref, "kill")
        assert threaded.drain()
