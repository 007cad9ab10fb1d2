"""Sending: telling, asking, and what a turn must not wait for."""

from typing import Any

import pykka
import pytest

from supervisor import ScheduledActor, Scheduler, WouldBlockError
from supervisor import exit as send_exit


class Counter(ScheduledActor):
    count = 0

    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message()
        self.count += 1
        return self.count


class Unscheduled(pykka.ThreadingActor):
    pass


def test_what_is_told_in_order_is_handled_in_order(threaded: Scheduler) -> None:
    class Keeper(ScheduledActor):
        def __init__(self) -> None:
            super().__init__()
            self.kept = list[Any]()

        def on_receive(self, message: Any) -> Any:
            self.kept.append(message)
            return self.kept

    ref = threaded.spawn(Keeper)
    for number in range(1000):
        ref.tell(number)

    assert ref.ask("end") == [*range(1000), "end"]
    ref.stop()


def test_the_dead_are_not_told(by_hand: Scheduler) -> None:
    ref = by_hand.spawn(Counter)
    send_exit(ref, "kill")
    by_hand.run_until_idle()

    with pytest.raises(pykka.ActorDeadError, match="not found"):
        ref.tell("hello")


def test_the_dead_are_not_asked_either(by_hand: Scheduler) -> None:
    ref = by_hand.spawn(Counter)
    send_exit(ref, "kill")
    by_hand.run_until_idle()

    with pytest.raises(pykka.ActorDeadError, match="not found"):
        ref.ask("hello")
    assert ref.stop() is False


def test_who_asks_may_tire_of_waiting(by_hand: Scheduler) -> None:
    ref = by_hand.spawn(Counter)

    with pytest.raises(pykka.Timeout):
        ref.ask("hello", timeout=0.01)
    ref.stop(block=False)
    by_hand.run_until_idle()


def test_asking_and_waiting_inside_a_turn_is_refused_by_name_before_anything_is_sent(threaded: Scheduler) -> None:
    asker, asked = threaded.spawn(Counter), threaded.spawn(Counter)

    for wait in (lambda: asked.ask("hello"), lambda: asked.ask("hello", timeout=9)):
        with pytest.raises(WouldBlockError) as refused:
            asker.ask(wait)
        assert (refused.value.waiting, refused.value.awaited) == (str(asker), str(asked))
        assert str(asker) in str(refused.value)
        assert str(asked) in str(refused.value)

    assert asked.ask("hello") == 1
    asker.stop()
    asked.stop()


def test_an_actor_that_asks_itself_is_told_so(threaded: Scheduler) -> None:
    ref = threaded.spawn(Counter)

    with pytest.raises(WouldBlockError) as refused:
        ref.ask(lambda: ref.ask("hello"))
    assert refused.value.waiting == refused.value.awaited == str(ref)
    ref.stop()


def test_asking_the_dead_inside_a_turn_says_that_they_are_dead(threaded: Scheduler) -> None:
    ref, dead = threaded.spawn(Counter), threaded.spawn(Counter)
    dead.stop()

    with pytest.raises(pykka.ActorDeadError):
        ref.ask(lambda: dead.ask("hello"))
    ref.stop()


def test_asking_without_waiting_is_fine_inside_a_turn(threaded: Scheduler) -> None:
    asker, asked = threaded.spawn(Counter), threaded.spawn(Counter)
    answer = asker.ask(lambda: asked.ask("hello", block=False))

    assert answer.get(timeout=5) == 1
    asker.stop()
    asked.stop()


def test_a_future_says_whom_it_waits_for(by_hand: Scheduler) -> None:
    asker, asked = by_hand.spawn(Counter), by_hand.spawn(Counter)
    later = asked.ask("hello", block=False)
    refused = asker.ask(later.get, block=False)
    by_hand.run_until_idle()

    with pytest.raises(WouldBlockError, match="must not wait for Counter") as error:
        refused.get(timeout=0)
    assert error.value.awaited == str(asked)
    for ref in (asker, asked):
        ref.stop(block=False)
    by_hand.run_until_idle()


def test_an_exit_signal_needs_the_ref_of_an_actor() -> None:
    with pytest.raises(TypeError, match="ActorRef"):
        send_exit("somebody")  # type: ignore[arg-type]


def test_an_exit_signal_stops_an_actor_with_a_thread_of_its_own_too() -> None:
    ref = Unscheduled.start()
    send_exit(ref)

    assert ref.actor_stopped.wait(5)


def test_an_exit_signal_to_the_dead_is_nothing(by_hand: Scheduler) -> None:
    ref = by_hand.spawn(Counter)
    for _ in range(3):
        send_exit(ref)
        by_hand.run_until_idle()

    assert not ref.is_alive()
