"""All that the service writes down, in one SQLite file."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from deepnet.service.store.database import Database
from deepnet.service.store.datasets import Datasets
from deepnet.service.store.events import Events
from deepnet.service.store.idempotency import Idempotency
from deepnet.service.store.interventions import Interventions
from deepnet.service.store.networks import Networks
from deepnet.service.store.runs import Runs
from deepnet.service.store.sessions import Sessions


class Store:
    """The tables; made by `open`. Any thread may use it, and what a call has written is on the disk when it returns.

    Every call raises `StorageError` if the disk is full or fails: then nothing of it was written, and the next one may
    succeed.

    Attributes:
        networks, runs, events, interventions, datasets, sessions, idempotency: a table each.
        path: of the file.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self.path = database.path
        self.networks = Networks(database)
        self.runs = Runs(database)
        self.events = Events(database)
        self.interventions = Interventions(database)
        self.datasets = Datasets(database)
        self.sessions = Sessions(database)
        self.idempotency = Idempotency(database, clock)

    @classmethod
    def open(cls, path: str | Path, clock: Callable[[], float] = time.time) -> Self:
        """Open the file, or make it; one of an older version is brought to this one.

        Args:
            path: of the file; its folder must be there.
            clock: tells the time in seconds since 1970.

        Raises:
            DataError: it is damaged, newer, of another program, or cannot be opened.
            StorageError: the disk is full.
        """
        return cls(Database(Path(path)), clock)

    def reopen(self) -> None:
        """Begin again with new connections, after a failure or after `close`.

        Raises:
            DataError, StorageError: as for `open`.
        """
        self._database.reopen()

    def close(self) -> None:
        """Close every connection. Calls after that raise `StorageError`, until `reopen`."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
