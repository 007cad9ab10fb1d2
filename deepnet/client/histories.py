"""The history of a run as it grows: each epoch is fetched once."""

import threading
from typing import Any

from deepnet.client.link import Link
from deepnet.training.history import EpochRecord
from deepnet.wire.records import epoch_from_dict

PAGE = 1000


class History:
    """Knows the epochs of a run that have been fetched, and fetches those that are new.

    A run may be put back, and play epochs again: then the last one that is known is no longer there or has come about
    at another time, and all are fetched anew.

    Args:
        link: to the service.
        path: of the run.
    """

    def __init__(self, link: Link, path: str) -> None:
        self._link = link
        self._path = f"{path}/history"
        self._lock = threading.Lock()
        self._known: tuple[EpochRecord, ...] = ()

    def all(self) -> tuple[EpochRecord, ...]:
        """Return a record for each epoch that is over."""
        with self._lock:
            known = self._known
            if known:
                newer = self.between(known[-1].epoch - 1, None)
                known = (*known[:-1], *newer) if newer and _same(newer[0], known[-1]) else ()
            self._known = known or self.between(0, None)
            return self._known

    def between(self, first: int, last: int | None) -> tuple[EpochRecord, ...]:
        """Return the records of epochs numbered above *first* and up to *last*; None for all."""
        records: list[EpochRecord] = []
        while last is None or first < last:
            limit = PAGE if last is None else min(PAGE, last - first)
            page: dict[str, Any] = self._link.ask("GET", self._path, params={"after": first, "limit": limit}).json()
            records += [epoch_from_dict(record) for record in page["items"]]
            if page["next"] is None:
                break
            first = int(page["next"])
        return tuple(records)

    def last(self, epochs: int) -> EpochRecord | None:
        """Return the record of the last of so many epochs, or of one that has ended since."""
        found = self.between(max(0, epochs - 1), None) if epochs else ()
        return found[-1] if found else None


def _same(one: EpochRecord, other: EpochRecord) -> bool:
    return repr(one) == repr(other)  # nan is nan here, and the clock counts
