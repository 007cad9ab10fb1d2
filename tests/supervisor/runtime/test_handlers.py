"""Actors with a table of handlers, by the type of the message."""

import logging
from typing import Any, ClassVar

import pytest

from supervisor import ScheduledActor, Scheduler, statistics


class Sorter(ScheduledActor):
    def __init__(self) -> None:
        super().__init__()
        self.seen = list[Any]()

    def _number(self, number: int) -> list[Any]:
        self.seen.append(number)
        if number < 0:
            raise ValueError(number)
        return self.seen

    handlers: ClassVar = {int: _number}


class Both(Sorter):
    def on_receive(self, message: Any) -> Any:
        return ("rest", message)


def test_what_is_told_goes_to_the_handler_of_its_type(threaded: Scheduler) -> None:
    ref = threaded.spawn(Sorter)
    for number in range(100):
        ref.tell(number)
    assert ref.ask(100) == list(range(101)), "what is asked goes there as well"


def test_on_receive_gets_the_rest(threaded: Scheduler) -> None:
    assert threaded.spawn(Both).ask("a word") == ("rest", "a word")


def test_a_message_that_nobody_handles_is_logged_and_the_actor_lives_on(
    by_hand: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    ref = by_hand.spawn(Sorter)
    with caplog.at_level(logging.WARNING):
        ref.tell("a word")
        by_hand.run_until_idle()
    assert "a word" in caplog.text
    assert ref.is_alive()


def test_a_handler_that_raises_ends_its_actor(by_hand: Scheduler) -> None:
    ref = by_hand.spawn(Sorter)
    ref.tell(-1)
    by_hand.run_until_idle()
    assert not ref.is_alive()


def test_a_handler_is_seen_by_whoever_looks_at_messages(by_hand: Scheduler) -> None:
    ref = by_hand.spawn(Sorter)
    intercepted = list[Any]()
    by_hand.interceptor = lambda _actor, message: intercepted.append(message)
    statistics(ref, on=True)
    ref.tell(1)
    ref.tell(2)
    by_hand.run_until_idle()

    counted = statistics(ref)
    assert intercepted == [1, 2]
    assert counted is not None
    assert counted.messages_in == 2


def test_who_begins_to_look_in_the_middle_of_a_turn_sees_the_rest_of_it(by_hand: Scheduler) -> None:
    """The request overtakes the mail, and from then on each message is seen."""
    seen = list[Any]()

    class Teller(ScheduledActor):
        def _number(self, number: int) -> None:
            if number == 1:
                by_hand.interceptor = lambda _actor, message: seen.append(message)
                self.actor_inbox.put_urgent("urgent")

        def on_receive(self, _message: Any) -> None:
            pass

        handlers: ClassVar = {int: _number}

    ref = by_hand.spawn(Teller)
    for number in (1, 2, 3):
        ref.tell(number)
    by_hand.run_until_idle()

    assert seen == [2, 3]
