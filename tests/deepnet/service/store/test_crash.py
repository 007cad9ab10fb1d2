"""A service that is killed in the middle of writing has written all that it said it had."""

import subprocess
import sys
from pathlib import Path

import pytest

from deepnet.service.store.store import Store

WRITE = """
import os
import sys
import threading
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.rows import NetworkRow, RunRow
from deepnet.service.store.store import Store

store = Store.open(sys.argv[1])
log = EventLog(store)
say = lambda *words: os.write(1, (" ".join(map(str, words)) + "\\n").encode())
log.subscribe(lambda number: say("event", number))
begun = len(store.networks.page(limit=1_000_000))

def events():
    number = store.events.last_id()
    while True:
        for _ in range(1 + number % 40):
            number += 1
            log.note("told", number=number, padding="x" * 900)
        log.write()

def rows():
    number = begun
    while True:
        name = f"network-{number}"
        store.networks.add(NetworkRow(name, 1.0, number, "neuron", "float32", "numpy", {"number": number}))
        run = store.runs.new_id(name)
        store.runs.add(RunRow(run, name, 1.0))
        for step in range(1, 11):
            store.runs.update(run, step=step)
            say("step", number, step)
        number += 1

def reads():
    while True:
        store.events.page(newest_first=True, limit=50)
        store.runs.unfinished()

for work in (events, rows, reads):
    threading.Thread(target=work).start()
"""


def _killed_after(lines: int, path: Path) -> list[list[str]]:
    """Return what was said to be written until the process was killed."""
    with subprocess.Popen([sys.executable, "-c", WRITE, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        said += child.stdout.readlines()
    assert all(said[:lines])  # it was there until it was killed
    return [line.split() for line in said if line.endswith("\n")]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[str]]]:
    path = tmp_path_factory.mktemp("crash") / "service.sqlite3"
    return path, [words for lines in (1, 70, 500) for words in _killed_after(lines, path)]


def test_nothing_that_was_written_is_missing(rounds: tuple[Path, list[list[str]]]) -> None:
    path, said = rounds
    last_event = max(int(words[1]) for words in said if words[0] == "event")
    steps = {int(words[1]): int(words[2]) for words in said if words[0] == "step"}

    with Store.open(path) as store:
        assert store.events.last_id() >= last_event
        runs = {row.network: row.step for row in store.runs.page(limit=1_000_000)}
        assert all(runs[f"network-{number}"] >= step for number, step in steps.items())


def test_events_are_numbered_without_gaps_and_each_batch_is_there_as_a_whole(
    rounds: tuple[Path, list[list[str]]],
) -> None:
    path, _ = rounds
    with Store.open(path) as store:
        rows = store.events.page(limit=1_000_000)
        numbers = list(range(1, store.events.last_id() + 1))

    assert [row.id for row in rows] == numbers
    assert [row.data["number"] for row in rows] == numbers


def test_the_file_is_sound_and_goes_on(rounds: tuple[Path, list[list[str]]]) -> None:
    path, _ = rounds
    with Store.open(path) as store:
        with store._database.read() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = {row.name for row in store.networks.page(limit=1_000_000)}
        assert {row.network for row in store.runs.page(limit=1_000_000)} <= names
        assert names == {f"network-{number}" for number in range(len(names))}
