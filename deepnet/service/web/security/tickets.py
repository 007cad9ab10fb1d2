"""Tickets: what `deepnet open` hands to a browser. Each is good once, for a minute, and kept nowhere but here."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from deepnet.errors import ConflictError
from deepnet.service.web.security.roles import Role

MOST_TICKETS = 100
"""Tickets that may wait to be used."""
TICKET_MARK = "dnticket_"
"""How every ticket begins: what may not be logged can be recognised."""


class Grant(NamedTuple):
    """What a ticket is good for."""

    role: Role
    label: str
    expires: float
    """Seconds since 1970."""


class Tickets:
    """Those that have been issued and not used. Thread-safe."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._grants: dict[bytes, Grant] = {}
        """By the hash of the ticket, so that finding one tells nothing by how long it takes."""

    def issue(self, role: Role, label: str) -> tuple[str, Grant]:
        """Return a new ticket and what it is good for; ConflictError if too many wait to be used."""
        ticket = TICKET_MARK + secrets.token_urlsafe(32)
        now = self._clock()
        grant = Grant(role, label, now + self._seconds)
        with self._lock:
            self._grants = {key: kept for key, kept in self._grants.items() if kept.expires > now}
            if len(self._grants) >= MOST_TICKETS:
                raise ConflictError(f"{MOST_TICKETS} tickets wait to be used: wait a minute")
            self._grants[_hash(ticket)] = grant
        return ticket, grant

    def redeem(self, ticket: str) -> Grant | None:
        """Use *ticket* up; None if there is none such, it has been used, or it is too old."""
        with self._lock:
            grant = self._grants.pop(_hash(ticket), None)
        return grant if grant and grant.expires > self._clock() else None


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()
