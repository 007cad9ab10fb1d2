"""A handle: a name that can be sent to, whoever goes by it at present."""

from collections.abc import Hashable
from typing import Any, Literal

import pykka

from supervisor.errors import NameNotFound
from supervisor.runtime.directory import Directory, process_directory

QUEUE_LIMIT = 10_000
"""Messages that a handle keeps for someone who is away."""


class Handle:
    """Sends to the holder of *name*, looked up at each send, so that it survives restarts.

    Args:
        name: who is meant.
        when_away: what to do while nobody has the name: ``"refuse"``, or ``"queue"`` and deliver, in order, to the next
            who takes it.
        directory: where names are looked up; the process's own by default.

    Raises:
        ValueError: *when_away* is neither of these words.
    """

    def __init__(
        self,
        name: Hashable,
        *,
        when_away: Literal["refuse", "queue"] = "refuse",
        directory: Directory | None = None,
    ) -> None:
        if when_away not in {"refuse", "queue"}:
            raise ValueError(f"when_away must be refuse or queue, got {when_away!r}")
        self.name = name
        self.when_away = when_away
        self._directory = directory or process_directory

    def __repr__(self) -> str:
        return f"<Handle {self.name!r}: {self.ref() or 'away'}>"

    def ref(self) -> pykka.ActorRef[Any] | None:
        """Whoever has the name now; do not keep it."""
        return self._directory.whereis(self.name)

    def is_alive(self) -> bool:
        return self.ref() is not None

    def tell(self, message: Any) -> None:
        """Send *message* without waiting.

        Raises:
            NameNotFound: nobody has the name, and the handle does not queue, or has too much in its queue.
        """
        ref = self.ref()
        if ref is not None:
            try:
                ref.tell(message)
            except pykka.ActorDeadError:
                pass  # it died between the look and the send: that is being away
            else:
                return
        if self.when_away == "refuse" or not self._directory.keep(self.name, message, limit=QUEUE_LIMIT):
            raise NameNotFound(self.name)

    def ask(self, message: Any, *, block: bool = True, timeout: float | None = None) -> Any:
        """Send *message* and return the answer, or its future. A question is never queued.

        Raises:
            NameNotFound: nobody has the name.
            pykka.ActorDeadError: whoever had it died before answering.
            pykka.Timeout: there was no answer within *timeout* seconds.
        """
        ref = self.ref()
        if ref is None:
            raise NameNotFound(self.name)
        return ref.ask(message, block=block, timeout=timeout)
