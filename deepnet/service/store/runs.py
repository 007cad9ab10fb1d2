"""The table of runs."""

import sqlite3
from typing import Any

from deepnet.errors import InputError, NameTakenError, NotFoundError
from deepnet.service.store.columns import Columns
from deepnet.service.store.database import Database
from deepnet.service.store.rows import RunRow

_COLUMNS = Columns("runs", RunRow, plain=("plan",), numbers=("loss",))
_NUMBER = """
    INSERT INTO run_numbers (network, last) VALUES (?, 1)
    ON CONFLICT (network) DO UPDATE SET last = last + 1 RETURNING last
"""


class Runs:
    """The runs of all networks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new_id(self, network: str) -> str:
        """Return ``<network>-<n>``, which no run had before, also none of a network of that name that was removed."""
        with self._database.write() as connection:
            return f"{network}-{connection.execute(_NUMBER, (network,)).fetchone()[0]}"

    def add(self, row: RunRow) -> None:
        """Write down a new one.

        Raises:
            NameTakenError: there is one of that id.
        """
        try:
            with self._database.write() as connection:
                connection.execute(_COLUMNS.insert, _COLUMNS.values(row))
        except sqlite3.IntegrityError:
            raise NameTakenError(f"there is a run {row.id!r} already: take another id") from None

    def begin(self, row: RunRow) -> None:
        """Write down a new one, and that its network has it now; both or neither.

        Raises:
            NameTakenError: there is one of that id.
        """
        try:
            with self._database.write() as connection:
                connection.execute(_COLUMNS.insert, _COLUMNS.values(row))
                connection.execute(
                    "UPDATE networks SET current_run = ?, at_rest = 0 WHERE name = ?", (row.id, row.network)
                )
        except sqlite3.IntegrityError:
            raise NameTakenError(f"there is a run {row.id!r} already: take another id") from None

    def get(self, run: str) -> RunRow | None:
        with self._database.read() as connection:
            found = connection.execute(f"{_COLUMNS.select} WHERE id = ?", (run,)).fetchone()
        return None if found is None else _COLUMNS.record(found)

    def page(self, network: str | None = None, after: str | None = None, limit: int = 100) -> list[RunRow]:
        """Return up to *limit*, newest first, of one network or of all; those that come *after* a run's id.

        Raises:
            InputError: there is no run of that id.
        """
        conditions, values = ["TRUE"], list[str | int]()
        with self._database.read() as connection:
            if network is not None:
                conditions.append("network = ?")
                values.append(network)
            if after is not None:
                place = connection.execute("SELECT number FROM runs WHERE id = ?", (after,)).fetchone()
                if place is None:
                    raise InputError(f"there is no run {after!r} to go on after: begin with the first page")
                conditions.append("number < ?")
                values.append(place[0])
            chosen = " AND ".join(conditions)
            found = connection.execute(
                f"{_COLUMNS.select} WHERE {chosen} ORDER BY number DESC LIMIT ?", (*values, limit)
            ).fetchall()
        return [_COLUMNS.record(row) for row in found]

    def unfinished(self) -> list[RunRow]:
        """Return those that are running or paused, oldest first."""
        with self._database.read() as connection:
            found = connection.execute(
                f"{_COLUMNS.select} WHERE state IN ('running', 'paused') ORDER BY number"
            ).fetchall()
        return [_COLUMNS.record(row) for row in found]

    def count(self) -> int:
        with self._database.read() as connection:
            return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])

    def update(self, run: str, **fields: Any) -> None:
        """Change some fields of one.

        Raises:
            NotFoundError: there is none of that id.
        """
        statement, values = _COLUMNS.update("id", run, fields)
        with self._database.write() as connection:
            changed = connection.execute(statement, values).rowcount
        if not changed:
            raise NotFoundError(f"there is no run {run!r}: look which there are")
