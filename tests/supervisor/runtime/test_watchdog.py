"""Turns that take too long are found while they last, and others are not."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from supervisor import ScheduledActor, Scheduler, suspend
from supervisor import exit as send_exit
from supervisor.runtime.watchdog import Watchdog, log_long_turn
from supervisor.testing import FakeClock


class Worker(ScheduledActor):
    def on_receive(self, message: Any) -> Any:
        return message() if callable(message) else message


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.001)


class Kennel:
    """A watchdog that looks when it is told to."""

    def __init__(self, clock: FakeClock, tell: Callable[..., object] | None = None) -> None:
        self.clock = clock
        self.told = list[tuple[Any, float]]()
        self.worker: Any = SimpleNamespace(slot=SimpleNamespace(mailbox=None), handled=0)
        self.dog = Watchdog([], 1.0, tell or (lambda *news: self.told.append(news)), clock, "watchdog")
        self.dog.close()

    def look(self, who: Any, seconds: float) -> None:
        """Look after *seconds*, in which *who* has been at it."""
        self.clock.advance(seconds)
        self.worker.slot.mailbox = who
        self.dog._look(0, self.worker)


def actor(name: str) -> Any:
    return SimpleNamespace(actor=SimpleNamespace(actor_ref=name), signals=0)


def test_a_long_turn_is_told_once_while_it_lasts(clock: FakeClock) -> None:
    kennel, busy = Kennel(clock), actor("busy")
    for seconds in (0, 0.5, 0.5, 0.5, 5):
        kennel.look(busy, seconds)

    assert kennel.told == [("busy", 1.0)]


def test_the_next_one_is_told_again(clock: FakeClock) -> None:
    kennel, busy = Kennel(clock), actor("busy")
    for _ in range(2):
        kennel.look(busy, 0)
        kennel.look(busy, 1.5)
        kennel.worker.handled += 1

    assert kennel.told == [("busy", 1.5)] * 2


def test_many_short_turns_are_not_a_long_one(clock: FakeClock) -> None:
    kennel, one, other = Kennel(clock), actor("one"), actor("other")
    for who in (one, other, one, None, one, None):
        kennel.look(who, 0.9)
    for _ in range(5):
        kennel.look(one, 0.9)
        kennel.worker.handled += 1

    assert kennel.told == []


@pytest.mark.parametrize("progress", ["messages", "signals"])
def test_a_long_turn_of_many_messages_is_none(clock: FakeClock, progress: str) -> None:
    kennel, busy = Kennel(clock), actor("busy")
    for _ in range(20):
        if progress == "messages":
            kennel.worker.handled += 1
        else:
            busy.signals += 1
        kennel.look(busy, 0.9)
    assert kennel.told == []
    kennel.look(busy, 1.0)

    assert kennel.told == [("busy", 1.0)]


def test_it_knows_how_long_one_has_been_stuck(clock: FakeClock) -> None:
    kennel, busy = Kennel(clock), actor("busy")
    kennel.dog._workers = [kennel.worker]
    found = [kennel.dog.stuck_seconds(0)]
    for seconds in (0, 0.4, 2.0):
        kennel.look(busy, seconds)
        found.append(kennel.dog.stuck_seconds(0))
    kennel.worker.handled += 1
    found.append(kennel.dog.stuck_seconds(0))
    kennel.look(None, 0)
    found.append(kennel.dog.stuck_seconds(0))

    assert found == [None, 0, pytest.approx(0.4), pytest.approx(2.4), None, None]


@pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(3)], ids=repr)
def test_a_report_that_fails_is_logged_and_looking_goes_on(
    clock: FakeClock, pykka_log: Callable[[], list[str]], error: BaseException
) -> None:
    def fail(*_: Any) -> None:
        raise error

    kennel = Kennel(clock, fail)
    for name in ("one", "two"):
        busy = actor(name)
        kennel.look(busy, 0)
        kennel.look(busy, 2)

    assert pykka_log() == ["The report of a long turn failed:"] * 2


def test_by_default_it_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    ref: Any = "Busy (urn)"
    log_long_turn(ref, 1.23456)

    assert caplog.messages == ["A turn of Busy (urn) has taken 1.235 s so far: others wait for its worker"]


def test_on_real_threads_it_is_told_with_its_actor() -> None:
    told, gate = list[tuple[Any, float]](), threading.Event()
    with Scheduler(workers=2, long_turn_seconds=0.02, on_long_turn=lambda *news: told.append(news)) as scheduler:
        quick: list[Any] = [scheduler.spawn(Worker) for _ in range(20)]
        busy: Any = scheduler.spawn(Worker)
        busy.tell(lambda: gate.wait(5))
        for _ in range(20):
            for ref in quick:
                ref.tell("hello")
            time.sleep(0.003)
        wait_for(lambda: told)
        time.sleep(0.03)
        gate.set()
        for ref in (*quick, busy):
            send_exit(ref, "kill")
        assert scheduler.drain()

    assert [ref for ref, _ in told] == [busy]
    assert told[0][1] >= 0.02


def test_one_that_handles_message_after_message_hangs_in_none() -> None:
    """Each takes a twentieth of what is too long, a turn of 64 three times that; the mailbox looks the same."""
    told = list[Any]()

    class Tireless(ScheduledActor):
        def on_receive(self, message: Any) -> None:
            self.actor_ref.tell(message)
            time.sleep(0.005)

    with Scheduler(workers=1, long_turn_seconds=0.1, on_long_turn=lambda *news: told.append(news)) as scheduler:
        ref: Any = scheduler.spawn(Tireless)
        ref.tell("again")
        time.sleep(0.4)
        send_exit(ref, "kill")
        assert ref.actor_stopped.wait(5)

    assert told == []


def test_one_that_is_suspended_and_gets_mail_all_the_time_hangs_in_none() -> None:
    told = list[Any]()
    with Scheduler(workers=1, long_turn_seconds=0.02, on_long_turn=lambda *news: told.append(news)) as scheduler:
        ref: Any = scheduler.spawn(Worker)
        suspend(ref)
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            ref.tell("hello")
        before = tuple(told)  # to answer all that mail takes a while
        send_exit(ref, "kill")
        assert scheduler.drain()

    assert before == ()


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_turn_cannot_be_too_long_from_the_start(seconds: float) -> None:
    with pytest.raises(ValueError, match="long_turn_seconds"):
        Scheduler(workers=1, long_turn_seconds=seconds)


def test_it_ends_with_its_scheduler_even_from_its_own_report() -> None:
    gate = threading.Event()

    def end(*_: Any) -> None:
        gate.set()
        scheduler.close()

    scheduler = Scheduler(long_turn_seconds=0.01, on_long_turn=end)
    ref: Any = scheduler.spawn(Worker)
    ref.tell(lambda: gate.wait(5))

    assert gate.wait(5)
    wait_for(lambda: not ref.is_alive())
