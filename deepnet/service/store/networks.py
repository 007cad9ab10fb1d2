"""The table of networks."""

import sqlite3
from typing import Any

from deepnet.errors import NameTakenError, NotFoundError
from deepnet.service.store.columns import Columns
from deepnet.service.store.database import Database
from deepnet.service.store.rows import NetworkRow

_COLUMNS = Columns("networks", NetworkRow, plain=("model", "about"), flags=("at_rest",))


class Networks:
    """The networks that the service has, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: NetworkRow) -> None:
        """Write down a new one.

        Raises:
            NameTakenError: there is one of that name.
        """
        try:
            with self._database.write() as connection:
                connection.execute(_COLUMNS.insert, _COLUMNS.values(row))
        except sqlite3.IntegrityError:
            raise NameTakenError(f"there is a network {row.name!r} already: take another name") from None

    def get(self, name: str) -> NetworkRow | None:
        with self._database.read() as connection:
            found = connection.execute(f"{_COLUMNS.select} WHERE name = ?", (name,)).fetchone()
        return None if found is None else _COLUMNS.record(found)

    def page(self, after: str | None = None, limit: int = 100) -> list[NetworkRow]:
        """Return up to *limit*, by name, those *after* a name."""
        with self._database.read() as connection:
            found = connection.execute(
                f"{_COLUMNS.select} WHERE name > ? ORDER BY name LIMIT ?", (after or "", limit)
            ).fetchall()
        return [_COLUMNS.record(values) for values in found]

    def count(self) -> int:
        with self._database.read() as connection:
            return int(connection.execute("SELECT count(*) FROM networks").fetchone()[0])

    def update(self, name: str, **fields: Any) -> None:
        """Change some fields of one.

        Raises:
            NotFoundError: there is none of that name.
        """
        statement, values = _COLUMNS.update("name", name, fields)
        with self._database.write() as connection:
            changed = connection.execute(statement, values).rowcount
        if not changed:
            raise NotFoundError(f"there is no network {name!r}: look which there are")

    def remove(self, name: str) -> None:
        """Take one out, and its runs with it; its events and interventions stay. If there is none, nothing happens."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM runs WHERE network = ?", (name,))
            connection.execute("DELETE FROM networks WHERE name = ?", (name,))
