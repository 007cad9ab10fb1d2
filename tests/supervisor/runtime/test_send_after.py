"""Messages that are sent later."""

import math
from collections.abc import Iterator
from threading import TIMEOUT_MAX
from typing import Any

import pykka
import pytest

from supervisor import ScheduledActor, Scheduler, send_after
from supervisor import exit as send_exit
from supervisor.testing import FakeClock


class Listener(ScheduledActor):
    def __init__(self) -> None:
        super().__init__()
        self.heard = list[Any]()

    def on_receive(self, message: Any) -> Any:
        self.heard.append(message)
        return self.heard


@pytest.fixture
def listener(by_hand: Scheduler) -> Iterator[Any]:
    ref = by_hand.spawn(Listener)
    by_hand.run_until_idle()
    yield ref
    send_exit(ref, "kill")
    by_hand.run_until_idle()


def heard(ref: Any) -> Any:
    return ref._actor_weakref().heard


def test_it_comes_when_it_is_time_and_in_order(by_hand: Scheduler, clock: FakeClock, listener: Any) -> None:
    for seconds in (2, 1, 1, 0):
        send_after(listener, seconds, seconds)
    seen = list[Any]()
    for _ in range(3):
        by_hand.run_until_idle()
        seen.append(list(heard(listener)))
        clock.advance(1)

    assert seen == [[0], [0, 1, 1], [0, 1, 1, 2]]


def test_what_is_cancelled_does_not_come(by_hand: Scheduler, clock: FakeClock, listener: Any) -> None:
    entry = send_after(listener, 1, "cancelled")
    send_after(listener, 1, "sent")
    entry.cancel()
    clock.advance(1)
    by_hand.run_until_idle()
    entry.cancel()

    assert heard(listener) == ["sent"]


def test_the_dead_are_not_told_and_nobody_minds(by_hand: Scheduler, clock: FakeClock, listener: Any) -> None:
    send_after(listener, 1, "too late")
    send_exit(listener, "kill")
    by_hand.run_until_idle()
    clock.advance(1)
    by_hand.run_until_idle()

    assert not listener.is_alive()


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan, math.inf, TIMEOUT_MAX * 2])
def test_a_time_that_nobody_can_wait_for_is_refused(listener: Any, seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds must be"):
        send_after(listener, seconds, "never")


def test_it_needs_nobody_s_turn_with_workers(threaded: Scheduler) -> None:
    ref: Any = threaded.spawn(Listener)
    send_after(ref, TIMEOUT_MAX / 2, "in the far future")
    send_after(ref, 0.01, "soon")
    for _ in range(500):
        if ref.ask("look", timeout=5).count("soon"):
            break
    ref.stop()
    assert not ref.is_alive()


def test_a_thread_s_actor_can_be_told_later_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Threaded(pykka.ThreadingActor):
        def __init__(self, future: Any) -> None:
            super().__init__()
            self.future = future

        def on_receive(self, message: Any) -> None:
            self.future.set(message)

    with Scheduler() as scheduler:
        monkeypatch.setattr(Scheduler, "_default", scheduler)
        future = pykka.ThreadingFuture[Any]()
        ref = Threaded.start(future)
        send_after(ref, 0.001, "hello")

        assert future.get(timeout=5) == "hello"
        ref.stop()
