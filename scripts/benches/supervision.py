"""What supervision costs: many children started and stopped, a crash healed, and nothing left behind.

Run it with scripts/bench supervision [--json].
"""

import gc
import random
import statistics
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pykka
from benches.measure import Report

from supervisor import ChildSpec, ScheduledActor, Scheduler, Supervisor, count_children, stop, which_children
from supervisor import exit as send_exit
from supervisor.core.instructions import ChildStarted

MANY = 100_000
CHILDREN = 1_000
CRASHES = 2_000
KILLS = 10_000


class Worker(ScheduledActor):
    """Crashes when it is told to."""

    def on_receive(self, message: Any) -> None:
        if message == "crash":
            raise RuntimeError("asked to")


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def specs(count: int) -> list[ChildSpec]:
    return [ChildSpec(number, (Worker, (), {})) for number in range(count)]


def children_of(sup: pykka.ActorRef[Supervisor]) -> dict[Any, Any]:
    return {child.id: child.process for child in which_children(sup)}


def many(report: Report) -> None:
    """Start and stop many children under one supervisor."""
    with Scheduler() as scheduler:
        before = resident_bytes()
        began = time.perf_counter()
        sup = Supervisor.start(specs(MANY), scheduler=scheduler)
        started = time.perf_counter()
        size = resident_bytes() - before
        stopping = time.perf_counter()
        stop(sup)
        stopped = time.perf_counter()
    report.note(f"start of {MANY:,} supervised actors, s", round(started - began, 2))
    report.note(f"stop of {MANY:,} supervised actors, s", round(stopped - stopping, 2))
    report.note("bytes an actor", size // MANY)


def heal(report: Report) -> None:
    """Crash one of many children after the other; measure from the crash message to the news of the restart."""
    restarted = threading.Event()

    def hear(_supervisor: str, fact: Any) -> None:
        if isinstance(fact, ChildStarted) and fact.restarts:
            refs[fact.id] = fact.process
            restarted.set()

    times = []
    with Scheduler() as scheduler:
        sup = Supervisor.start(specs(CHILDREN), max_restarts=10**9, scheduler=scheduler, reporter=hear)
        refs = children_of(sup)
        chance = random.Random(0)
        for _ in range(CRASHES):
            victim = chance.randrange(CHILDREN)
            restarted.clear()
            began = time.perf_counter()
            refs[victim].tell("crash")
            restarted.wait()
            times.append((time.perf_counter() - began) * 1e6)
        stop(sup)
    report.add(f"restart after a crash, {CHILDREN:,} children", times)
    report.note("p50, µs", round(statistics.median(times)))
    report.note("p99, µs", round(statistics.quantiles(times, n=100)[98]))


def leaks(report: Report) -> None:
    """Kill at random under load, many times; see what is left."""
    with Scheduler() as scheduler:
        sup = Supervisor.start(specs(CHILDREN), max_restarts=10**9, scheduler=scheduler)
        chance = random.Random(1)
        before = resident_bytes()
        for kill in range(KILLS):
            if kill % 100 == 0:
                refs = list(children_of(sup).values())
            victim = chance.choice(refs)
            if isinstance(victim, pykka.ActorRef):
                for other in chance.sample(refs, 3):
                    with suppress(pykka.ActorDeadError):
                        other.tell("work")
                send_exit(victim, "kill")
        alive = count_children(sup).active
        grown = resident_bytes() - before
        report.note(f"alive of {CHILDREN:,} after {KILLS:,} kills", alive)
        report.note("memory grown, KiB", grown // 1024)
        stop(sup)
    report.note("actors left", len(pykka.ActorRegistry.get_all()))
    report.note("threads left", threading.active_count() - 1)


def measure(report: Report) -> None:
    """Add everything that this file measures."""
    many(report)
    heal(report)
    leaks(report)


def main() -> None:
    report = Report("supervision", "µs")
    measure(report)
    report.print()


if __name__ == "__main__":
    main()
