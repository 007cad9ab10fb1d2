"""The table of interventions: who has changed what, from what, to what.

It is written by `events`, and keeps the newest for longer than they do.
"""

from deepnet.service.store.columns import Columns
from deepnet.service.store.database import Database
from deepnet.service.store.rows import InterventionRow

_COLUMNS = Columns("interventions", InterventionRow, plain=("old", "new"))
_TRIM = """
    DELETE FROM interventions WHERE id <= (SELECT id FROM interventions ORDER BY id DESC LIMIT 1 OFFSET ?)
"""


class Interventions:
    """All that was ever changed, by the number of its event."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, after: int = 0, limit: int = 100, network: str | None = None, run: str | None = None
    ) -> list[InterventionRow]:
        """Return up to *limit*, oldest first, whose number is above *after*, of one network or run, or of all."""
        conditions = "id > ? AND (?2 IS NULL OR network = ?2) AND (?3 IS NULL OR run = ?3)"
        statement = f"{_COLUMNS.select} WHERE {conditions} ORDER BY id LIMIT ?4"
        with self._database.read() as connection:
            found = connection.execute(statement, (after, network, run, limit)).fetchall()
        return [_COLUMNS.record(row) for row in found]

    def trim(self, keep: int) -> int:
        """Remove all but the newest *keep*; return how many those were."""
        with self._database.write() as connection:
            return connection.execute(_TRIM, (keep,)).rowcount

    def count(self) -> int:
        with self._database.read() as connection:
            return int(connection.execute("SELECT count(*) FROM interventions").fetchone()[0])
