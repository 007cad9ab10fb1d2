"""Pykka's registry, at a price that does not grow with the number of actors.

`pykka.ActorRegistry` keeps its refs in a list and removes one by scanning it: to stop n actors takes n * n / 2
looks. What it needs of that list is little, so another container does the same in constant time.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pykka


class RefList:
    """Refs in the order in which they were registered; what of `list` pykka's registry uses."""

    def __init__(self, refs: Iterable[pykka.ActorRef[Any]] = ()) -> None:
        self._refs = dict.fromkeys(refs)

    def append(self, ref: pykka.ActorRef[Any]) -> None:
        self._refs[ref] = None

    def remove(self, ref: pykka.ActorRef[Any]) -> None:
        if ref not in self._refs:
            raise ValueError(f"{ref} is not registered")
        del self._refs[ref]

    def __contains__(self, ref: object) -> bool:
        return ref in self._refs

    def __iter__(self) -> Iterator[pykka.ActorRef[Any]]:
        return iter(self._refs)

    def __len__(self) -> int:
        return len(self._refs)

    def __getitem__(self, places: slice) -> list[pykka.ActorRef[Any]]:
        return list(self._refs)[places]


def speed_up_registry() -> None:
    """Put a `RefList` in the place of the list of pykka's registry. Twice is no error."""
    registry: Any = pykka.ActorRegistry
    with registry._actor_refs_lock:
        if not isinstance(registry._actor_refs, RefList):
            registry._actor_refs = RefList(registry._actor_refs)
