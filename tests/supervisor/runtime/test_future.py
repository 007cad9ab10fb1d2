"""A future that refuses to make a worker wait."""

import threading
from typing import Any

import pykka
import pytest

from supervisor import ScheduledActor, Scheduler, WouldBlockError
from supervisor.runtime.future import ScheduledFuture, give


class Worker(ScheduledActor):
    """Does in its turn what it is told to do, and keeps what came of it."""

    done: Any = None

    def on_receive(self, message: Any) -> None:
        try:
            self.done = message()
        except WouldBlockError as error:
            self.done = error
        except pykka.Timeout as error:
            self.done = error


def in_a_turn(scheduler: Scheduler, action: Any) -> Any:
    ref = scheduler.spawn(Worker)
    worker: Any = ref._actor_weakref()
    ref.tell(action)
    scheduler.run_until_idle()
    ref.stop(block=False)
    scheduler.run_until_idle()
    return worker.done


def test_waiting_inside_a_turn_is_refused(by_hand: Scheduler) -> None:
    future = ScheduledFuture[int]()

    for wait in (future.get, lambda: future.get(timeout=5)):
        refused = in_a_turn(by_hand, wait)
        assert isinstance(refused, WouldBlockError)
        assert refused.waiting.startswith("Worker (urn:uuid:")
        assert refused.awaited is None


def test_waiting_for_what_is_made_of_a_future_is_refused_too(by_hand: Scheduler) -> None:
    future = ScheduledFuture[int]()

    assert isinstance(in_a_turn(by_hand, future.map(lambda value: value + 1).get), WouldBlockError)
    assert isinstance(in_a_turn(by_hand, future.join(ScheduledFuture()).get), WouldBlockError)


def test_an_answer_that_is_there_may_be_read_in_a_turn(by_hand: Scheduler) -> None:
    future = ScheduledFuture[int]()
    future.set(7)

    assert in_a_turn(by_hand, future.get) == 7
    assert in_a_turn(by_hand, future.map(lambda value: value + 1).get) == 8


def test_whether_there_is_an_answer_may_be_asked_in_a_turn(by_hand: Scheduler) -> None:
    assert isinstance(in_a_turn(by_hand, lambda: ScheduledFuture[int]().get(timeout=0)), pykka.Timeout)


def test_outside_a_turn_it_waits_like_any_other() -> None:
    future = ScheduledFuture[int]()
    answering = threading.Timer(0.02, future.set, args=(7,))
    answering.start()

    assert future.get(timeout=5) == 7
    answering.join()


def test_an_answer_given_twice_stays_as_it_was() -> None:
    future = ScheduledFuture[int]()
    give(future, 1)
    give(future, 2)
    give(future, ValueError("late"))

    assert future.get() == 1


def test_an_exception_given_is_raised_where_it_was_asked() -> None:
    future = ScheduledFuture[int]()
    give(future, ValueError("boom"))

    with pytest.raises(ValueError, match="boom"):
        future.get()
