"""One-way death watch: exactly one notice for each."""

from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import Down, ScheduledActor, Scheduler, demonitor, monitor
from supervisor import exit as send_exit
from supervisor.runtime import monitors as module


class Listener(ScheduledActor):
    def __init__(self) -> None:
        super().__init__()
        self.heard = list[Any]()

    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message()
        self.heard.append(message)
        return None


def heard(ref: Any) -> Any:
    return ref._actor_weakref().heard


@pytest.fixture
def spawn(by_hand: Scheduler) -> Iterator[Callable[[], Any]]:
    def start() -> Any:
        ref = by_hand.spawn(Listener)
        by_hand.run_until_idle()
        return ref

    yield start
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    by_hand.run_until_idle()


@pytest.mark.parametrize(("reason", "seen"), [("normal", "normal"), ("enough", "enough"), ("kill", "killed")])
def test_an_end_for_any_reason_is_told_once_and_touches_nobody(
    by_hand: Scheduler, spawn: Callable[[], Any], reason: str, seen: str
) -> None:  # OTP 92, 95
    one, watcher = spawn(), spawn()
    monitor(one, watcher)
    send_exit(one, reason)
    by_hand.run_until_idle()

    assert heard(watcher) == [Down(one, seen)]
    assert watcher.is_alive()


def test_it_is_one_way(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:  # OTP 92
    one, watcher = spawn(), spawn()
    monitor(one, watcher)
    send_exit(watcher, "enough")
    by_hand.run_until_idle()
    assert one.is_alive()
    send_exit(one, "enough")  # there is nobody left to tell
    by_hand.run_until_idle()

    assert not one.is_alive()


def test_each_is_independent_of_the_others(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:  # OTP 92
    one, watcher = spawn(), spawn()
    monitors = [monitor(one, watcher) for _ in range(3)]
    demonitor(monitors[1])
    send_exit(one, "enough")
    by_hand.run_until_idle()

    assert heard(watcher) == [Down(one, "enough")] * 2


def test_the_dead_give_their_notice_at_once(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:  # OTP 92
    one, watcher = spawn(), spawn()
    send_exit(one, "kill")
    by_hand.run_until_idle()
    monitor(one, watcher)
    by_hand.run_until_idle()

    assert heard(watcher) == [Down(one, "noproc")]


def test_a_notice_that_waits_is_taken_out_again(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:  # OTP 92
    one, watcher = spawn(), spawn()
    send_exit(one, "kill")
    by_hand.run_until_idle()
    flushed, kept = monitor(one, watcher), monitor(one, watcher)
    watcher.tell("after")
    demonitor(flushed)
    demonitor(flushed)
    by_hand.run_until_idle()

    assert heard(watcher) == [Down(one, "noproc"), "after"]
    demonitor(kept)  # too late, and no error


def test_what_waits_before_a_notice_does_not_keep_it_in(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError("neither yes nor no")  # as an array says

        __hash__ = None  # type: ignore[assignment]

    one, watcher, odd = spawn(), spawn(), Odd()
    unwanted = monitor(one, watcher)
    send_exit(one, "enough")
    watcher.tell(lambda: demonitor(unwanted))
    watcher.tell(odd)
    by_hand.run_until_idle()

    assert [message is odd for message in heard(watcher)] == [True]


def test_who_is_done_with_one_notice_does_not_lose_another(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:
    one, watcher = spawn(), spawn()
    handled, _waiting = monitor(one, watcher), monitor(one, watcher)
    send_exit(one, "enough")
    by_hand.run_one_turn()
    watcher.actor_inbox.messages.insert(1, lambda: demonitor(handled))
    by_hand.run_until_idle()

    assert heard(watcher) == [Down(one, "enough")] * 2


def test_monitors_that_are_over_leave_nothing_behind(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:
    one, watcher = spawn(), spawn()
    for _ in range(20):
        demonitor(monitor(one, watcher))

    assert not one.actor_inbox.watchers


def test_a_notice_on_its_way_does_not_come_after_demonitor_has_returned(
    by_hand: Scheduler, spawn: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, watcher = spawn(), spawn()
    watch_over = monitor(one, watcher)
    demonitor(watch_over)
    watch_over.hear(Down(one, "boom"))  # as by a thread that had taken the list of watchers before
    by_hand.run_until_idle()

    assert heard(watcher) == []
    assert not module._lock.locked()


def test_inside_a_turn_the_actor_itself_is_told(by_hand: Scheduler, spawn: Callable[[], Any]) -> None:
    one, watcher = spawn(), spawn()
    watcher.tell(lambda: monitor(one))
    by_hand.run_until_idle()
    send_exit(one, "enough")
    by_hand.run_until_idle()

    assert heard(watcher) == [Down(one, "enough")]


def test_outside_a_turn_the_watcher_has_to_be_named(spawn: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="outside a turn"):
        monitor(spawn())


def test_a_thread_s_actor_that_nobody_started_to_be_watched_is_refused(spawn: Callable[[], Any]) -> None:
    stranger = pykka.ThreadingActor.start()
    with pytest.raises(TypeError, match="can't be watched"):
        monitor(stranger, spawn())
    stranger.stop()


def test_every_notice_comes_once_however_threads_meet(threaded: Scheduler) -> None:  # OTP 92
    watcher: Any = threaded.spawn(Listener)
    refs = [threaded.spawn(Listener) for _ in range(300)]
    for ref in refs:
        send_exit(ref, "enough")
        monitor(ref, watcher)
    assert threaded.drain()

    assert sorted(down.ref.actor_urn for down in heard(watcher)) == sorted(ref.actor_urn for ref in refs)
    assert {down.reason for down in heard(watcher)} <= {"enough", "noproc"}
    send_exit(watcher, "kill")
    assert threaded.drain()
