"""The table of data sets that were uploaded."""

import sqlite3

from deepnet.errors import NameTakenError
from deepnet.service.store.columns import Columns
from deepnet.service.store.database import Database
from deepnet.service.store.rows import DatasetRow

_COLUMNS = Columns("datasets", DatasetRow, plain=("columns",))


class Datasets:
    """The data sets, by name; their files are in the data folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: DatasetRow) -> None:
        """Write down a new one.

        Raises:
            NameTakenError: there is one of that name.
        """
        try:
            with self._database.write() as connection:
                connection.execute(_COLUMNS.insert, _COLUMNS.values(row))
        except sqlite3.IntegrityError:
            raise NameTakenError(f"there is a data set {row.name!r} already: take another name") from None

    def get(self, name: str) -> DatasetRow | None:
        with self._database.read() as connection:
            found = connection.execute(f"{_COLUMNS.select} WHERE name = ?", (name,)).fetchone()
        return None if found is None else _COLUMNS.record(found)

    def page(self, after: str | None = None, limit: int = 100) -> list[DatasetRow]:
        """Return up to *limit*, by name, those *after* a name."""
        with self._database.read() as connection:
            found = connection.execute(
                f"{_COLUMNS.select} WHERE name > ? ORDER BY name LIMIT ?", (after or "", limit)
            ).fetchall()
        return [_COLUMNS.record(row) for row in found]

    def count(self) -> int:
        with self._database.read() as connection:
            return int(connection.execute("SELECT count(*) FROM datasets").fetchone()[0])

    def remove(self, name: str) -> bool:
        """Take one out; tell whether it was there."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM datasets WHERE name = ?", (name,)).rowcount > 0
