"""What looking costs those who are looked at: a network learns while somebody reads each neuron ten times a second.

Runs that are read and runs that are not take turns. scripts/bench inspect [--json] [--quick]
"""

import threading
import time
from collections.abc import Callable
from typing import Self

from benches.measure import Report, at_least, in_turns, usually
from benches.work import SEED, Work, cars

from deepnet import Network, Until, start

READS_A_SECOND = 10
"""Of every neuron."""
SECONDS = 0.4
"""Of a run: short, and many of them, so that runs whose speeds are compared stand close together."""
MUST, AIM = at_least(0.95), at_least(0.99)


class Reader:
    """Reads all neurons of a network ten times a second, in a thread of its own, for as long as it is entered.

    Args:
        network: whose neurons.
        at_once: whether it reads them all together ten times a second, or one after the other evenly.
        looks: whether it reads at all, or only wakes as often: what any thread costs that does something that often.

    Attributes:
        reads: how many neurons it has read.
        seconds: how long it has been at it.
    """

    def __init__(self, network: Network, *, at_once: bool, looks: bool = True) -> None:
        addresses = network.neurons()
        self._groups = [addresses] if at_once else [(address,) for address in addresses]
        self._look = network.neuron if looks else str
        self._pause = 1 / READS_A_SECOND / len(self._groups)
        self.reads = 0
        self.seconds = 0.0

    def __enter__(self) -> Self:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._done.set()
        self._thread.join()

    def _read(self) -> None:
        began = time.perf_counter()
        due = began + self._pause / 2  # so that of runs of any length as many come as there is time for, on average
        while not self._done.wait(max(0.0, due - time.perf_counter())):
            for address in self._groups[0]:
                self._look(address)
            self.reads += len(self._groups[0])
            self._groups.append(self._groups.pop(0))
            due += self._pause  # from when it was due, not from when it was done: nothing is left out if it is late
        self.seconds += time.perf_counter() - began


def speed(work: Work, network: Network, steps: int) -> float:
    """Learn; return steps a second."""
    return 1e6 / work.train(network, steps)


def looked_at(report: Report, work: Work, network: Network, granularity: str) -> None:
    """Add the rows of one granularity."""
    speed(work, network, 1000)  # whatever happens only once has happened then
    steps = round(SECONDS * speed(work, network, 1000))
    alone: Callable[[], float] = lambda: speed(work, network, steps)  # noqa: E731 - it stands beside those below

    def read(reader: Reader) -> float:
        with reader:
            return speed(work, network, steps)

    evenly, at_once = Reader(network, at_once=False), Reader(network, at_once=True)
    wakes = Reader(network, at_once=False, looks=False)
    undisturbed, even, together, awake = in_turns(
        usually(18, 2), alone, lambda: read(evenly), lambda: read(at_once), lambda: read(wakes)
    )
    report.pair(f"{granularity}: each in its turn", even, "nobody reads", undisturbed, must=MUST, aim=AIM)
    report.pair(f"{granularity}: all at once", together, "nobody reads", undisturbed, must=MUST, aim=AIM)
    report.pair(f"{granularity}: a thread that wakes as often, reads nothing", awake, "nobody reads", undisturbed)
    for how, reader in (("each in its turn", evenly), ("all at once", at_once)):
        rate = reader.reads / reader.seconds / network.model.neuron_count
        report.note(f"{granularity}: {how}, reads of a neuron a second", round(rate, 2))


def read_cost(work: Work, network: Network) -> tuple[list[float], list[float]]:
    """Return microseconds a read, at rest and while it learns: of many that follow one another."""
    count = usually(4100, 410)

    def at_rest() -> float:
        addresses = network.neurons() * (count // network.model.neuron_count)
        began = time.perf_counter()
        for address in addresses:
            network.neuron(address)
        return (time.perf_counter() - began) / len(addresses) * 1e6

    def learning() -> float:
        run = work.begin(network, Until(steps=10**12))
        took = at_rest()
        run.stop()
        return took

    resting, busy = in_turns(usually(5, 2), at_rest, learning)
    return resting, busy


def main() -> None:
    report = Report("learning 7-32-8-1, Adam, a row a step, while it is read", "steps/s")
    work = cars()
    for granularity in ("neuron", "layer"):
        with start(work.model, seed=SEED, granularity=granularity) as network:
            looked_at(report, work, network, granularity)
            resting, busy = read_cost(work, network)
        report.add(f"{granularity}: a read, at rest", resting, unit="µs")
        report.add(f"{granularity}: a read while it learns", busy, unit="µs")
    report.print()


if __name__ == "__main__":
    main()
