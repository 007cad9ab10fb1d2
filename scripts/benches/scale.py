"""What size costs: networks of a thousand and of a hundred thousand neuron actors, each in a process of its own.

A process reports what the system holds resident for it, so that nothing of another network is counted.
scripts/bench scale [--json] [--quick]
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benches.measure import Report, at_most, in_turns, usually

SMALL, LARGE = (10, 990, 10), (10, 99_990, 10)
"""Widths: 1,000 and 100,000 neurons."""
MILLION = (8, 100_000, 1)
"""1,000,001 parameters in 100,001 neurons."""
MORE = (38, 100_000, 1)
"""As many neurons, 4,000,001 parameters: the difference is what a parameter takes."""
STEPS = {SMALL: 100, LARGE: 3}
OPTIMIZER = "adam"
MUST_GIB = 1.5
GIB = 1024**3


def resident() -> int:
    """Return the bytes of this process that are in memory; nothing is tidied up before."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def serve(widths: tuple[int, ...]) -> None:
    """Start a network; then, for each number of steps on a line of stdin, learn and print microseconds a step.

    Every line that is printed is one JSON object: first of the start, then of each learning. What it takes to begin a
    run, such as copying all parameters, is no part of a step: a run of one step is taken off a longer one.
    """
    import numpy as np  # noqa: PLC0415 - in the process of the network alone

    from deepnet import Until, start  # noqa: PLC0415
    from deepnet.maths.model import mlp  # noqa: PLC0415

    inputs, *hidden, outputs = widths
    chance = np.random.default_rng(0)
    rows = chance.standard_normal((64, inputs), "float32"), chance.standard_normal((64, outputs), "float32")
    model = mlp(inputs, tuple(hidden), outputs, "relu")
    before = resident()
    began = time.perf_counter()
    with start(model, granularity="neuron") as network:
        seconds = time.perf_counter() - began
        facts: dict[str, Any] = {"seconds": seconds, "neurons": model.neuron_count, "parameters": model.parameter_count}
        _say(facts | {"before": before, "resident": resident()})

        def seconds_of(steps: int) -> float:
            began = time.perf_counter()
            network.train(*rows, optimizer=OPTIMIZER, until=Until(steps=steps)).wait()
            return time.perf_counter() - began

        for line in sys.stdin:
            took = (seconds_of(1 + int(line)) - seconds_of(1)) / int(line) * 1e6
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            _say({"microseconds": took, "resident": resident(), "peak": peak})


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts), flush=True)


class Child(NamedTuple):
    """A network in a process of its own."""

    process: "subprocess.Popen[str]"
    begun: dict[str, Any]
    """What it said when it was up."""

    @property
    def neurons(self) -> int:
        return int(self.begun["neurons"])

    def learn(self, steps: int) -> dict[str, Any]:
        """Let it learn; return what it says."""
        if self.process.stdin is None:
            raise RuntimeError("the child was started without pipes")
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return _heard(self.process)


@contextmanager
def child(widths: tuple[int, ...]) -> Iterator[Child]:
    """Start a process with a network of these *widths*."""
    command = [sys.executable, "-P", "-c", f"from benches import scale; scale.serve({widths})"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Child(process, _heard(process))
        finally:
            process.kill()


def _heard(process: "subprocess.Popen[str]") -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the child has died: see above")
    facts: dict[str, Any] = json.loads(line)
    return facts


def speed(report: Report) -> None:
    """Add what a step costs a neuron of either network, and what it takes to start them."""
    with child(SMALL) as small, child(LARGE) as large:

        def cost(one: Child, widths: tuple[int, ...]) -> float:
            return float(one.learn(STEPS[widths])["microseconds"]) / one.neurons

        times = usually(5, 1)
        larges, smalls = in_turns(times, lambda: cost(large, LARGE), lambda: cost(small, SMALL))
        report.pair(
            f"a neuron's step, {large.neurons:,}",
            larges,
            f"of {small.neurons:,}",
            smalls,
            must=at_most(2),
            aim=at_most(1.3),
        )
        begun = [one.begun["seconds"] for one in (small, large)]
    report.add(f"start, {small.neurons:,} neurons", [begun[0], *starts(SMALL)], unit="s")
    report.add(f"start, {large.neurons:,} neurons", [begun[1], *starts(LARGE)], unit="s")


def starts(widths: tuple[int, ...]) -> list[float]:
    """Seconds that it takes to start, of some processes more."""
    found = []
    for _ in range(usually(2, 0)):
        with child(widths) as one:
            found.append(float(one.begun["seconds"]))
    return found


def memory(report: Report) -> None:
    """Add what a neuron and a parameter take, and what a million parameters do."""
    with child(MILLION) as one:
        begun = one.begun
        learnt = one.learn(2)
    with child(MORE) as other:
        more_begun = other.begun
        more = other.learn(2)
    a_parameter = (more["resident"] - learnt["resident"]) / (more_begun["parameters"] - begun["parameters"])
    parameters = a_parameter * begun["parameters"]
    size = f"{begun['parameters']:,} parameters in {begun['neurons']:,} neurons"
    report.add(
        "a neuron actor", [(learnt["resident"] - begun["before"] - parameters) / begun["neurons"] / 1024], unit="KiB"
    )
    report.add("a parameter, with all that is kept of it", [a_parameter], unit="bytes")
    report.add(f"{size}: up", [begun["resident"] / GIB], unit="GiB", must=at_most(MUST_GIB))
    report.add(f"{size}: learning", [learnt["resident"] / GIB], unit="GiB", must=at_most(MUST_GIB))
    report.add(f"{size}: at the most", [learnt["peak"] / GIB], unit="GiB", must=at_most(MUST_GIB))
    report.note("of it without a network, GiB", round(begun["before"] / GIB, 3))


def main() -> None:
    report = Report("size, granularity neuron, a row a step, Adam", "µs")
    speed(report)
    memory(report)
    report.print()


if __name__ == "__main__":
    main()
