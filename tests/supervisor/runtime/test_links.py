"""Two-way ties: who goes with whom, and for which reason."""

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pykka
import pytest

from supervisor import Exited, ScheduledActor, Scheduler, Supervisor, link, linked, stop, unlink
from supervisor import exit as send_exit
from supervisor.core.events import Stop
from supervisor.runtime import links as module


class Quiet(ScheduledActor):
    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message()
        if isinstance(message, BaseException):
            raise message
        return None


class Trapper(Quiet):
    trap_exit = True

    def __init__(self) -> None:
        super().__init__()
        self.heard = list[Any]()

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Exited):
            self.heard.append(message)
            return None
        return super().on_receive(message)


def heard(ref: Any) -> Any:
    return ref._actor_weakref().heard


@pytest.fixture
def spawn(by_hand: Scheduler) -> Iterator[Callable[..., Any]]:
    def start(actor_class: type[ScheduledActor] = Quiet) -> Any:
        ref = by_hand.spawn(actor_class)
        by_hand.run_until_idle()
        return ref

    yield start
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    by_hand.run_until_idle()
    assert module._links == {}, "links are left"


@pytest.mark.parametrize("first", [0, 1])
def test_either_end_takes_the_other_with_it_for_the_same_reason(
    by_hand: Scheduler, spawn: Callable[..., Any], down: Callable[..., list[Any]], first: int
) -> None:  # OTP 93, 94
    pair = spawn(), spawn()
    link(*pair)
    news = down(pair[1 - first])
    send_exit(pair[first], "enough")
    by_hand.run_until_idle()

    assert news[-1] == ("Down", "enough")


def test_a_crash_goes_along_a_chain(
    by_hand: Scheduler, spawn: Callable[..., Any], down: Callable[..., list[Any]]
) -> None:  # OTP 94
    chain = [spawn() for _ in range(5)]
    for one, other in pairwise(chain):
        link(one, other)
    news, error = down(chain[-1]), ValueError("boom")
    chain[0].tell(error)
    by_hand.run_until_idle()

    assert news[-1][1].exception is error
    assert not any(ref.is_alive() for ref in chain)


def test_a_normal_end_takes_nobody_with_it(by_hand: Scheduler, spawn: Callable[..., Any]) -> None:  # OTP 94
    one, other = spawn(), spawn()
    link(one, other)
    one.stop(block=False)
    by_hand.run_until_idle()

    assert other.is_alive()
    assert linked(other) == ()


@pytest.mark.parametrize("reason", ["normal", "shutdown", "enough"])
def test_who_traps_exits_gets_a_message_whatever_the_reason(
    by_hand: Scheduler, spawn: Callable[..., Any], reason: str
) -> None:  # OTP 94
    one, trapper = spawn(), spawn(Trapper)
    link(one, trapper)
    send_exit(one, reason)
    by_hand.run_until_idle()

    assert heard(trapper) == [Exited(one, reason)]


def test_a_kill_is_seen_as_killed_and_cannot_be_trapped(
    by_hand: Scheduler, spawn: Callable[..., Any], down: Callable[..., list[Any]]
) -> None:  # OTP 95
    trapper, other_trapper, plain = spawn(Trapper), spawn(Trapper), spawn()
    link(trapper, other_trapper)
    link(trapper, plain)
    news = down(trapper), down(plain)
    send_exit(trapper, "kill")
    by_hand.run_until_idle()

    assert [told[-1] for told in news] == [("Down", "killed")] * 2
    assert heard(other_trapper) == [Exited(trapper, "killed")]


def test_who_ends_itself_with_the_word_kill_can_be_trapped(
    by_hand: Scheduler, spawn: Callable[..., Any]
) -> None:  # OTP 95
    sup: Any = Supervisor.start([], scheduler=by_hand)
    trapper = spawn(Trapper)
    link(sup, trapper)
    spawn().tell(lambda: sup.ask(Stop("kill"), block=False))
    by_hand.run_until_idle()

    assert heard(trapper) == [Exited(sup, "kill")]


def test_there_is_one_link_a_pair(by_hand: Scheduler, spawn: Callable[..., Any]) -> None:  # OTP 93
    one, trapper = spawn(), spawn(Trapper)
    link(one, trapper)
    link(trapper, one)
    link(one, trapper)
    assert linked(one) == (trapper,)
    assert linked(trapper) == (one,)
    send_exit(one, "enough")
    by_hand.run_until_idle()

    assert heard(trapper) == [Exited(one, "enough")]


