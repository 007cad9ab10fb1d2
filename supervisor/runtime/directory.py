"""Names that survive a restart: who goes by a name at present."""

import threading
from collections.abc import Hashable
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
        self.version = 0
        """Rises with every change: who remembers a ref looks it up anew once this has moved."""

    def register(self, name: Hashable, ref: pykka.ActorRef[Any]) -> None:
        """Give *name* to *ref*.

        Raises:
            AlreadyStarted: a living actor holds the name.
        """
        with self._lock:
            holder = self._refs.get(name)
            if holder is not None and holder is not ref and holder.is_alive():
                raise AlreadyStarted(name)
            self._refs[name] = ref
            self.version += 1

    def whereis(self, name: Hashable) -> pykka.ActorRef[Any] | None:
        """Return the living actor of that name, or None."""
        ref = self._refs.get(name)
        return ref if ref is not None and ref.is_alive() else None

    def names(self) -> tuple[Hashable, ...]:
        """All names that living actors hold, in the order they were first taken."""
        with self._lock:
            return tuple(name for name, ref in self._refs.items() if ref.is_alive())

    def unregister(self, name: Hashable) -> None:
        """Free *name*; a name that nobody holds is no error."""
        with self._lock:
            if self._refs.pop(name, None) is not None:
                self.version += 1
