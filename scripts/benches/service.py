"""A service under load: what it costs those who learn, how soon it answers, and whether its memory stays what it is.

32 streams, two of which never read, and 100 reads and predictions a second, all from another process on the same
machine, for 60 s; before and after nobody asks for anything. scripts/bench service [--json] [--quick]
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from benches.measure import Report, at_least, at_most, usually
from benches.work import SEED, cars

import deepnet
from deepnet import Until

STREAMS, SILENT, RATE = 32, 2, 100.0
ALONE_SECONDS = 10.0


class Served(NamedTuple):
    """A service in a process of its own."""

    process: psutil.Process
    url: str
    token: str
    folder: Path


@contextmanager
def service(**options: str) -> Iterator[Served]:
    """Run one on an empty folder."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        extra = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
        command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(folder), "--port", "0", *extra]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            try:
                listens = re.search(r"http://\S+", next(iter(process.stdout or ()), ""))
                if listens is None:
                    sys.exit("the service did not come up")
                token = (folder / "token").read_text().strip()
                yield Served(psutil.Process(process.pid), listens[0], token, folder)
            finally:
                process.terminate()
                process.communicate(timeout=30)


def speed(run: Any, seconds: float) -> float:
    """Let *run* go on for a while; return its steps a second."""
    began, first = time.perf_counter(), run.position.step
    time.sleep(seconds)
    return (run.position.step - first) / (time.perf_counter() - began)


def under_load(served: Served, run: Any, seconds: float) -> tuple[float, dict[str, Any]]:
    """Return the steps a second while clients do what they do, and what they noted."""
    load = {
        "url": served.url,
        "network": "cars",
        "streams": STREAMS,
        "silent": SILENT,
        "rate": RATE,
        "seconds": seconds + 4,
    }
    command = [sys.executable, "-P", "-c", "from benches.load import main; main()", json.dumps(load)]
    environment = os.environ | {"DEEPNET_TOKEN": served.token}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as clients:
        time.sleep(2)  # until all of them are there
        found = speed(run, seconds)
        return found, json.loads(clients.communicate()[0])


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    report = Report(f"a service under {STREAMS} streams and {RATE:g} requests a second; 7-32-8-1 learns", "steps/s")
    work, seconds = cars(), usually(60, 5)
    for granularity in ("neuron", "layer"):
        with service() as served, deepnet.connect(data_dir=served.folder) as connection:
            network = connection.start(work.model, name="cars", seed=SEED, granularity=granularity)
            run = work.begin(network, Until(steps=10**12))
            speed(run, usually(10, 2))  # whatever happens only once has happened then
            before = speed(run, usually(ALONE_SECONDS, 2))
            under_load(served, run, usually(5, 1))
            memory = served.process.memory_info().rss
            loaded, noted = under_load(served, run, seconds)
            grown = served.process.memory_info().rss - memory
            after = speed(run, usually(ALONE_SECONDS, 2))
            run.stop()
        alone = statistics.mean((before, after))
        report.pair(f"{granularity}: learning", [loaded], "nobody asks", [alone], must=at_least(0.75))
        reads, predictions = (noted["latencies"][kind] for kind in ("read", "predict"))
        must = at_most(50)
        report.add(f"{granularity}: a read, p50", [1e3 * percentile(reads, 0.5)], unit="ms")
        report.add(f"{granularity}: a read, p99", [1e3 * percentile(reads, 0.99)], unit="ms", must=must)
        report.add(f"{granularity}: a prediction, p99", [1e3 * percentile(predictions, 0.99)], unit="ms")
        report.add(f"{granularity}: memory that the load has added", [grown / 2**20], unit="MiB", must=at_most(20))
        report.note(f"{granularity}: requests answered", len(reads) + len(predictions))
        report.note(f"{granularity}: frames received", noted["frames"])
        report.note(f"{granularity}: problems", noted["problems"])
    report.print()


if __name__ == "__main__":
    main()
