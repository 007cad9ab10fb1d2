import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from deepnet.errors import StorageError
from deepnet.service.store.database import Database
from deepnet.service.store.readers import IDLE_READERS


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "service.sqlite3")
    yield database
    database.close()


def _remember(database: Database, network: str) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO run_numbers VALUES (?, 1)", (network,))


def _remembered(database: Database) -> list[str]:
    with database.read() as connection:
        return [name for (name,) in connection.execute("SELECT network FROM run_numbers ORDER BY network")]


def _in_threads(count: int, do: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=do, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _open_files(path: Path) -> list[str]:
    return [file.path for file in psutil.Process().open_files() if file.path.startswith(str(path))]


def test_what_is_written_is_brought_to_the_disk_each_time(database: Database) -> None:
    with database.write() as connection:
        full = 2
        assert connection.execute("PRAGMA synchronous").fetchone() == (full,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_none_of_its_files_is_for_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(tmp_path / "service.sqlite3")
        _remember(database, "xor")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        database.close()
    finally:
        os.umask(before)

    assert modes == {f"service.sqlite3{end}": 0o600 for end in ("", "-wal", "-shm")}


def test_whoever_raises_while_he_writes_has_written_nothing(database: Database) -> None:
    with suppress(ZeroDivisionError), database.write() as connection:
        connection.execute("INSERT INTO run_numbers VALUES ('xor', 1)")
        raise ZeroDivisionError

    _remember(database, "and")
    assert _remembered(database) == ["and"]


def test_readers_see_what_was_committed_while_somebody_writes(database: Database) -> None:
    _remember(database, "and")
    seen: list[list[str]] = []

    with database.write() as connection:
        connection.execute("INSERT INTO run_numbers VALUES ('xor', 1)")
        _in_threads(1, lambda _: seen.append(_remembered(database)))

    assert [*seen, _remembered(database)] == [["and"], ["and", "xor"]]


def test_writers_in_many_threads_come_one_after_the_other(database: Database) -> None:
    def add(_: int) -> None:
        for _ in range(25):
            with database.write() as connection:
                connection.execute(
                    "INSERT INTO run_numbers VALUES ('xor', 1) ON CONFLICT (network) DO UPDATE SET last = last + 1"
                )

    _in_threads(8, add)

    with database.read() as connection:
        assert connection.execute("SELECT last FROM run_numbers").fetchone() == (200,)


def test_nobody_writes_by_a_connection_that_reads(database: Database) -> None:
    with pytest.raises(StorageError, match="attempt to write a readonly database"), database.read() as connection:
        connection.execute("DELETE FROM run_numbers")


def test_many_threads_leave_no_more_files_open_each_time_and_none_when_it_is_closed(tmp_path: Path) -> None:
    database = Database(tmp_path / "service.sqlite3")
    meeting = threading.Barrier(2 * IDLE_READERS)

    def read(_: int) -> None:
        with database.read() as connection:
            connection.execute("SELECT * FROM networks").fetchall()
            meeting.wait()

    counts = []
    for _ in range(5):
        _in_threads(2 * IDLE_READERS, read)
        counts.append(len(_open_files(tmp_path)))
    database.close()

    assert max(counts[1:]) <= counts[0] + 1  # one that SQLite keeps until it can close it
    assert _open_files(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["service.sqlite3"]


def test_whoever_reads_while_it_is_closed_reads_to_the_end(tmp_path: Path) -> None:
    database = Database(tmp_path / "service.sqlite3")
    _remember(database, "xor")

    with database.read() as connection:
        database.close()
        assert connection.execute("SELECT network FROM run_numbers").fetchall() == [("xor",)]

    assert _open_files(tmp_path) == []


def test_closed_it_says_so_until_it_is_opened_again(database: Database) -> None:
    _remember(database, "and")
    database.close()
    database.close()

    with pytest.raises(StorageError, match="is closed: the service stops, or begins again"):
        _remember(database, "xor")
    with pytest.raises(StorageError, match="is closed"):
        _remembered(database)
    database.reopen()
    _remember(database, "xor")

    assert _remembered(database) == ["and", "xor"]


def test_a_program_that_has_it_locked_is_waited_for_and_then_named_as_the_reason(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as connection:
        connection.execute("PRAGMA busy_timeout = 10")  # not five seconds
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as caught:
            _remember(database, "xor")
        other.execute("ROLLBACK")

    reason = "could not be written (database is locked): close the other program that has it open"
    assert str(caught.value) == f"{database.path}: {reason}"
    _remember(database, "and")
    assert _remembered(database) == ["and"]


def test_a_connection_that_breaks_is_made_anew(database: Database) -> None:
    _remember(database, "and")
    with database.write() as connection:
        connection.execute("PRAGMA query_only = ON")  # every write fails from here on, by this connection

    with pytest.raises(StorageError, match="could not be written"):
        _remember(database, "xor")
    _remember(database, "xor")

    assert _remembered(database) == ["and", "xor"]


def test_a_file_that_was_taken_away_is_not_made_again_empty(database: Database) -> None:
    _remember(database, "and")
    database.path.unlink()

    with pytest.raises(StorageError, match=r"could not be opened \(unable to open database file\)"):
        database.reopen()

    assert not database.path.exists()


def test_a_damaged_page_is_said_to_be_damaged(tmp_path: Path) -> None:
    database = Database(tmp_path / "service.sqlite3")
    with database.write() as connection:
        names = [(f"network-{number}",) for number in range(2000)]
        connection.executemany("INSERT INTO run_numbers VALUES (?, 1)", names)
    database.close()
    with database.path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        size = file.tell()
        file.seek(size // 2)
        file.write(b"\xff" * (size // 2))
    database.reopen()

    with pytest.raises(StorageError, match=r"could not be read \(.*malformed\): it is damaged: put back a copy"):
        _remembered(database)
    database.close()
