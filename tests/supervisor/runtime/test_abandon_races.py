"""Actors are given up at any moment by anybody, hung or not: each dies once, and nothing else is lost."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import pykka
import pytest

from supervisor import ChildSpec, Crash, Directory, ScheduledActor, Scheduler, Supervisor, stop
from supervisor import exit as send_exit
from supervisor.core import instructions
from tests.supervisor.runtime.hangs import Hang, Hanger, wait_for

DEADLINE_SECONDS = 0.1


def run(jobs: Iterable[Callable[[], object]]) -> None:
    """Do all *jobs* at once; return when they are done."""
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def dawdle(journal: list[Any], number: int, loops: int) -> int:
    for _ in range(loops):
        pass
    journal.append(number)
    return number


def has_ended(news: list[Any]) -> bool:
    return bool(news) and news[-1][0] == "Down"


@pytest.mark.usefixtures("impatient")
class TestRaces:
    def test_a_turn_is_given_up_or_ends_by_itself(self, threaded: Scheduler, down: Callable[..., list[Any]]) -> None:
        """Each is given up at whatever moment it is found in a turn: before, between, in and after its messages."""
        ends = Counter[bool]()
        for number in range(3000):
            if number >= 300 and ends[True] and ends[False]:  # on a busy machine one of them may be rare
                break
            ref: Any = threaded.spawn(Hanger, journal := list[Any]())
            news = down(ref)
            futures = [ref.ask(partial(dawdle, journal, each, 1000 * (number % 8)), block=False) for each in range(3)]
            if number % 2:
                ref.stop(block=False)
            won = False
            while not (won or journal[-1:] == [2] or not ref.is_alive()):
                won = threaded.abandon(ref)
            if not won:
                send_exit(ref, "kill")
            wait_for(partial(has_ended, news))

            for each, future in enumerate(futures):  # answered by it, or for it
                with suppress(pykka.ActorDeadError):
                    assert future.get(timeout=5) == each
            assert Counter(what for what, _ in news)["Down"] == 1
            assert won == isinstance(news[-1][1], Crash)
            handled = [entry for entry in journal if isinstance(entry, int)]
            assert handled == list(range(len(handled)))
            assert journal.count("on_gone") == 1
            ends[won] += 1
        wait_for(lambda: threaded.lost_threads == 0)

        assert ends[True] > 0 < ends[False]
        assert threaded.drain()
        assert all(worker.is_alive() for worker in threaded._workers)

    def test_those_who_are_spared_lose_no_message_and_get_none_twice(self, threaded: Scheduler) -> None:
        journals = [list[Any]() for _ in range(8)]
        refs: list[Any] = [threaded.spawn(Hanger, journal) for journal in journals]
        done, victims = threading.Event(), list[Any]()

        def send() -> None:
            for number in range(1500):
                for ref in refs:
                    with suppress(pykka.ActorDeadError):
                        ref.tell(number)

        def give_up() -> None:
            chance = random.Random(1)  # noqa: S311 - to be the same each time
            while not done.is_set():
                victim = chance.choice(refs[4:])
                if victim.is_alive() and threaded.abandon(victim):
                    victims.append(victim)

        ending = threading.Thread(target=give_up)
        ending.start()
        run([send])
        done.set()
        ending.join()
        assert threaded.drain()
        wait_for(lambda: threaded.lost_threads == 0)

        assert journals[:4] == [list(range(1500))] * 4
        for ref, journal in zip(refs[4:], journals[4:], strict=True):
            numbers = [entry for entry in journal if isinstance(entry, int)]
            # The one that it has just taken is its last, and may have come after its mail was answered.
            assert numbers[:-1] == list(range(len(numbers) - 1))
            assert numbers == sorted(set(numbers))
            assert (ref in victims) is not ref.is_alive()
        assert threaded.messages_handled == sum(isinstance(entry, int) for journal in journals for entry in journal)
        for ref in refs:
            send_exit(ref, "kill")
        assert threaded.drain()

    def test_pausing_and_resuming_meanwhile_leaves_nobody_idle(self, threaded: Scheduler) -> None:
        done = threading.Event()

        def pause_and_resume() -> None:
            while not done.is_set():
                assert threaded.pause()
                threaded.resume()

        def give_up() -> None:
            for number in range(40):
                ref: Any = threaded.spawn(Hanger, journal := list[Any]())
                ref.tell(partial(dawdle, journal, number, 500))
                while not (journal or threaded.abandon(ref)):
                    pass
                send_exit(ref, "kill")
            done.set()

        run([pause_and_resume, give_up])
        assert threaded.drain()
        wait_for(lambda: threaded.lost_threads == 0)
        assert threaded.pause()

        assert len(threaded.parked) == len(threaded._workers)


class Member(ScheduledActor):
    """Goes by a name; hangs or answers."""

    def __init__(self, name: str, directory: Directory) -> None:
        super().__init__()
        self.name = name
        self.directory = directory

    def on_start(self) -> None:
        self.directory.register(self.name, self.actor_ref)

    def on_receive(self, message: Any) -> Any:
        return message() if callable(message) else (self.name, message)


@pytest.mark.parametrize("workers", [1, 4])
def test_a_supervised_child_that_hangs_is_found_fenced_named_and_replaced(workers: int) -> None:
    directory, reports, found, hangs = Directory(), list[Any](), list[Any](), [Hang() for _ in range(2 * workers)]

    def give_up(ref: pykka.ActorRef[Any], seconds: float) -> None:
        found.append((ref, seconds, scheduler.abandon(ref)))

    names = [f"hung {number}" for number in range(len(hangs))]
    scheduler = Scheduler(workers=workers, long_turn_seconds=DEADLINE_SECONDS, on_long_turn=give_up)
    top = Supervisor.start(
        [ChildSpec(name, (Member, (name, directory), {})) for name in (*names, "sibling")],
        max_restarts=100,
        scheduler=scheduler,
        reporter=lambda _label, report: reports.append(report),
    )
    sibling, first = directory.whereis("sibling"), [directory.whereis(name) for name in names]
    assert sibling is not None
    for ref, hang in zip(first, hangs, strict=True):
        assert ref is not None
        ref.tell(hang)
    # As many hang as there are workers, and then as many again.
    assert sibling.ask("well?", timeout=DEADLINE_SECONDS * 5 + 1) == ("sibling", "well?")
    wait_for(lambda: len(found) == len(hangs))
    wait_for(lambda: all(directory.whereis(name) not in (None, *first) for name in names))

    assert {ref for ref, _, _ in found} == set(first)
    assert all(seconds >= DEADLINE_SECONDS and done for _, seconds, done in found)
    deaths = [report for report in reports if isinstance(report, instructions.ChildTerminated)]
    assert [str(death.reason).split(":")[0] for death in deaths] == ["HungError"] * len(hangs)
    for name in names:
        ref = directory.whereis(name)
        assert ref is not None
        assert ref.ask("and you?", timeout=5) == (name, "and you?")
    second = [directory.whereis(name) for name in names]
    assert scheduler.lost_threads == len(hangs)

    for hang in hangs:
        hang.release.set()
    wait_for(lambda: scheduler.lost_threads == 0)
    assert scheduler.drain()
    assert [directory.whereis(name) for name in names] == second
    assert directory.whereis("sibling") is sibling
    assert len(found) == len(hangs) == len(deaths)
    stop(top)
    scheduler.close()
