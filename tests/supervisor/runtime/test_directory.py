"""Names that survive a restart."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import AlreadyStarted, ChildSpec, Directory, ScheduledActor, Scheduler, Supervisor, stop
from supervisor import exit as send_exit
from supervisor.runtime.watch import watch


class Quiet(ScheduledActor):
    pass


@pytest.fixture
def spawn(by_hand: Scheduler) -> Iterator[Callable[[], pykka.ActorRef[Quiet]]]:
    refs: list[pykka.ActorRef[Quiet]] = []

    def start() -> pykka.ActorRef[Quiet]:
        refs.append(by_hand.spawn(Quiet))
        return refs[-1]

    yield start
    for ref in refs:
        send_exit(ref, "kill")
    by_hand.run_until_idle()


def test_a_name_leads_to_who_registered_it(spawn: Callable[[], pykka.ActorRef[Quiet]]) -> None:
    directory, ref = Directory(), spawn()
    assert directory.whereis("it") is None
    directory.register("it", ref)

    assert directory.whereis("it") is ref


def test_a_name_that_a_living_actor_holds_is_taken(spawn: Callable[[], pykka.ActorRef[Quiet]]) -> None:  # OTP 18
    directory, holder = Directory(), spawn()
    directory.register("it", holder)

    with pytest.raises(AlreadyStarted) as refused:
        directory.register("it", spawn())
    assert refused.value.name == "it"
    directory.register("it", holder)
    assert directory.whereis("it") is holder


def test_the_name_of_a_dead_actor_is_free(by_hand: Scheduler, spawn: Callable[[], pykka.ActorRef[Quiet]]) -> None:
    directory, holder, successor = Directory(), spawn(), spawn()
    directory.register("it", holder)
    send_exit(holder, "kill")
    by_hand.run_until_idle()

    assert directory.whereis("it") is None
    assert directory.names() == ()
    directory.register("it", successor)
    assert directory.whereis("it") is successor


def test_names_come_in_the_order_they_were_first_taken(spawn: Callable[[], pykka.ActorRef[Quiet]]) -> None:
    directory = Directory()
    for name in ("b", "a", "c"):
        directory.register(name, spawn())
    directory.unregister("a")

    assert directory.names() == ("b", "c")


def test_the_version_moves_with_every_change(spawn: Callable[[], pykka.ActorRef[Quiet]]) -> None:
    directory = Directory()
    directory.unregister("nobody")
    assert directory.version == 0
    directory.register("it", spawn())
    assert directory.version == 1
    directory.unregister("it")

    assert directory.version == 2
    assert directory.whereis("it") is None


def test_a_name_is_free_before_anyone_hears_of_the_death(by_hand: Scheduler) -> None:  # OTP 66
    directory, seen = Directory(), list[Any]()
    ref = by_hand.spawn(Quiet)
    directory.register("it", ref)
    by_hand.run_until_idle()
    watch(ref, lambda _: seen.append((directory.whereis("it"), ref in pykka.ActorRegistry.get_all())))
    send_exit(ref, "kill")
    by_hand.run_until_idle()

    assert seen == [(ref, True), (None, False)]


def test_two_hundred_kills_are_two_hundred_clean_restarts_under_one_name(threaded: Scheduler) -> None:  # OTP 66
    directory = Directory()
    up = threading.Semaphore(0)

    class Named(ScheduledActor):
        def on_start(self) -> None:
            directory.register("it", self.actor_ref)  # raises if its predecessor still holds the name
            up.release()

    failures = list[Any]()

    def hear(_name: str, report: Any) -> None:
        if type(report).__name__ in {"StartFailed", "GaveUp"}:
            failures.append(report)

    sup = Supervisor.start([ChildSpec("it", (Named, (), {}))], max_restarts=1000, scheduler=threaded, reporter=hear)
    seen = set[str]()
    for _ in range(200):
        assert up.acquire(timeout=5)
        ref = directory.whereis("it")
        assert ref is not None
        seen.add(ref.actor_urn)
        send_exit(ref, "kill")
    assert up.acquire(timeout=5)
    stop(sup)

    assert failures == []
    assert len(seen) == 200


def test_of_many_threads_that_want_a_name_one_gets_it(spawn: Callable[[], pykka.ActorRef[Quiet]]) -> None:
    directory = Directory()
    refs = [spawn() for _ in range(8)]
    refused = list[str]()

    def take(ref: pykka.ActorRef[Quiet]) -> None:
        try:
            directory.register("it", ref)
        except AlreadyStarted:
            refused.append(ref.actor_urn)

    threads = [threading.Thread(target=take, args=(ref,)) for ref in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 7
