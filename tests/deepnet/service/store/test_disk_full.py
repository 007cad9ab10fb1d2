"""The disk is really full here: SQLite may take no more pages, or the system lets no file grow."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deepnet.errors import StorageError
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.rows import NetworkRow
from deepnet.service.store.store import Store

NO_FILE_GROWS = """
import json
import resource
import sys
from deepnet.errors import StorageError
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.rows import NetworkRow
from deepnet.service.store.store import Store

store = Store.open(sys.argv[1])
log = EventLog(store)
log.note("told", number=0)
log.write()
usual = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, usual[1]))
told, failures = 1, 0
while failures < 3:  # once it makes room for itself: it moves what is in the log into the file
    for _ in range(50):
        log.note("told", number=told, padding="x" * 900)
        told += 1
    failures = 0 if log.write() else failures + 1
found = {"problem": log.problem, "waiting": log.waiting, "written": store.events.last_id()}
try:
    for number in range(1000):
        model = {"padding": "x" * 900}
        store.networks.add(NetworkRow(f"network-{number}", 1.0, 7, "neuron", "float32", "numpy", model))
except StorageError as error:
    found |= {"refused": str(error), "added": number}
log.note("told", number=told)
log.write()
found |= {"still_waiting": log.waiting, "networks": len(store.networks.page(limit=2000))}
resource.setrlimit(resource.RLIMIT_FSIZE, usual)
log.write()
store.close()
print(json.dumps(found | {"told": told + 1, "left": log.waiting, "last_problem": log.problem}))
"""


def _limit_pages(store: Store, more: int) -> None:
    with store._database.write() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + more}")


def _fill(log: EventLog) -> int:
    """Tell more and more until the disk is full; return how many events were told."""
    told = 0
    while not log.problem:
        for _ in range(20):
            log.note("told", number=told, padding="x" * 900)
            told += 1
        log.write()
    return told


def test_events_wait_on_a_full_disk_and_are_all_there_when_there_is_space(store: Store, log: EventLog) -> None:
    woken: list[int] = []
    log.subscribe(woken.append)
    _limit_pages(store, more=30)
    told = _fill(log)
    written, waiting = store.events.last_id(), log.waiting

    reason = "could not be written (database or disk is full): free some space on the disk"
    assert log.problem == f"{store.path}: {reason}"
    assert woken[-1] == written
    assert (waiting, written) == (20, told - 20)
    log.note("told", number=told)
    assert (log.write(), log.waiting) == (0, waiting + 1)

    _limit_pages(store, more=100_000)

    assert (log.write(), log.waiting, log.problem) == (waiting + 1, 0, "")
    rows = store.events.page(limit=10_000)
    assert [row.data["number"] for row in rows] == list(range(told + 1))
    assert [row.id for row in rows] == list(range(1, told + 2))
    assert woken[-1] == told + 1


def test_whatever_else_is_written_is_refused_and_what_was_there_stays(
    store: Store, network_row: Callable[..., NetworkRow]
) -> None:
    store.networks.add(network_row("and"))
    _limit_pages(store, more=5)

    with pytest.raises(StorageError, match=r"\(database or disk is full\): free some space on the disk"):
        store.networks.add(network_row("xor", about={"padding": "x" * 100_000}))

    assert store.networks.page() == [network_row("and")]
    store.networks.update("and", state="down")
    store.networks.add(network_row("or"))
    assert [row.name for row in store.networks.page()] == ["and", "or"]


def test_a_disk_that_fails_while_it_is_written_loses_nothing_either(tmp_path: Path) -> None:
    path = tmp_path / "service.sqlite3"
    command = [sys.executable, "-c", NO_FILE_GROWS, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)

    assert found["problem"].startswith(f"{path}: could not be written (")
    assert found["refused"].startswith(f"{path}: could not be written (")
    assert found["waiting"] == 150
    assert found["still_waiting"] == 151
    assert (found["left"], found["last_problem"]) == (0, "")
    assert found["networks"] == found["added"]
    with Store.open(path) as store:
        rows = store.events.page(limit=100_000)
        assert [row.data["number"] for row in rows] == list(range(found["told"]))
        assert [row.id for row in rows] == list(range(1, found["told"] + 1))
        with store._database.read() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
