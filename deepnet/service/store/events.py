"""The table of events: what has happened, oldest first, in numbers without gaps."""

import sqlite3
from collections.abc import Sequence

from deepnet.persistence.plain_json import to_json
from deepnet.service.store.columns import Columns
from deepnet.service.store.database import Database
from deepnet.service.store.rows import EventRow, NewEvent

INTERVENED = "intervened"
"""The kind that is written among the interventions too: its data have ``kind``, ``old`` and ``new``."""
SCHEMA = 1
"""Which way of putting things the data of new events are in."""

_COLUMNS = Columns("events", EventRow, plain=("data",))
_INSERT = """
    INSERT INTO events (time, kind, network, run, address, step, who, data, schema) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INTERVENTION = """
    INSERT INTO interventions (id, time, network, run, who, kind, address, step, old, new)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class Events:
    """What has happened, by number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, rows: Sequence[NewEvent]) -> list[int]:
        """Write down some, all of them or none; return their numbers.

        Those of the kind "intervened" are written among the interventions too.

        Raises:
            StorageError: they could not be written; none of them was.
        """
        with self._database.write() as connection:
            return [_append(connection, row) for row in rows]

    def page(
        self,
        after: int = 0,
        before: int | None = None,
        limit: int = 100,
        network: str | None = None,
        run: str | None = None,
        kinds: Sequence[str] = (),
        address: str | None = None,
        newest_first: bool = False,
    ) -> list[EventRow]:
        """Return up to *limit* whose number is above *after* and below *before*, and that are what is asked for."""
        conditions = ["id > ?"]
        values: list[int | str] = [after]
        wanted = (("id <", before), ("network =", network), ("run =", run), ("address =", address))
        chosen = [(start, value) for start, value in wanted if value is not None]
        conditions += [f"{start} ?" for start, _ in chosen]
        values += [value for _, value in chosen]
        if kinds:
            conditions.append(f"kind IN ({', '.join('?' * len(kinds))})")
        order = "DESC" if newest_first else "ASC"
        statement = f"{_COLUMNS.select} WHERE {' AND '.join(conditions)} ORDER BY id {order} LIMIT ?"
        with self._database.read() as connection:
            found = connection.execute(statement, (*values, *kinds, limit)).fetchall()
        return [_COLUMNS.record(row) for row in found]

    def last_id(self) -> int:
        """Return the number of the newest that was ever written; 0 before the first."""
        with self._database.read() as connection:
            found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        return 0 if found is None else int(found[0])

    def trim(self, keep: int) -> int:
        """Remove all but the newest *keep*; return how many those were. Interventions stay in their own table."""
        with self._database.write() as connection:
            return connection.execute(
                "DELETE FROM events WHERE id <= (SELECT seq FROM sqlite_sequence WHERE name = 'events') - ?", (keep,)
            ).rowcount


def _append(connection: sqlite3.Connection, row: NewEvent) -> int:
    data = to_json(row.data).decode()
    values = (row.time, row.kind, row.network, row.run, row.address, row.step, row.who, data, SCHEMA)
    number = connection.execute(_INSERT, values).lastrowid
    if number is None:
        raise AssertionError("an INSERT has a row")
    if row.kind == INTERVENED:
        old, new = (to_json(row.data.get(side)).decode() for side in ("old", "new"))
        what = str(row.data.get("kind", ""))
        about = (number, row.time, row.network or "", row.run, row.who or "", what, row.address or "", row.step)
        connection.execute(_INTERVENTION, (*about, old, new))
    return number