def test_one_unlink_is_enough_and_from_either_end(by_hand: Scheduler, spawn: Callable[..., Any]) -> None:  # OTP 93
    one, other = spawn(), spawn()
    link(one, other)
    link(one, other)
    unlink(other, one)
    unlink(one, other)
    send_exit(one, "enough")
    by_hand.run_until_idle()

    assert other.is_alive()


def test_a_link_can_be_made_anew(by_hand: Scheduler, spawn: Callable[..., Any]) -> None:
    one, trapper = spawn(), spawn(Trapper)
    for _ in range(3):
        link(one, trapper)
        unlink(one, trapper)
    link(one, trapper)
    send_exit(one, "enough")
    by_hand.run_until_idle()

    assert heard(trapper) == [Exited(one, "enough")]


def test_a_link_to_the_dead_is_noproc(
    by_hand: Scheduler, spawn: Callable[..., Any], down: Callable[..., list[Any]]
) -> None:  # OTP 93
    dead, trapper, plain = spawn(), spawn(Trapper), spawn()
    send_exit(dead, "kill")
    by_hand.run_until_idle()
    news = down(plain)
    link(dead, trapper)
    link(plain, dead)
    by_hand.run_until_idle()

    assert heard(trapper) == [Exited(dead, "noproc")]
    assert news[-1] == ("Down", "noproc")


def test_nobody_is_linked_to_itself(by_hand: Scheduler, spawn: Callable[..., Any]) -> None:
    one = spawn()
    link(one, one)

    assert linked(one) == ()


def test_inside_a_turn_it_is_the_actor_s_own_link(by_hand: Scheduler, spawn: Callable[..., Any]) -> None:
    one, other = spawn(), spawn()
    one.tell(lambda: link(other))
    by_hand.run_until_idle()
    assert linked(one) == (other,)
    one.tell(lambda: unlink(other))
    by_hand.run_until_idle()

    assert linked(one) == ()


@pytest.mark.parametrize("function", [link, unlink])
def test_outside_a_turn_both_have_to_be_named(spawn: Callable[..., Any], function: Any) -> None:
    with pytest.raises(TypeError, match="outside a turn"):
        function(spawn())


@pytest.mark.parametrize("first", [0, 1])
def test_who_cannot_be_watched_cannot_be_linked_not_even_by_one_end(
    by_hand: Scheduler, spawn: Callable[..., Any], first: int
) -> None:
    stranger, one = pykka.ThreadingActor.start(), spawn()
    pair = (stranger, one) if first else (one, stranger)
    for _ in range(2):
        with pytest.raises(TypeError, match="can't be watched"):
            link(*pair)
    assert linked(one) == ()
    send_exit(one, "enough")
    by_hand.run_until_idle()

    assert stranger.is_alive()
    stranger.stop()


def test_links_that_are_over_leave_nothing_behind(by_hand: Scheduler, spawn: Callable[..., Any]) -> None:
    hub = spawn(Trapper)
    before = hub.actor_inbox.watchers
    for _ in range(20):
        one = spawn()
        link(hub, one)
        send_exit(one, "kill")
        by_hand.run_until_idle()
    other = spawn()
    for _ in range(20):
        link(hub, other)
        unlink(hub, other)

    assert len(heard(hub)) == 20
    assert (hub.actor_inbox.watchers or []) == (before or [])
    assert not other.actor_inbox.watchers


def test_no_exit_is_told_twice_or_lost_however_threads_meet(threaded: Scheduler) -> None:
    hub: Any = threaded.spawn(Trapper)
    others = [threaded.spawn(Quiet) for _ in range(200)]

    def tie(half: list[Any]) -> None:
        for ref in half:
            link(hub, ref)

    def end(half: list[Any]) -> None:
        for ref in half:
            send_exit(ref, "enough")

    threads = [threading.Thread(target=tie, args=(others,)) for _ in range(2)]
    threads.append(threading.Thread(target=end, args=(others,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ref in others:
        assert ref.actor_stopped.wait(5)
    assert threaded.drain()

    told = [exited.ref for exited in heard(hub) if exited.reason == "enough"]
    assert len(told) == len(set(told))
    assert {exited.ref for exited in heard(hub)} == set(others)
    assert module._links == {}
    stop_all(threaded, hub)


def stop_all(scheduler: Scheduler, *refs: Any) -> None:
    for ref in refs:
        send_exit(ref, "kill")
    assert scheduler.drain()


def test_a_supervisor_that_is_linked_stops_its_children_first(threaded: Scheduler) -> None:
    sup: Any = Supervisor.start([], scheduler=threaded)
    one: Any = threaded.spawn(Quiet)
    link(sup, one)
    one.tell(ValueError("boom"))

    assert sup.actor_stopped.wait(5)
    with pytest.raises(pykka.ActorDeadError):
        stop(sup)
