import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from deepnet.errors import DataError
from deepnet.service.store.rows import DatasetRow, EventRow, InterventionRow, NetworkRow, NewEvent, RunRow, SessionRow
from deepnet.service.store.store import Store

FROZEN = Path(__file__).with_name("version_1.sql")
"""A file of version 1, as ``sqlite3 service.sqlite3 .dump`` has shown it. It is never changed."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "service.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FROZEN.read_text())
    return path


def _schema(path: Path) -> tuple[int, set[tuple[str, str]]]:
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        parts = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        return version, {(name, " ".join(sql.split())) for name, sql in parts}


def test_all_that_version_1_has_kept_is_there(old: Path) -> None:
    with Store.open(old) as store:
        assert store.networks.page() == [
            NetworkRow("xor", 100.5, 7, "neuron", "float32", "numba", {"layers": [2, 1]}, {"why": "ünïcode"}, "xor-2")
        ]
        first = RunRow("xor-1", "xor", 101.0, 102.0, "failed", "exploded", None, "xor", {"batch_size": 4}, 3, 12, None)
        second = RunRow("xor-2", "xor", 103.0, plan={}, epochs=5, step=20, loss=0.25, resumed_at=8)
        assert store.runs.page() == [second, first]
        assert store.runs.new_id("xor") == "xor-3"
        change = {"kind": "set", "old": {"bias": 0.5}, "new": {"bias": "nan"}}
        assert store.events.page() == [
            EventRow(3, 104.0, "intervened", "xor", "xor-2", "dense_0/1", 8, "admin@socket", change),
            EventRow(4, 105.0, "service_started", None, None, None, None, "service", {}),
        ]
        assert store.interventions.page() == [
            InterventionRow(
                3, 104.0, "xor", "xor-2", "admin@socket", "set", "dense_0/1", 8, {"bias": 0.5}, {"bias": "nan"}
            )
        ]
        assert store.datasets.page() == [DatasetRow("table", 99.0, "csv", 1234, 10, ["a", "b"], "b")]
        assert store.sessions.get("s1") == SessionRow("s1", "hash", "viewer", 1.0, 2.0, 1.5, "me", revoked=True)
        assert store.idempotency.find("POST /networks", "key") == ("print", 201, b"{}")
        assert store.events.append([NewEvent(106.0, "service_stopped")]) == [5]


def test_afterwards_it_is_what_a_new_one_is(old: Path, tmp_path: Path) -> None:
    assert _schema(old)[0] == 1
    Store.open(old).close()
    Store.open(tmp_path / "new").close()

    assert _schema(old) == _schema(tmp_path / "new")
    assert _schema(old)[0] == 2


def test_old_events_are_said_to_be_put_as_they_were_then(old: Path) -> None:
    Store.open(old).close()

    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT schema FROM events").fetchall() == [(1,), (1,)]


def test_a_step_that_cannot_be_made_leaves_the_version_that_was_there(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("CREATE TABLE events_by_address (in_the_way)")
    before = _schema(old)

    with pytest.raises(DataError, match=r"cannot be opened \(.*events_by_address\): it is damaged: put back a copy"):
        Store.open(old)

    assert _schema(old) == before


def test_one_of_a_newer_deepnet_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "service.sqlite3"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 3")
    before = _schema(path)

    with pytest.raises(DataError) as caught:
        Store.open(path)

    known = "version 3 of its tables, this one knows 2"
    assert str(caught.value) == f"{path}: was made by a newer deepnet ({known}): use that one, or give another folder"
    assert _schema(path) == before


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE bookmarks (url)", "PRAGMA user_version = 1", "PRAGMA application_id = 5"]
)
def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "service.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
    before = path.read_bytes()

    with pytest.raises(DataError, match="is the database of another program: give another folder"):
        Store.open(path)

    assert path.read_bytes() == before


def test_what_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "service.sqlite3"
    path.write_bytes(b"no database " * 1000)

    with pytest.raises(DataError) as caught:
        Store.open(path)

    reason = "cannot be opened (file is not a database): it is damaged: put back a copy"
    assert str(caught.value) == f"{path}: {reason}"
    assert path.read_bytes() == b"no database " * 1000


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be opened \(No such file or directory\): give a folder"):
        Store.open(tmp_path / "none" / "service.sqlite3")


def test_the_tables_take_only_what_they_are_for(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path / "service.sqlite3") as store,
        pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"),
        store._database.write() as connection,
    ):
        connection.execute("INSERT INTO run_numbers VALUES ('xor', 'many')")
