"""Why an actor ended: exit reasons are values.

``"normal"`` (it was done), ``"shutdown"`` (it was told to), `Shutdown` (the same, with a detail),
``"killed"`` (nobody asked it), ``"noproc"`` (it was gone before anyone looked) and `Crash`.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Shutdown:
    """An orderly end with something to say about it."""

    detail: object


@dataclass(frozen=True, slots=True)
class Crash:
    """An end by an exception that nobody caught."""

    exception: BaseException

    def __str__(self) -> str:
        return f"{type(self.exception).__name__}: {self.exception}".replace("\n", " ")


ExitReason: TypeAlias = str | Shutdown | Crash


def is_clean(reason: ExitReason) -> bool:
    """Tell whether an end for *reason* is an orderly one: normal, shutdown or `Shutdown`."""
    return reason in {"normal", "shutdown"} if isinstance(reason, str) else isinstance(reason, Shutdown)
