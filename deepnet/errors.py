"""Everything deepnet raises on purpose.

    DeepnetError
    ├── InputError (also a ValueError)   what was given cannot be used; the message says what to do
    │   ├── DataError                    ... in a file or a table: names the place
    │   ├── ShapeError                   ... arrays or layers that do not join
    │   └── UnknownNameError             ... a name that is not in a list: shows the list
    ├── RunError                         a run could not do what it was asked to
    ├── NetworkStoppedError              the network is no longer there
    ├── NotFoundError                    a service has nothing of that name
    ├── ConflictError                    a service cannot do it as things are
    │   └── NameTakenError               ... for something has that name already
    ├── StorageError                     a service could not write to its disk, or read from it
    └── ServiceError                     a service cannot be reached, or refuses

Every message is one line. Every error survives pickling.
"""

from collections.abc import Iterable


class DeepnetError(Exception):
    """Root of everything deepnet raises on purpose."""


class InputError(DeepnetError, ValueError):
    """What was given cannot be used; the message says what to do about it."""


class DataError(InputError):
    """A file or a table cannot be used; the message names the file, the row and the column."""


class ShapeError(InputError):
    """Arrays or layers do not join; the message names both shapes."""


class UnknownNameError(InputError):
    """A name is not one of those that are known."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.known = tuple(known)
        super().__init__(kind, name, self.known)

    def __str__(self) -> str:
        return f"unknown {self.kind} {self.name!r}: use one of {', '.join(self.known)}"


class RunError(DeepnetError):
    """A run could not do what it was asked to."""


class NetworkStoppedError(DeepnetError):
    """The network has been stopped; start a new one."""


class NotFoundError(DeepnetError):
    """A service has nothing of that name; the message says what it has."""


class ConflictError(DeepnetError):
    """A service cannot do it as things are; the message says what would have to be otherwise."""


class NameTakenError(ConflictError):
    """Something has that name already."""


class StorageError(DeepnetError):
    """A service could not write to its disk, or read from it; what was there before still is."""


class ServiceError(DeepnetError):
    """A service cannot be reached, or refuses; the message says why, and what to do."""
