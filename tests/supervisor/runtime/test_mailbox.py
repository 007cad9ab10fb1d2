"""One actor's mail."""

import threading
import time
from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
from pykka._envelope import Envelope

from supervisor import ScheduledActor, Scheduler
from supervisor.runtime import mailbox as module
from supervisor.runtime.future import ScheduledFuture
from supervisor.runtime.mailbox import Mailbox, StopFlag


def at_once(*actions: Any) -> None:
    """Do all of them, each in a thread of its own."""
    ready = threading.Barrier(len(actions))

    def act(action: Any) -> None:
        ready.wait()
        action()

    threads = [threading.Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_was_told_is_kept_as_it_is(by_hand: Scheduler) -> None:
    mailbox = Mailbox(by_hand)
    mailbox.put(Envelope("told"))

    assert list(mailbox.messages) == ["told"]
    assert mailbox.get().message == "told"
    assert mailbox.empty()


def test_what_was_asked_keeps_its_envelope(by_hand: Scheduler) -> None:
    mailbox = Mailbox(by_hand)
    envelope = Envelope("asked", reply_to=ScheduledFuture())
    mailbox.put(envelope)

    assert len(mailbox) == 1
    assert mailbox.get() is envelope


def test_mail_puts_the_mailbox_into_the_run_queue_once(by_hand: Scheduler) -> None:
    mailbox = Mailbox(by_hand)
    for number in range(3):
        mailbox.put(Envelope(number))
    mailbox.put_urgent("now")

    assert list(by_hand.queue) == [mailbox]


def test_urgent_mail_overtakes_ordinary_mail(by_hand: Scheduler) -> None:
    class Reader(ScheduledActor):
        read: list[str]

        def on_receive(self, message: str) -> None:
            self.read.append(message)

    read = Reader.read = list[str]()
    ref = by_hand.spawn(Reader)
    ref.tell("first")
    ref.actor_inbox.put_urgent("urgent")  # type: ignore[attr-defined]
    ref.tell("second")
    by_hand.run_until_idle()
    ref.stop(block=False)
    by_hand.run_until_idle()

    assert read == ["urgent", "first", "second"]


def test_urgent_mail_of_two_threads_at_once_is_never_lost(by_hand: Scheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = Mailbox(by_hand)

    def slow_deque() -> Any:
        time.sleep(0.01)  # time enough for the others to look, too
        return deque()

    monkeypatch.setattr(module, "deque", slow_deque)
    at_once(*(lambda number=number: mailbox.put_urgent(number) for number in range(4)))

    assert sorted(mailbox.urgent or ()) == [0, 1, 2, 3]


class TestStopFlag:
    def test_it_is_lowered_until_it_is_set(self) -> None:
        flag = StopFlag()
        assert not flag.is_set()
        assert flag.wait(timeout=0) is False
        flag.set()

        assert flag.is_set()
        assert flag.wait() is True

    def test_it_can_be_cleared(self) -> None:
        flag = StopFlag()
        flag.set()
        flag.clear()

        assert flag.wait(timeout=0) is False

    def test_it_wakes_who_waits(self) -> None:
        flag, woken = StopFlag(), list[bool]()
        waiter = threading.Thread(target=lambda: woken.append(flag.wait(5)))
        waiter.start()
        while flag._waiting is None:
            time.sleep(0.001)
        flag.set()
        waiter.join()

        assert woken == [True]

    def test_it_wakes_all_who_began_to_wait_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def slow_event() -> threading.Event:
            time.sleep(0.01)  # time enough for the others to look, too
            return threading.Event()

        flag = StopFlag()
        monkeypatch.setattr(module, "threading", SimpleNamespace(Event=slow_event))
        setter = threading.Timer(0.1, flag.set)
        setter.start()
        begun = time.monotonic()
        at_once(*[lambda: flag.wait(2)] * 3)
        setter.join()

        assert time.monotonic() - begun < 1.5

    def test_it_can_be_printed(self) -> None:
        flag = StopFlag()
        assert repr(flag) == "<StopFlag: unset>"
        flag.set()

        assert repr(flag) == "<StopFlag: set>"


def test_what_is_posted_is_handled_in_order_and_to_the_dead_it_is_nothing(by_hand: Scheduler) -> None:
    heard = list[Any]()

    class Listener(ScheduledActor):
        def on_receive(self, message: Any) -> None:
            heard.append(message)

    ref: Any = by_hand.spawn(Listener)
    ref.actor_inbox.post(1)
    ref.tell(2)
    ref.actor_inbox.post(3)
    by_hand.run_until_idle()
    ref.stop(block=False)
    by_hand.run_until_idle()
    ref.actor_inbox.post("to nobody")

    by_hand.run_until_idle()
    assert heard == [1, 2, 3]
