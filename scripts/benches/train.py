"""What a step costs: 7-32-8-1 on miles per gallon, Adam, a row a step, beside PyTorch, Erlang and scikit-learn.

All begin with the same parameters and learn the same rows in the same order; where what they have learnt after an epoch
differs, there is no table. scripts/bench train [--json] [--quick]
"""

import sys
from contextlib import ExitStack

from benches.measure import Report, at_most, in_turns, usually
from benches.peers import (
    ERLANG,
    EXTRA,
    Peer,
    SklearnPeer,
    TorchPeer,
    erlang,
    has_erlang,
    has_sklearn,
    has_torch,
    require_same_losses,
)
from benches.work import DifferentWorkError, Ours, Work, cars, require_same

BESIDE = {
    "neuron": {"PyTorch": EXTRA, "PyTorch, fused Adam": EXTRA, "Erlang": ERLANG},
    "layer": {"PyTorch": EXTRA, "PyTorch, fused Adam": EXTRA, "scikit-learn": EXTRA},
}
"""Who stands beside which granularity, and how to get him."""

LIMITS = {
    ("neuron", "PyTorch"): (at_most(0.8), at_most(0.5)),
    ("neuron", "Erlang"): (at_most(1.2), at_most(1.0)),
    ("layer", "PyTorch"): (at_most(0.12), at_most(0.06)),
    ("layer", "scikit-learn"): (at_most(0.25), at_most(0.1)),
}
"""What the ratio must be, and what it is to become."""


def checked(work: Work, stack: ExitStack) -> dict[str, Peer]:
    """Return ourselves and the peers that are there, by name, when all have shown that they learn what they should."""
    ours = {granularity: Ours(work, granularity=granularity) for granularity in BESIDE}
    peers: list[TorchPeer | SklearnPeer] = []
    if has_torch():
        peers += [TorchPeer(work), TorchPeer(work, fused=True)]
    if has_sklearn():
        peers.append(SklearnPeer(work))
    epoch = len(work.batches())
    require_same(work, epoch, *ours.values(), *peers)
    found: dict[str, Peer] = {**ours, **{peer.name: peer for peer in peers}}
    if has_erlang():
        other = stack.enter_context(erlang(work))
        require_same_losses(other, work, epoch)
        found[other.name] = other
    return found


def main() -> None:
    report = Report("a step of 7-32-8-1, one row, Adam, float32", "µs")
    work, steps = cars(), usually(3000, 628)
    with ExitStack() as stack:
        try:
            learners = checked(work, stack)
        except DifferentWorkError as error:
            sys.exit(f"no table, for they do not do the same work: {error}")
        values = in_turns(usually(5, 2), *(lambda one=one: one.train(steps) for one in learners.values()))
        found = dict(zip(learners, values, strict=True))
    for granularity, beside in BESIDE.items():
        for peer, advice in beside.items():
            if peer in found:
                must, aim = LIMITS.get((granularity, peer), (None, None))
                report.pair(granularity, found[granularity], peer, found[peer], must=must, aim=aim)
            else:
                report.absent(granularity, found[granularity], peer, advice)
    report.note("steps a repeat", steps)
    report.print()


if __name__ == "__main__":
    main()
