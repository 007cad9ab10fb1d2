"""The table of sessions: who has come in with a ticket."""

import sqlite3

from deepnet.errors import NameTakenError
from deepnet.service.store.columns import Columns
from deepnet.service.store.database import Database
from deepnet.service.store.rows import SessionRow

SEEN_SECONDS = 60.0
"""A session that was seen less than so long ago is not written again: reading costs no writing."""

_COLUMNS = Columns("sessions", SessionRow, flags=("revoked",))


class Sessions:
    """The sessions, by id, and by the hash of their secret."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: SessionRow) -> None:
        """Write down a new one.

        Raises:
            NameTakenError: there is one of that id, or of that hash.
        """
        try:
            with self._database.write() as connection:
                connection.execute(_COLUMNS.insert, _COLUMNS.values(row))
        except sqlite3.IntegrityError:
            raise NameTakenError(f"there is a session {row.id!r} already: take another id") from None

    def get(self, session: str) -> SessionRow | None:
        with self._database.read() as connection:
            found = connection.execute(f"{_COLUMNS.select} WHERE id = ?", (session,)).fetchone()
        return None if found is None else _COLUMNS.record(found)

    def get_by_hash(self, key_hash: str) -> SessionRow | None:
        """Return the session whose secret has that hash, be it expired or revoked; None if there is none."""
        with self._database.read() as connection:
            found = connection.execute(f"{_COLUMNS.select} WHERE key_hash = ?", (key_hash,)).fetchone()
        return None if found is None else _COLUMNS.record(found)

    def page(self, after: str | None = None, limit: int = 100) -> list[SessionRow]:
        """Return up to *limit*, by id, those *after* an id."""
        with self._database.read() as connection:
            found = connection.execute(
                f"{_COLUMNS.select} WHERE id > ? ORDER BY id LIMIT ?", (after or "", limit)
            ).fetchall()
        return [_COLUMNS.record(row) for row in found]

    def revoke(self, session: str) -> bool:
        """End one; tell whether it is there and was not ended before."""
        with self._database.write() as connection:
            statement = "UPDATE sessions SET revoked = 1 WHERE id = ? AND revoked = 0"
            return connection.execute(statement, (session,)).rowcount > 0

    def touch(self, session: str, now: float) -> bool:
        """Note that it was used; tell whether that was written, which it is once a minute."""
        with self._database.read() as connection:
            due = "SELECT 1 FROM sessions WHERE id = ? AND abs(? - last_seen) >= ?"
            if connection.execute(due, (session, now, SEEN_SECONDS)).fetchone() is None:
                return False
        with self._database.write() as connection:
            connection.execute("UPDATE sessions SET last_seen = ? WHERE id = ?", (now, session))
        return True

    def sweep(self, now: float) -> int:
        """Remove those that have expired; return how many those were."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM sessions WHERE expires <= ?", (now,)).rowcount
