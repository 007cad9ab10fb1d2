"""What is done later."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from supervisor.runtime.clock import MonotonicClock
from supervisor.runtime.timers import Timers
from supervisor.testing import FakeClock


@pytest.fixture
def running() -> Iterator[Timers]:
    timers = Timers(MonotonicClock(), threaded=True, name="timers")
    yield timers
    timers.close()


def test_nothing_is_done_before_its_time(clock: FakeClock) -> None:
    timers, done = Timers(clock, threaded=False, name="timers"), list[str]()
    timers.after(2.0, partial(done.append, "late"))
    timers.after(1.0, partial(done.append, "early"))
    clock.advance(0.9)
    timers.run_due()
    assert done == []
    clock.advance(0.1)
    timers.run_due()
    assert done == ["early"]
    clock.advance(5.0)
    timers.run_due()
    timers.run_due()

    assert done == ["early", "late"]


def test_what_is_cancelled_is_not_done(clock: FakeClock) -> None:
    timers, done = Timers(clock, threaded=False, name="timers"), list[str]()
    timers.after(1.0, partial(done.append, "it")).cancel()
    clock.advance(2.0)
    timers.run_due()

    assert done == []


def test_an_action_that_raises_holds_up_nobody(clock: FakeClock, pykka_log: Callable[[], list[str]]) -> None:
    timers, done = Timers(clock, threaded=False, name="timers"), list[str]()
    timers.after(1.0, lambda: 1 / 0)
    timers.after(1.0, partial(done.append, "it"))
    clock.advance(1.0)
    timers.run_due()

    assert done == ["it"]
    assert pykka_log() == ["A timer's action failed:"]


def test_a_thread_keeps_the_time_even_if_an_action_raises(running: Timers) -> None:
    done = threading.Event()
    running.after(0.0, lambda: 1 / 0)
    running.after(0.02, done.set)

    assert done.wait(5)


def test_an_earlier_entry_is_not_held_up_by_a_later_one(running: Timers) -> None:
    done = threading.Event()
    running.after(60.0, print)
    time.sleep(0.01)  # the thread sleeps for a minute now
    begun = time.monotonic()
    running.after(0.01, done.set)

    assert done.wait(5)
    assert 0.01 <= time.monotonic() - begun < 2


def test_there_is_no_thread_until_there_is_something_to_wait_for() -> None:
    before = threading.active_count()
    timers = Timers(MonotonicClock(), threaded=True, name="timers")
    assert threading.active_count() == before
    timers.after(60, print)
    assert threading.active_count() == before + 1
    timers.close()

    assert threading.active_count() == before


def test_once_closed_nothing_is_done_and_no_thread_begun() -> None:
    timers, done = Timers(MonotonicClock(), threaded=True, name="timers"), threading.Event()
    timers.close()
    before = threading.active_count()
    timers.after(0.0, done.set)

    assert threading.active_count() == before
    assert not done.wait(0.02)


def test_an_action_may_close_the_timers(running: Timers) -> None:
    done = threading.Event()

    def close() -> None:
        running.close()
        done.set()

    running.after(0.0, close)

    assert done.wait(5)


def test_a_moment_beyond_what_a_lock_can_wait_for_does_no_harm() -> None:
    done = threading.Event()
    timers = Timers(MonotonicClock(), threaded=True, name="timers")
    timers.after(1e12, lambda: None)
    timers.after(0.01, done.set)

    assert done.wait(5)
    timers.close()
