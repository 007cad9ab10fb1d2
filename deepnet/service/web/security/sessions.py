"""Sessions: what a browser has after its login. The store knows only the hash of what the cookie holds."""

import contextlib
import hashlib
import secrets
import threading
import time
from collections.abc import Callable

from deepnet.errors import NotFoundError, StorageError
from deepnet.service.store.rows import SessionRow
from deepnet.service.store.sessions import Sessions as SessionTable
from deepnet.service.web.security.connections import Connections
from deepnet.service.web.security.roles import Role

KEY_MARK = "dnsession_"
"""How the content of every session cookie begins: what may not be logged can be recognised."""
FRESH_SECONDS = 30.0
"""How long what the store said of a session is taken to be so; revoking counts at once."""
MOST_REMEMBERED = 1024


class Sessions:
    """Opens, finds and revokes sessions. Thread-safe; `find` and what changes something may wait for the disk."""

    def __init__(self, table: SessionTable, seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._remembered: dict[str, tuple[SessionRow, float]] = {}
        self._revocations = 0
        self.connections = Connections()

    def open(self, role: Role, label: str) -> tuple[str, SessionRow]:
        """Return what the cookie is to hold, and the new session's row."""
        now = self._clock()
        key = KEY_MARK + secrets.token_urlsafe(32)
        row = SessionRow(
            id=secrets.token_hex(6),
            key_hash=_hash(key),
            role=role.label,
            created=now,
            expires=now + self._seconds,
            last_seen=now,
            label=label,
            revoked=False,
        )
        self._table.sweep(now)
        self._table.add(row)
        return key, row

    def remembered(self, key: str) -> SessionRow | None:
        """Return the live session of *key* if that is known without asking the store."""
        with self._lock:
            row, until = self._remembered.get(_hash(key), (None, 0.0))
        now = self._clock()
        return row if row and until > now and row.expires > now else None

    def find(self, key: str) -> SessionRow | None:
        """Return the live session of *key*; None if there is none, it is over, or it has been revoked."""
        revocations = self._revocations
        row, now = self._table.get_by_hash(_hash(key)), self._clock()
        if row is None or row.revoked or row.expires <= now:
            return None
        with contextlib.suppress(StorageError):  # a full disk is no reason to send away who may come in
            self._table.touch(row.id, now)
        with self._lock:
            if revocations == self._revocations:  # else it may be the one that has just been revoked
                if len(self._remembered) >= MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[row.key_hash] = (row, now + FRESH_SECONDS)
        return row

    def page(self, after: str | None, limit: int) -> list[SessionRow]:
        """Return at most *limit* sessions that come after the one of id *after*."""
        return list(self._table.page(after, limit))

    def revoke(self, session: str) -> SessionRow:
        """End *session*, and every connection it has open; NotFoundError if there is none of that id."""
        row = self._table.get(session)
        if row is None:
            raise NotFoundError(f"there is no session {session!r}: see GET /api/v1/sessions")
        self._table.revoke(session)
        with self._lock:
            self._revocations += 1
            self._remembered.clear()
        self.connections.end(session)
        return row


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
