"""What messages and supervision cost: beside pykka's own actors, and Erlang's where `erl` is there, in the same run.

Run it with scripts/bench messages [--json]; after it comes what scripts/bench supervision prints.
"""

import gc
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pykka
import supervision
from measure import Report, repeat

from supervisor import ScheduledActor, Scheduler

REPEATS = 5


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


def erlang_hops(size: int, hops: int) -> list[float]:
    """The same ring of Erlang processes, on one scheduler; microseconds a hop."""
    source = Path(__file__).with_name("ring.erl")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["erlc", "-o", folder, str(source)], check=True)
        command = ["erl", "+S", "1", "-noshell", "-pa", folder, "-run", "ring", "main"]
        command += [str(size), str(hops), str(REPEATS)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(line) for line in printed.split()][1:]


def main() -> None:
    report = Report("message hop around a ring", "µs")
    ours, theirs = {}, {}
    with Scheduler() as scheduler:
        for size, hops in ((100, 200_000), (1_000, 200_000), (100_000, 300_000)):
            hop = repeat(lambda s=size, h=hops: ring_hop(ScheduledActor, scheduler.spawn, s, h), REPEATS)
            ours[size] = report.add(f"ScheduledActor, {size:,} actors", hop)
    for size in (100, 1_000):
        hop = repeat(lambda s=size: ring_hop(pykka.ThreadingActor, lambda c: c.start(), s, 10_000), REPEATS)
        theirs[size] = report.add(f"pykka.ThreadingActor, {size:,} actors", hop)
    for size, hop in theirs.items():
        report.note(f"times cheaper at {size:,}", round(hop / ours[size], 1))
    if shutil.which("erl"):
        erlang = report.add("Erlang process, 1,000 processes", erlang_hops(1_000, 500_000))
        report.note("of Erlang's cost at 1,000", round(ours[1_000] / erlang, 2))
    else:
        report.note("Erlang", "not there: 'sudo apt install erlang-base' puts it beside ours")
    report.note("100,000 actors to 1,000", round(ours[100_000] / ours[1_000], 2))
    report.print()
    supervision.main()


if __name__ == "__main__":
    main()
