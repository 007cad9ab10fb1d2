"""Hooks that see each message, and that nobody has to pay for who has none."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import ScheduledActor, Scheduler, get_status, install, log, no_debug, remove, statistics, trace
from supervisor import exit as send_exit
from supervisor.runtime.instruments import Instruments
from supervisor.runtime.signals import SystemRequest


class Worker(ScheduledActor):
    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        return message


@pytest.fixture
def ref(by_hand: Scheduler) -> Iterator[Any]:
    yield by_hand.spawn(Worker)
    for left in pykka.ActorRegistry.get_all():
        send_exit(left, "kill")
    by_hand.run_until_idle()


@pytest.fixture
def tell(ref: Any, by_hand: Scheduler) -> Callable[..., None]:
    def send(*messages: Any) -> None:
        for message in messages:
            ref.tell(message)
        by_hand.run_until_idle()

    return send


class TestStatistics:
    def test_there_are_none_until_they_are_asked_for(
        self, ref: Any, tell: Callable[..., None], by_hand: Scheduler
    ) -> None:  # OTP 99
        tell(1, 2)
        assert statistics(ref) is None
        statistics(ref, on=True)
        tell(3, 4, 5)
        ref.ask(6, block=False)
        by_hand.run_until_idle()
        found = statistics(ref)

        assert found is not None
        assert found.messages_in == 4
        assert found.busy_seconds >= 0
        assert found.current_time >= found.start_time

    def test_turned_on_twice_they_go_on_and_turned_off_they_are_gone(
        self, ref: Any, tell: Callable[..., None]
    ) -> None:  # OTP 99
        statistics(ref, on=True)
        tell(1)
        again = statistics(ref, on=True)
        assert again is not None
        assert again.messages_in == 1
        assert statistics(ref, on=False) is None
        fresh = statistics(ref, on=True)

        assert fresh is not None
        assert fresh.messages_in == 0

    def test_what_comes_in_the_same_turn_counts(self, ref: Any, by_hand: Scheduler) -> None:
        def count(actor: Any) -> None:
            actor.actor_inbox.instruments = Instruments()
            actor.actor_inbox.instruments.count(on=True)

        by_hand.run_until_idle()
        ref.actor_inbox.put_urgent(SystemRequest(count, pykka.ThreadingFuture()))
        for number in range(11):  # before the turn that serves the request
            ref.tell(number)
        assert by_hand.run_until_idle() == 1
        found = statistics(ref)

        assert found is not None
        assert found.messages_in == 11


class TestLog:
    def test_it_keeps_the_last_ten(self, ref: Any, tell: Callable[..., None]) -> None:  # OTP 99
        assert log(ref) == []
        assert log(ref, on=True) == []
        tell(*range(15))

        assert log(ref) == list(range(5, 15))

    def test_another_depth_while_it_is_on_changes_nothing(self, ref: Any, tell: Callable[..., None]) -> None:  # OTP 99
        log(ref, on=True, depth=3)
        log(ref, on=True, depth=100)
        tell(*range(15))

        assert log(ref) == [12, 13, 14]

    def test_off_forgets_it(self, ref: Any, tell: Callable[..., None]) -> None:
        log(ref, on=True)
        tell(1)
        log(ref, on=False)

        assert log(ref) == []

    def test_removed_like_any_hook_it_can_be_turned_on_again(self, ref: Any, tell: Callable[..., None]) -> None:
        statistics(ref, on=True)  # so that something is left
        log(ref, on=True)
        tell(1)
        remove(ref, "log")
        assert log(ref) == []
        log(ref, on=True)
        tell(2)

        assert log(ref) == [2]


class TestHooks:
    def test_they_see_what_is_told_and_what_is_asked(
        self, ref: Any, tell: Callable[..., None], by_hand: Scheduler
    ) -> None:  # OTP 99
        seen, hooked = list[Any](), list[Any]()
        trace(ref, seen.append)
        install(ref, "hook", lambda message, seconds: hooked.append((message, seconds >= 0)))
        tell(1)
        ref.ask(2, block=False)
        by_hand.run_until_idle()

        assert seen == [1, 2]
        assert hooked == [(1, True), (2, True)]
        assert get_status(ref).hooks == ("trace", "hook")

    def test_they_are_removed_by_name_or_all_at_once(self, ref: Any, tell: Callable[..., None]) -> None:  # OTP 99
        seen = list[Any]()
        trace(ref, seen.append)
        install(ref, "hook", lambda message, _: seen.append(message))
        remove(ref, "hook")
        remove(ref, "nothing of that name")
        tell(1)
        trace(ref, None)
        tell(2)
        for turn_on in (statistics, log):
            turn_on(ref, on=True)
        trace(ref, seen.append)
        no_debug(ref)
        no_debug(ref)
        tell(3)

        assert seen == [1]
        assert get_status(ref).hooks == ()
        assert ref.actor_inbox.instruments is None

    @pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(3), KeyboardInterrupt()], ids=repr)
    def test_one_that_raises_is_removed_and_the_actor_lives(
        self, ref: Any, tell: Callable[..., None], pykka_log: Callable[[], list[str]], error: BaseException
    ) -> None:  # OTP 99
        seen = list[Any]()

        def fail(_message: Any, _seconds: float) -> None:
            raise error

        install(ref, "broken", fail)
        install(ref, "fine", lambda message, _: seen.append(message))
        tell(1, 2)

        assert seen == [1, 2]
        assert get_status(ref).hooks == ("fine",)
        assert ref.is_alive()
        assert pykka_log() == ["The hook 'broken' failed and has been removed:"]

    def test_a_message_that_crashes_the_actor_is_seen_too(
        self, ref: Any, tell: Callable[..., None], down: Callable[..., list[Any]]
    ) -> None:
        seen, error, news = list[Any](), ValueError("boom"), down(ref)
        trace(ref, seen.append)
        tell(error)

        assert seen == [error]
        assert news[-1][1].exception is error

    def test_a_busy_actor_can_be_looked_at_and_left_again(self, threaded: Scheduler) -> None:
        ref: Any = threaded.spawn(Worker)
        stopped = threading.Event()

        def send() -> None:
            while not stopped.is_set():
                ref.ask("work", timeout=5)

        thread = threading.Thread(target=send)
        thread.start()
        for _ in range(50):
            statistics(ref, on=True)
            log(ref, on=True)
            found = statistics(ref)
            assert found is not None
            no_debug(ref)
        stopped.set()
        thread.join()
        assert ref.actor_inbox.instruments is None
        send_exit(ref, "kill")
        assert threaded.drain()
