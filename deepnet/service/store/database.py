"""One SQLite file: one connection that writes, and as many as are needed to read meanwhile."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deepnet.data.files import one_line
from deepnet.errors import DataError, StorageError
from deepnet.persistence.whole_folder import sync_folder
from deepnet.service.store.readers import Readers
from deepnet.service.store.schema import bring_up_to_date, require_ours

LOCKED_SECONDS = 5.0
"""How long to wait for a program of somebody else's that has the file locked."""
LONGEST_LOG = 64 << 20
"""Bytes to which the write-ahead log is cut when it has grown beyond."""

_PASSING = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""After these a connection is what it was before."""
_ADVICE = {
    sqlite3.SQLITE_ERROR: "it is damaged: put back a copy",
    sqlite3.SQLITE_FULL: "free some space on the disk",
    sqlite3.SQLITE_BUSY: "close the other program that has it open",
    sqlite3.SQLITE_LOCKED: "close the other program that has it open",
    sqlite3.SQLITE_CORRUPT: "it is damaged: put back a copy",
    sqlite3.SQLITE_NOTADB: "it is damaged: put back a copy",
}


class Database:
    """The file, opened and brought to this version. Any thread may use it; writers come one after the other.

    What `write` has committed is on the disk, also when the power fails. After a failure that is more than a full disk
    the connections are made anew at the next call.

    Raises:
        DataError: it is damaged, newer, of another program, or on a disk that cannot hold it.
        StorageError: it could not be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._closed = False
        self._writer: sqlite3.Connection | None = None
        self._readers = Readers(self.connect)
        try:
            # Before SQLite does it, so that it is private; the files that SQLite puts beside it become so too.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            sync_folder(path.parent)
            self._writer = self._begin()
        except sqlite3.Error as error:
            full = _code(error) == sqlite3.SQLITE_FULL
            raise (self._failure(error, "written") if full else self._refusal(error)) from None
        except OSError as error:
            raise self._refusal(error) from None

    def _refusal(self, error: Exception) -> DataError:
        reason = error.strerror if isinstance(error, OSError) else one_line(str(error))
        advice = _ADVICE.get(_code(error), "give a folder on a disk of this machine that takes files")
        return DataError(f"{one_line(str(self.path))}: cannot be opened ({reason}): {advice}")

    def _begin(self) -> sqlite3.Connection:
        connection = self.connect()
        try:
            require_ours(connection, self.path)
            self._require_log(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
            bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_log(self, mode: str) -> None:
        if mode != "wal":
            advice = "give a folder on a disk of this machine"
            raise DataError(f"{one_line(str(self.path))}: cannot have a write-ahead log on this disk: {advice}")

    def connect(self) -> sqlite3.Connection:
        """Return another connection, in which nothing is a transaction unless it is said."""
        address = f"{self.path.absolute().as_uri()}?mode=rw"  # what has gone is not made again, empty
        return sqlite3.connect(address, uri=True, timeout=LOCKED_SECONDS, isolation_level=None, check_same_thread=False)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection that writes, in a transaction: committed at the end, undone if anything is raised.

        Whoever has it must not ask for it again.

        Raises:
            StorageError: it could not be written; nothing of it was.
            sqlite3.IntegrityError: a row does not fit those that are there; nothing was written.
        """
        with self._writing:
            self._require_open()
            connection: sqlite3.Connection | None = None
            try:
                connection = self._writer = self._writer or self._begin()
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                if connection is not None and connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                if not _is_failure(error):
                    raise
                if _code(error) not in _PASSING:
                    self._forget()
                raise self._failure(error, "written") from error

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Hold a connection that only reads; each statement sees the file as it was when it began.

        Raises:
            StorageError: it could not be read.
        """
        self._require_open()
        readers, connection = self._readers, None
        try:
            connection = readers.take()
            yield connection
        except BaseException as error:
            if _is_failure(error):
                if connection is not None:
                    connection.close()
                    connection = None
                raise self._failure(error, "read") from error
            raise
        finally:
            if connection is not None:
                readers.give_back(connection)

    def reopen(self) -> None:
        """Make all connections anew, also after `close`.

        Raises:
            DataError, StorageError: as when it was opened.
        """
        with self._writing:
            self._forget()
            self._closed = False
            try:
                self._writer = self._begin()
            except sqlite3.Error as error:
                raise self._failure(error, "opened") from error

    def close(self) -> None:
        """Close all connections; whoever reads just now closes his when he is done. Again does nothing."""
        with self._writing:
            self._closed = True
            self._forget()

    def _forget(self) -> None:
        readers, self._readers = self._readers, Readers(self.connect)
        readers.close()
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(sqlite3.Error):
                writer.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StorageError(f"{one_line(str(self.path))}: is closed: the service stops, or begins again")

    def _failure(self, error: BaseException, done: str) -> StorageError:
        reason = one_line(str(error))
        advice = _ADVICE.get(_code(error), "look at the disk")
        return StorageError(f"{one_line(str(self.path))}: could not be {done} ({reason}): {advice}")


def _is_failure(error: BaseException) -> bool:
    """Whether it is the disk's or the file's fault, and not that of a row or of a statement's writer."""
    mistakes = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.NotSupportedError)
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, mistakes)


def _code(error: BaseException) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
