"""Names that survive a restart: who goes by a name at present."""

import threading
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

import pykka

from supervisor.errors import AlreadyStarted


class Directory:
    """Names and the living actors that hold them. Thread-safe; looking up takes no lock.

    A name whose holder has stopped counts as free, and an actor stops before anyone is told of its death:
    a successor started by that news can take the name at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refs: dict[Hashable, pykka.ActorRef[Any]] = {}
        self._kept: dict[Hashable, list[Any]] = {}  # mail for those who are away
        self.version = 0
        """Rises with every change: who remembers a ref looks it up anew once this has moved."""

    def register(self, name: Hashable, ref: pykka.ActorRef[Any]) -> None:
        """Give *name* to *ref*, and with it the messages that were kept for whoever takes it.

        Raises:
            AlreadyStarted: a living actor holds the name.
        """
        with self._lock:
            holder = self._refs.get(name)
            if holder is not None and holder is not ref and holder.is_alive():
                raise AlreadyStarted(name)
            kept = self._kept.pop(name, [])
            for at, message in enumerate(kept):
                try:
                    ref.tell(message)
                except pykka.ActorDeadError:  # it does not live to take the rest: that is for the next
                    self._kept[name] = kept[at:]
                    break
            self._refs[name] = ref
            self.version += 1

    def whereis(self, name: Hashable) -> pykka.ActorRef[Any] | None:
        """Return the living actor of that name, or None."""
        ref = self._refs.get(name)
        return ref if ref is not None and ref.is_alive() else None

    def keep(self, name: Hashable, message: Any, *, limit: int) -> bool:
        """Keep *message* for the next holder of *name*; False if *limit* messages are kept for it already."""
        with self._lock:
            holder = self._refs.get(name)
            if holder is not None and holder.is_alive():  # it has come since the sender looked
                with suppress(pykka.ActorDeadError):  # or gone again
                    holder.tell(message)
                    return True
            kept = self._kept.setdefault(name, [])
            if len(kept) >= limit:
                return False
            kept.append(message)
            return True

    def names(self) -> tuple[Hashable, ...]:
        """All names that living actors hold, in the order they were first taken."""
        with self._lock:
            return tuple(name for name, ref in self._refs.items() if ref.is_alive())

    def unregister(self, name: Hashable) -> None:
        """Free *name*; a name that nobody holds is no error."""
        with self._lock:
            if self._refs.pop(name, None) is not None:
                self.version += 1


process_directory = Directory()
"""The names of this process."""


def register(name: Hashable, ref: pykka.ActorRef[Any]) -> None:
    """Give *name* to *ref* in this process.

    Raises:
        AlreadyStarted: a living actor holds the name.
    """
    process_directory.register(name, ref)


def whereis(name: Hashable) -> pykka.ActorRef[Any] | None:
    """Return the living actor of this process that has *name*, or None."""
    return process_directory.whereis(name)


def unregister(name: Hashable) -> None:
    """Free *name* in this process; a name that nobody holds is no error."""
    process_directory.unregister(name)
