"""The table of answers to requests that may come again: what creates something creates it once."""

from collections.abc import Callable
from typing import NamedTuple

from deepnet.service.store.database import Database


class Answer(NamedTuple):
    """What was answered.

    Attributes:
        fingerprint: of the request; another request under the same key is a mistake of who sends it.
        status: of the answer.
        body: of the answer.
    """

    fingerprint: str
    status: int
    body: bytes


class Idempotency:
    """The answers, by who asked for what (the scope) and by his key."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def find(self, scope: str, key: str) -> Answer | None:
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT fingerprint, status, body FROM idempotency WHERE scope = ? AND key = ?", (scope, key)
            ).fetchone()
        return None if found is None else Answer(*found)

    def remember(self, scope: str, key: str, fingerprint: str, status: int, body: bytes) -> None:
        """Keep an answer; if there is one already, that is kept."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO idempotency (scope, key, time, fingerprint, status, body) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (scope, key, self._clock(), fingerprint, status, body),
            )

    def forget(self, scope: str, key: str) -> None:
        """Remove an answer, if there is one."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM idempotency WHERE scope = ? AND key = ?", (scope, key))

    def sweep(self, older_than: float) -> int:
        """Remove those from before a time, in seconds since 1970; return how many those were."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM idempotency WHERE time < ?", (older_than,)).rowcount
