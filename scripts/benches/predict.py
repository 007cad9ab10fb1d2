"""What a prediction costs while the network learns, beside plain numpy with nothing else going on.

The calls follow one another without a pause. Waiting for the interpreter lock, which the run holds most of the time,
is part of what they cost: it does not show in the median, as few wait and those long, but in the mean.
scripts/bench predict [--json] [--quick]
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from benches.measure import Report, at_most, in_turns, usually
from benches.work import SEED, DifferentWorkError, Work, cars, images

from deepnet import Network, Until, start
from deepnet.maths.arrays import Batch
from deepnet.maths.parameters import LayerParameters

LIMITS = {1: (at_most(4), at_most(2)), 10_000: (at_most(1.5), at_most(1.1))}
"""For so many rows: what the ratio must be, and what it is to become."""
FOR_EVER = Until(steps=10**12)


def plain(work: Work, parameters: tuple[LayerParameters, ...]) -> Callable[[Batch], Batch]:
    """Return the forward pass as everybody writes it, for layers that are relu but the last."""
    *hidden, (last, last_bias) = [(weights.T, bias) for weights, bias in parameters]
    softmax = work.model.dense[-1].activation == "softmax"

    def forward(x: Batch) -> Batch:
        for weights, bias in hidden:
            x = np.maximum(x @ weights + bias, 0)
        x = x @ last + last_bias
        if not softmax:
            return x
        shares = np.exp(x - x.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    return forward


class Calls:
    """Calls a function again and again for some time.

    Attributes:
        means: microseconds a call of each time: the time by the number of calls.
    """

    def __init__(self, function: Callable[[Batch], Batch], inputs: Batch, seconds: float) -> None:
        self._function = function
        self._inputs = inputs
        self._seconds = seconds
        self.means: list[float] = []

    def __call__(self) -> float:
        """Return the median microseconds of a call."""
        took = []
        began = now = time.perf_counter()
        while now - began < self._seconds or len(took) < 3:
            self._function(self._inputs)
            before, now = now, time.perf_counter()
            took.append(now - before)
        self.means.append((now - began) / len(took) * 1e6)
        return statistics.median(took) * 1e6


def while_learning(work: Work, network: Network, calls: Calls) -> float:
    """Call while *network* learns; return the median microseconds of a call."""
    run = work.begin(network, FOR_EVER)
    while run.position.step < 2:
        time.sleep(0.001)
    median = calls()
    step = run.position.step
    if run.state != "running":
        raise RuntimeError(f"the run is over: {run.reason}")
    run.stop()
    if step < 3:
        raise RuntimeError("the run has not gone on meanwhile")
    return median


def require_same_outputs(name: str, ours: Batch, theirs: Batch) -> None:
    off = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    if not off <= 1e-5:
        raise DifferentWorkError(f"{name}: predictions are {off:.2g} off")


def compare(report: Report, name: str, work: Work, granularity: str) -> None:
    """Add the rows of one network and granularity."""
    with start(work.model, seed=SEED, granularity=granularity) as network:
        work.train(network, 8)
        for rows, (must, aim) in LIMITS.items():
            inputs, forward = np.resize(work.inputs, (rows, work.model.inputs)), plain(work, network.parameters())
            require_same_outputs(name, network.predict(inputs), forward(inputs))
            seconds = usually(400, 50) / 1000
            rest, busy, alone = (Calls(call, inputs, seconds) for call in (network.predict, network.predict, forward))
            resting, learning, peer = in_turns(
                usually(5, 2), rest, lambda calls=busy: while_learning(work, network, calls), alone
            )
            case = f"{name}, {granularity}, {rows:,} row{'s' if rows > 1 else ''}"
            means, peer_means = busy.means[1:], alone.means[1:]  # the first did not count
            report.pair(f"{case}, at rest: median", resting, "numpy", peer)
            report.pair(f"{case}, learning: median", learning, "numpy", peer)
            report.pair(f"{case}, learning: mean", means, "numpy", peer_means, must=must, aim=aim)


def main() -> None:
    report = Report("a prediction", "µs")
    for name, work in (("7-32-8-1", cars()), ("784-128-10", images(32))):
        for granularity in ("layer", "neuron"):
            compare(report, name, work, granularity)
    report.print()


if __name__ == "__main__":
    main()
