"""The tables, and how those of an older version become those of this one.

What has once been released is never changed here: a change is another version at the end.
"""

import sqlite3
from pathlib import Path

from deepnet.data.files import one_line
from deepnet.errors import DataError

APPLICATION = 0x64656570
"""What `PRAGMA application_id` says of our files: "deep"."""

_VERSION_1 = (
    """
    CREATE TABLE networks (
        name TEXT PRIMARY KEY, created REAL NOT NULL, seed INTEGER NOT NULL, granularity TEXT NOT NULL,
        dtype TEXT NOT NULL, kernels TEXT NOT NULL, model TEXT NOT NULL, about TEXT NOT NULL, current_run TEXT,
        at_rest INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE runs (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, network TEXT NOT NULL, created REAL NOT NULL,
        ended REAL, state TEXT NOT NULL, reason TEXT NOT NULL, resumed_at INTEGER, dataset TEXT, plan TEXT NOT NULL,
        epochs INTEGER NOT NULL, step INTEGER NOT NULL, loss ANY
    ) STRICT
    """,
    "CREATE INDEX runs_by_network ON runs (network)",
    "CREATE TABLE run_numbers (network TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, kind TEXT NOT NULL, network TEXT, run TEXT,
        address TEXT, step INTEGER, who TEXT, data TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX events_by_network ON events (network)",
    "CREATE INDEX events_by_run ON events (run)",
    """
    CREATE TABLE interventions (
        id INTEGER PRIMARY KEY, time REAL NOT NULL, network TEXT NOT NULL, run TEXT, who TEXT NOT NULL,
        kind TEXT NOT NULL, address TEXT NOT NULL, step INTEGER, old TEXT NOT NULL, new TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE datasets (
        name TEXT PRIMARY KEY, created REAL NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL, rows INTEGER NOT NULL,
        columns TEXT NOT NULL, target TEXT
    ) STRICT
    """,
    """
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY, key_hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, created REAL NOT NULL,
        expires REAL NOT NULL, last_seen REAL NOT NULL, label TEXT NOT NULL, revoked INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE idempotency (
        scope TEXT NOT NULL, key TEXT NOT NULL, time REAL NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
        body BLOB NOT NULL, PRIMARY KEY (scope, key)
    ) STRICT
    """,
)
_VERSION_2 = (
    # Which way of putting things its data is in, for whoever reads it years later.
    "ALTER TABLE events ADD COLUMN schema INTEGER NOT NULL DEFAULT 1",
    "CREATE INDEX events_by_address ON events (address, network) WHERE address IS NOT NULL",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2)
"""What makes of version n, counted from 0, version n + 1."""
VERSION = len(MIGRATIONS)


def require_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Do nothing if the file is new, or of this version, or of an older one. It is only read.

    Raises:
        DataError: it is of a newer version, or of another program.
        sqlite3.Error: it could not be read.
    """
    name = one_line(str(path))
    version, owner = _version(connection), connection.execute("PRAGMA application_id").fetchone()[0]
    strangers = version == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if owner not in {0, APPLICATION} or strangers or (version and not owner):
        raise DataError(f"{name}: is the database of another program: give another folder")
    if version > VERSION:
        known = f"version {version} of its tables, this one knows {VERSION}"
        raise DataError(f"{name}: was made by a newer deepnet ({known}): use that one, or give another folder")


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make the tables of this version, whatever older version is there, or none. Each step is made whole or not at all.

    Raises:
        sqlite3.Error: it could not be read or written.
    """
    for number in range(_version(connection), VERSION):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in MIGRATIONS[number]:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
