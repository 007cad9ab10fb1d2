"""What a step of a larger network costs: 784-128-10 on drawn pixels, softmax, Adam, beside PyTorch.

Both begin with the same parameters and learn the same rows in the same order; where what they have learnt after some
steps differs, there is no table. scripts/bench mnist [--json] [--quick]
"""

import sys

from benches.measure import Limit, Report, at_most, in_turns, usually
from benches.peers import EXTRA, TorchPeer, has_torch
from benches.work import DifferentWorkError, Ours, images, require_same

STEPS = {("layer", 32): 640, ("layer", 128): 320, ("neuron", 128): 96}
"""Steps a repeat, of each granularity and batch size."""
LIMITS: dict[tuple[str, int], tuple[Limit, Limit]] = {
    ("layer", 32): (at_most(1.1), at_most(0.8)),
    ("layer", 128): (at_most(1.1), at_most(0.8)),
    ("neuron", 128): (at_most(8), at_most(4)),
}
"""What the ratio to PyTorch must be, and what it is to become."""
CHECKED = 32
"""Steps after which the parameters are compared."""


def beside_torch(report: Report, granularity: str, batch_size: int) -> None:
    """Add the rows of one granularity and batch size."""
    work, steps = images(batch_size), usually(STEPS[granularity, batch_size], 16)
    name = f"{granularity}, {batch_size} rows"
    peers = [TorchPeer(work), TorchPeer(work, fused=True)] if has_torch() else []
    learners = [Ours(work, granularity=granularity), *peers]
    require_same(work, CHECKED, *learners)
    ours, *theirs = in_turns(usually(5, 2), *(lambda one=one: one.train(steps) for one in learners))
    for peer, values in zip(peers, theirs, strict=True):
        must, aim = LIMITS[granularity, batch_size] if peer is peers[0] else (None, None)
        report.pair(name, ours, peer.name, values, must=must, aim=aim)
    if not peers:
        report.absent(name, ours, "PyTorch", EXTRA)


def with_two_workers(report: Report) -> None:
    """Add what a second thread for the actors' turns does to granularity neuron."""
    work, steps = images(128), usually(STEPS["neuron", 128], 16)
    two, one = (Ours(work, granularity="neuron", workers=workers) for workers in (2, 1))
    twos, ones = in_turns(usually(3, 1), lambda: two.train(steps), lambda: one.train(steps))
    report.pair("neuron, 128 rows, two workers", twos, "one worker", ones)


def main() -> None:
    report = Report("a step of 784-128-10, Adam, float32", "µs")
    try:
        for granularity, batch_size in STEPS:
            beside_torch(report, granularity, batch_size)
    except DifferentWorkError as error:
        sys.exit(f"no table, for they do not do the same work: {error}")
    with_two_workers(report)
    report.print()


if __name__ == "__main__":
    main()
