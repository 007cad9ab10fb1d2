"""A tree of a hundred workers under load, crashed and killed two thousand times: a hundred workers are left."""

import random
import threading
import time
from contextlib import suppress
from typing import Any

import pykka
import pytest

from supervisor import ChildSpec, Directory, ScheduledActor, Scheduler, Supervisor, count_children, stop, which_children
from supervisor import exit as send_exit
from supervisor.core import instructions

CRASHES = 2000
LIMITS = {"max_restarts": 1_000_000, "max_seconds": 5}


class Worker(ScheduledActor):
    """Holds a name, passes messages on, and raises what it is told to raise."""

    def __init__(self, name: int, directory: Directory) -> None:
        super().__init__()
        self.name = name
        self.directory = directory

    def on_start(self) -> None:
        self.directory.register(self.name, self.actor_ref)

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        if isinstance(message, int) and message > 0:
            neighbour = self.directory.whereis((self.name + 7) % 100)
            if neighbour is not None:
                with suppress(pykka.ActorDeadError):
                    neighbour.tell(message - 1)
        return self.name


def tree(directory: Directory, hear: Any) -> list[ChildSpec]:
    """A hundred workers, ten a supervisor, five supervisors to each of two above them."""
    limits = {**LIMITS, "reporter": hear}

    def workers(tens: int) -> ChildSpec:
        children = [ChildSpec(name, (Worker, (name, directory), {})) for name in range(tens * 10, tens * 10 + 10)]
        strategy = ("one_for_one", "rest_for_one", "one_for_all")[tens % 3] if tens else "one_for_one"
        return ChildSpec(tens, (Supervisor, (children,), {"strategy": strategy, **limits}), type="supervisor")

    return [
        ChildSpec(half, (Supervisor, ([workers(half * 5 + i) for i in range(5)],), limits), type="supervisor")
        for half in range(2)
    ]


def crash(chance: random.Random, directory: Directory) -> None:
    """End somebody, if somebody is there."""
    ref = directory.whereis(chance.randrange(100))
    if ref is None:
        return
    with suppress(pykka.ActorDeadError):
        match chance.randrange(5):
            case 0 | 1:
                ref.tell(ValueError("boom"))
            case 2:
                send_exit(ref, "kill")
            case 3:
                ref.tell(SystemExit())
            case 4:
                ref.ask(KeyboardInterrupt(), block=False)


def load(directory: Directory, done: threading.Event) -> None:
    """Have everybody answer, one after the other, until it is *done*."""
    number = 0
    while not done.is_set():
        ref = directory.whereis(number % 100)
        number += 1
        if ref is not None:
            with suppress(pykka.ActorDeadError):
                ref.ask(20, timeout=5)


def living(top: Any) -> int:
    """How many workers are alive; the supervisors answer once they have dealt with what they know."""
    return sum(
        count_children(tens.process).active for half in which_children(top) for tens in which_children(half.process)
    )


class Tally:
    """Counts the deaths that supervisors report, and keeps what they should not have to report."""

    def __init__(self) -> None:
        self.deaths = 0
        self.wrong: list[Any] = []

    def __call__(self, _supervisor: str, fact: Any) -> None:
        if isinstance(fact, instructions.ChildTerminated):
            self.deaths += 1  # two supervisors at once may count one less
        elif not isinstance(fact, instructions.ChildStarted | instructions.ShutdownFailed):
            self.wrong.append(fact)


@pytest.mark.parametrize("workers", [1, 4])
def test_a_tree_outlives_two_thousand_random_crashes(workers: int) -> None:
    directory, tally, done = Directory(), Tally(), threading.Event()
    chance = random.Random(workers)  # noqa: S311 - chance, not secrecy
    before = threading.active_count()
    with Scheduler(workers=workers) as scheduler:
        top = Supervisor.start(tree(directory, tally), scheduler=scheduler, **LIMITS)  # type: ignore[arg-type]
        assert living(top) == 100
        loaders = [threading.Thread(target=load, args=(directory, done)) for _ in range(2)]
        for loader in loaders:
            loader.start()
        while tally.deaths < CRASHES:
            crash(chance, directory)
            if chance.random() < 0.05:
                time.sleep(0.001)
        done.set()
        for loader in loaders:
            loader.join()

        end = time.monotonic() + 10
        while (living(top) != 100 or len(directory.names()) != 100) and time.monotonic() < end:
            time.sleep(0.01)
        assert living(top) == 100
        assert len(directory.names()) == 100
        assert len(pykka.ActorRegistry.get_by_class(Worker)) == 100
        stop(top)

        assert tally.wrong == []
        assert pykka.ActorRegistry.get_all() == []
    assert threading.active_count() == before
