"""Connections to read by: one for each who reads at the same time, kept for the next."""

import sqlite3
import threading
from collections.abc import Callable

IDLE_READERS = 8
"""So many are kept."""


class Readers:
    """Connections that nobody reads from just now, for whoever comes next, in whatever thread.

    Args:
        connect: makes another one.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    def take(self) -> sqlite3.Connection:
        """Return a connection that cannot write; it belongs to the caller until he gives it back, or closes it."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        connection = self._connect()
        try:
            connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Keep *connection* for the next, or close it if there are enough, or if all of them are to be closed."""
        with self._lock:
            if not self._closed and len(self._idle) < IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close those that nobody has, and the others when they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
