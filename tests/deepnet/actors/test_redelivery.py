"""What is put into a mailbox again is known when it comes, and counts only while its try lasts."""

from collections.abc import Iterator
from typing import Any

import pytest

from deepnet.actors.courier import Courier
from deepnet.actors.messages import Learnt
from deepnet.actors.redelivery import Arrival, Redelivery
from supervisor import Mailbox, ScheduledActor, Scheduler
from supervisor import exit as send_exit
from supervisor.testing import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def mailbox(clock: FakeClock) -> Iterator[Mailbox]:
    """Of an actor that takes no turn, so that what is put in stays there."""
    scheduler = Scheduler(workers=0, clock=clock)
    inbox: Any = scheduler.spawn(ScheduledActor).actor_inbox
    yield inbox
    inbox.messages.clear()
    scheduler.close()


@pytest.fixture
def courier(mailbox: Mailbox) -> Courier:
    return Courier(mailbox.scheduler, ("dense_0",))


@pytest.fixture
def redelivery(courier: Courier) -> Redelivery:
    redelivery = Redelivery(courier)
    redelivery.begin_try(3, 1)
    return redelivery


def test_a_message_is_fresh_if_its_try_is_the_present_one(redelivery: Redelivery, mailbox: Mailbox) -> None:
    looks = [redelivery.look_at(mailbox, Learnt(*numbers)) for numbers in ((3, 1), (3, 2), (2, 1))]
    redelivery.end_try()

    assert looks == [Arrival.FRESH, Arrival.STRAY, Arrival.STRAY]
    assert redelivery.look_at(mailbox, Learnt(3, 1)) is Arrival.STRAY


def test_a_copy_comes_behind_what_waits_and_is_known_once(redelivery: Redelivery, mailbox: Mailbox) -> None:
    first, other = Learnt(3, 1), Learnt(3, 1)
    mailbox.post(other)
    redelivery.repeat(mailbox, first)

    assert list(mailbox.messages) == [other, first]
    looks = [redelivery.look_at(mailbox, message) for message in (other, first, first)]
    assert looks == [Arrival.FRESH, Arrival.AGAIN, Arrival.FRESH]


def test_what_is_delayed_is_held_until_it_is_due(
    redelivery: Redelivery, courier: Courier, mailbox: Mailbox, clock: FakeClock
) -> None:
    message = Learnt(3, 1)
    redelivery.delay(mailbox, message, 2.0)
    seen = []
    for seconds in (1.9, 0.2):
        clock.advance(seconds)
        mailbox.scheduler.timers.run_due()
        seen.append((list(mailbox.messages), courier._held))

    assert seen == [([], 1), ([message], 0)]
    assert redelivery.look_at(mailbox, message) is Arrival.AGAIN


def test_what_is_handed_over_early_does_not_come_again_when_it_is_due(
    redelivery: Redelivery, mailbox: Mailbox, clock: FakeClock
) -> None:
    messages = [Learnt(3, 1), Learnt(3, 1)]
    for message in messages:
        redelivery.delay(mailbox, message, 2.0)
    handed = redelivery.hand_over(), redelivery.hand_over()
    clock.advance(3)
    mailbox.scheduler.timers.run_due()

    assert handed == (2, 0)
    assert list(mailbox.messages) == messages


@pytest.mark.parametrize("again", [(3, 2), (3, 1)])
def test_what_comes_when_its_try_is_over_is_too_late_whatever_its_numbers(
    redelivery: Redelivery, mailbox: Mailbox, again: tuple[int, int]
) -> None:
    ended, followed = Learnt(3, 1), Learnt(3, 1)
    for message in (ended, followed):
        redelivery.repeat(mailbox, message)
    redelivery.end_try()
    looks = [redelivery.look_at(mailbox, ended)]
    redelivery.begin_try(*again)
    looks.append(redelivery.look_at(mailbox, followed))

    assert looks == [Arrival.TOO_LATE, Arrival.TOO_LATE]


def test_the_dead_get_nothing_and_nothing_is_kept_for_them(
    redelivery: Redelivery, courier: Courier, mailbox: Mailbox
) -> None:
    redelivery.repeat(mailbox, Learnt(3, 1))
    redelivery.delay(mailbox, Learnt(3, 1), 1.0)
    assert mailbox.actor is not None
    send_exit(mailbox.actor.actor_ref, "kill")
    mailbox.scheduler.run_until_idle()
    redelivery.hand_over()
    redelivery.begin_try(3, 2)

    assert (len(mailbox), courier._held) == (0, 0)
    assert not redelivery._marks


def test_what_is_forgotten_is_fresh_again(redelivery: Redelivery, mailbox: Mailbox) -> None:
    message = Learnt(3, 1)
    redelivery.repeat(mailbox, message)
    redelivery.forget()
    redelivery.begin_try(3, 1)

    assert redelivery.look_at(mailbox, message) is Arrival.FRESH
