"""What messages and supervision cost: beside pykka's own actors, and Erlang's where `erl` is there, in the same run.

Run it with scripts/bench messages [--json]; it holds what scripts/bench supervision prints, too.
"""

import gc
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pykka
from benches import supervision
from benches.measure import Report, in_turns, usually
from benches.peers import ERLANG, has_erlang

from supervisor import ScheduledActor, Scheduler


def ring_hop(actor_class: type[Any], start: Callable[[type[Any]], Any], size: int, hops: int) -> float:
    """Send a token *hops* times around a ring of *size* actors; return microseconds a hop."""

    class Node(actor_class):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.next: Any = None

        def on_receive(self, message: Any) -> None:
            if self.next is None:
                self.next = message
            elif message:
                self.next.tell(message - 1)
            else:
                arrived.set()

    arrived = threading.Event()
    refs = [start(Node) for _ in range(size)]
    for ref, following in zip(refs, [*refs[1:], refs[0]], strict=True):
        ref.tell(following)
    refs[0].tell(size)  # once around, uncounted: everybody knows their neighbour then
    arrived.wait()
    arrived.clear()
    gc.collect()
    began = time.perf_counter()
    refs[0].tell(hops)
    arrived.wait()
    took = time.perf_counter() - began
    for ref in reversed(refs):
        ref.stop(block=False)
    for ref in refs:
        ref.actor_stopped.wait()
    return took / hops * 1e6


class ErlangRing:
    """The same ring of Erlang processes, on one scheduler."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        subprocess.run(["erlc", "-o", folder, str(Path(__file__).with_name("ring.erl"))], check=True)

    def hop(self, size: int, hops: int) -> float:
        """Return microseconds a hop, after a time that does not count."""
        command = ["erl", "+S", "1", "-noshell", "-pa", self._folder, "-run", "ring", "main"]
        command += [str(size), str(hops), "1"]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return float(printed.split()[-1])


def hops(report: Report) -> None:
    """Add what a hop costs in rings of several sizes, beside others."""
    with Scheduler() as scheduler, tempfile.TemporaryDirectory() as folder:

        def ours(size: int) -> float:
            return ring_hop(ScheduledActor, scheduler.spawn, size, 300_000 if size > 1_000 else 200_000)

        def pykkas(size: int) -> float:
            return ring_hop(pykka.ThreadingActor, lambda actor: actor.start(), size, 10_000)

        times, peer = usually(5, 1), "pykka.ThreadingActor"
        small, pykkas_small = in_turns(times, lambda: ours(100), lambda: pykkas(100))
        report.pair("hop, 100 actors", small, peer, pykkas_small)
        measures = [lambda: ours(1_000), lambda: pykkas(1_000), lambda: ours(100_000)]
        if has_erlang():
            ring = ErlangRing(folder)
            measures.append(lambda: ring.hop(1_000, 500_000))
        middle, pykkas_middle, large, *erlangs = in_turns(times, *measures)
        report.pair("hop, 1,000 actors", middle, peer, pykkas_middle)
        for values in erlangs:
            report.pair("hop, 1,000 actors", middle, "Erlang", values)
        if not erlangs:
            report.absent("hop, 1,000 actors", middle, "Erlang", ERLANG)
        report.pair("hop, 100,000 actors", large, "of 1,000", middle)


def main() -> None:
    report = Report("messages around a ring, and supervision", "µs")
    hops(report)
    supervision.measure(report)
    report.print()


if __name__ == "__main__":
    main()
