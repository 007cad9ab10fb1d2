"""What it takes until something happens: imports, commands, a network's first step, each in a process of its own.

Each takes turns with a bare Python, and has the environment that a user's shell gives it.
scripts/bench startup [--json] [--quick]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from benches.measure import Report, in_turns, usually

DEEPNET = str(Path(sys.executable).with_name("deepnet"))
FIRST_STEP = """
import time
began = time.perf_counter()
from deepnet import Adam, Until, start
from deepnet.maths.model import mlp
imported = time.perf_counter()
with start(mlp(7, (32, 8), 1, "relu"), granularity={granularity!r}) as network:
    up = time.perf_counter()
    network.train([[0.5] * 7], [[1.0]], optimizer=Adam(0.001), until=Until(steps=1)).wait()
    done = time.perf_counter()
print(imported - began, up - imported, done - up)
"""
PARTS = ("imports", "start()", "train() to the first seal")


def environment(**more: str) -> dict[str, str]:
    """Return what a user's shell has, and *more*: not what scripts/bench adds."""
    ours = ("PYTHONPATH", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {name: value for name, value in os.environ.items() if name not in ours} | more


def run(command: list[str], **more: str) -> str:
    """Run *command* in a folder of no interest, with pipes for a terminal; return what it prints."""
    options = {"env": environment(**more), "cwd": tempfile.gettempdir(), "stdin": subprocess.DEVNULL}
    return subprocess.run(command, **options, capture_output=True, text=True, check=True).stdout


def timed(command: list[str], **more: str) -> float:
    """Return the milliseconds of a process from its start to its end."""
    began = time.perf_counter()
    run(command, **more)
    return (time.perf_counter() - began) * 1000


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def first_step(granularity: str, **more: str) -> list[float]:
    """Return the milliseconds of each of `PARTS`, as the process itself measures them."""
    command = python(FIRST_STEP.format(granularity=granularity))
    return [float(seconds) * 1000 for seconds in run(command, **more).split()]


def commands() -> dict[str, list[str]]:
    """What is measured as a whole."""
    whole = {
        'python -c "import deepnet"': python("import deepnet"),
        'python -c "import deepnet.maths"': python("import deepnet.maths"),
        'python -c "import numpy"': python("import numpy"),
        "deepnet --version": [DEEPNET, "--version"],
        "deepnet --help": [DEEPNET, "--help"],
        "deepnet demo": [DEEPNET, "demo"],
    }
    for granularity in ("neuron", "layer"):
        whole[f"7-32-8-1 to its first step and its end, {granularity}"] = python(
            FIRST_STEP.format(granularity=granularity)
        )
    return whole


def wholes(report: Report) -> None:
    """Add what each of `commands` takes, beside a bare Python."""
    measured = commands()
    runs: list[Callable[[], float]] = [lambda command=command: timed(command) for command in measured.values()]
    *ours, bare = in_turns(usually(10, 1), *runs, lambda: timed(python("pass")))
    for name, values in zip(measured, ours, strict=True):
        report.pair(name, values, "python -c pass", bare)


def parts(report: Report) -> None:
    """Add where the time to the first step goes."""
    for granularity in ("neuron", "layer"):
        found = [first_step(granularity) for _ in range(usually(5, 1))]
        for number, part in enumerate(PARTS):
            report.add(f"{granularity}: {part}", [times[number] for times in found])


def kernels(report: Report) -> None:
    """Add what compiling the kernels takes: with an empty cache, and with one that holds them."""
    if find_spec("numba") is None:
        report.absent("compiling", None, "numba", "not there: 'pip install numba' puts it there")
        return
    with tempfile.TemporaryDirectory() as folder:
        empty, kept = Path(folder, "empty"), Path(folder, "kept")

        def cold() -> list[float]:
            shutil.rmtree(empty, ignore_errors=True)
            return first_step("neuron", NUMBA_CACHE_DIR=str(empty))

        colds = [cold() for _ in range(usually(3, 1))]
        first_step("neuron", NUMBA_CACHE_DIR=str(kept))
        warms = [first_step("neuron", NUMBA_CACHE_DIR=str(kept)) for _ in range(usually(3, 1))]
        files = sum(1 for path in kept.rglob("*") if path.is_file()) if kept.exists() else 0
    report.pair("to the first step with no compiled kernels", [*map(sum, colds)], "with them", [*map(sum, warms)])
    report.note("files of compiled kernels", files)


def main() -> None:
    report = Report("starting", "ms")
    wholes(report)
    parts(report)
    kernels(report)
    report.print()


if __name__ == "__main__":
    main()
