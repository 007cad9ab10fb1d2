"""What a message costs: a token around a ring of actors, ours beside pykka's own in the same run.

    scripts/bench messages [--json]
"""

import gc
import threading
import time
from collections.abc import Callable
from typing import Any

import pykka
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
            if isinstance(message, pykka.ActorRef):
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
    report.note("100,000 actors to 1,000", round(ours[100_000] / ours[1_000], 2))
    report.print()


if __name__ == "__main__":
    main()
