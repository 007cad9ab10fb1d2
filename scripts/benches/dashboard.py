"""The dashboard: what it costs those who learn, how smoothly it draws, what comes over the line, and how soon.

A network of 10,000 neurons and one of 1,000,000 weights learn in a service; the network screen is open in Chromium.
Chromium draws without a graphics card here, on the cores that the service learns on: what dashboards cost the service
itself is told by clients that subscribe to the same and draw nothing. scripts/bench dashboard [--json] [--quick]
"""

import gzip
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from benches.dashboard_browser import Browser, missing
from benches.dashboard_clients import plain_clients
from benches.measure import Report, at_least, at_most, in_turns, usually
from benches.service import Served, percentile, service, speed

import deepnet
from deepnet import Adam, Chain, Dense, Until

STATIC = Path(deepnet.__file__).parent / "dashboard" / "static"
ROWS, BATCH, RATE = 256, 16, 0.0001
PICTURES = 10
"""A second, that are asked for where drawing is measured; usual is half as many."""
MANY = {1: at_least(0.95), 5: at_least(0.90)}
"""Dashboards that are open, and the share of the speed that is to be left."""


class Subject(NamedTuple):
    """What learns, and is looked at."""

    title: str
    name: str
    model: Chain


SUBJECTS = (
    Subject("10,000 neurons", "neurons", Chain(Dense(16, 9990, "tanh"), Dense(9990, 10))),
    Subject("1,000,000 weights", "weights", Chain(Dense(784, 1000, "tanh"), Dense(1000, 200, "tanh"), Dense(200, 80))),
)


def begin(connection: Any, subject: Subject) -> Any:
    """Have the network learn noise, for as long as it lasts."""
    chance = np.random.default_rng(0)
    inputs = chance.normal(size=(ROWS, subject.model.inputs)).astype(np.float32)
    targets = chance.normal(size=(ROWS, subject.model.outputs)).astype(np.float32)
    network = connection.start(subject.model, name=subject.name, seed=0, granularity="layer")
    return network.train(inputs, targets, until=Until(steps=10**12), optimizer=Adam(RATE), batch_size=BATCH)


def tell_size(report: Report, browser: Browser, subject: Subject) -> None:
    """How large the files are that a browser loads, as they are sent compressed."""
    shown = browser.files(subject.name)
    every = {path.name for path in STATIC.iterdir() if path.suffix in {".html", ".js", ".css"}}
    for title, names, must in (("that show a network", shown, at_most(120)), ("of all screens", every, None)):
        size = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)
        report.add(f"the files {title}, compressed", [size / 1000], unit="kB", must=must)


def tell_beginning(report: Report, browser: Browser, subject: Subject) -> None:
    visits = [browser.begin(subject.name) for _ in range(usually(7, 2) + 1)][1:]
    title = subject.title
    report.add(f"{title}: first paint", [one.first_paint for one in visits], unit="ms", must=at_most(1000))
    report.add(f"{title}: the network is drawn", [one.first_drawing for one in visits], unit="ms")


def tell_drawing(report: Report, browser: Browser, subject: Subject) -> None:
    seconds = usually(20, 4)
    seen = browser.look(subject.name, seconds, PICTURES)
    title = subject.title
    report.add(f"{title}: time between frames, p50", [percentile(seen.frames, 0.5)], unit="ms")
    report.add(f"{title}: time between frames, p99", [percentile(seen.frames, 0.99)], unit="ms", must=at_most(100))
    if seen.drawings:
        report.add(f"{title}: drawing one frame, p50", [percentile(seen.drawings, 0.5)], unit="ms")
        report.add(f"{title}: drawing one frame, p99", [percentile(seen.drawings, 0.99)], unit="ms")
    must = at_least(0.9 * PICTURES)
    report.add(f"{title}: pictures drawn", [len(seen.drawings) / seconds], unit="a second", must=must)
    received = browser.listen(subject.name, usually(10, 3), PICTURES)
    report.add(f"{title}: over the line", [received / 1000], unit="kB/s")


def tell_learning(report: Report, browser: Browser, served: Served, run: Any, subject: Subject) -> None:
    seconds, wishes = usually(8, 2), browser.wishes(subject.name)

    def alone() -> float:
        return speed(run, seconds)

    def drawn(count: int) -> float:
        with browser.dashboards(subject.name, count):
            return speed(run, seconds)

    def told(count: int) -> float:
        with plain_clients(served, wishes, count):
            return speed(run, seconds)

    measures = [alone, *(lambda count=count: told(count) for count in MANY)]
    measures += [lambda count=count: drawn(count) for count in MANY]
    nobody, *others = in_turns(usually(5, 1), *measures)
    for place, (count, share) in enumerate(MANY.items()):
        said = f"{subject.title} learning: {count} dashboard{'s' * (count > 1)}"
        report.pair(f"{said}, drawn elsewhere", others[place], "none", nobody, must=share)
        report.pair(f"{said}, drawn on these cores", others[len(MANY) + place], "none", nobody, aim=share)
    report.note(f"{subject.title}: a dashboard subscribes to", ", ".join(str(wish["topic"]) for wish in wishes))


def main() -> None:
    report = Report("the dashboard in Chromium, in front of a service that learns", "steps/s")
    if missing():
        sys.exit(missing())
    for subject in SUBJECTS:
        with service() as served, deepnet.connect(data_dir=served.folder) as connection, Browser(served) as browser:
            run = begin(connection, subject)
            speed(run, usually(5, 2))  # whatever happens only once has happened then
            if subject is SUBJECTS[0]:
                tell_size(report, browser, subject)
            tell_beginning(report, browser, subject)
            tell_drawing(report, browser, subject)
            tell_learning(report, browser, served, run, subject)
            run.stop()
    report.print()


if __name__ == "__main__":
    main()
