"""A future that refuses to make a worker wait."""

import queue
from contextlib import suppress
from typing import Any, TypeVar

import pykka

from supervisor.errors import WouldBlockError
from supervisor.runtime.here import here

T = TypeVar("T")


class ScheduledFuture(pykka.ThreadingFuture[T]):
    """pykka's future, except that waiting for it inside a turn raises WouldBlockError.

    A turn runs on a worker that other actors need, perhaps the very one that is to answer. What has
    an answer already may be read anywhere, and ``get(timeout=0)`` asks whether it has.
    """

    awaited: pykka.ActorRef[Any] | None = None

    def get(self, *, timeout: float | None = None) -> Any:
        """Return the answer, as `pykka.Future.get` does.

        Raises:
            WouldBlockError: there is no answer yet and this is a turn of a ScheduledActor.
        """
        if timeout != 0 and self._result is None and self._get_hook is None:
            refuse_to_wait(self.awaited)
        return super().get(timeout=timeout)


def refuse_to_wait(awaited: pykka.ActorRef[Any] | None) -> None:
    """Raise WouldBlockError if this is a turn of a ScheduledActor."""
    waiting = here.mailbox
    if waiting is not None:
        raise WouldBlockError(str(waiting.actor), None if awaited is None else str(awaited))


def give(future: pykka.Future[Any], value: Any) -> None:
    """Answer *future* with *value*, an exception being raised where it was asked. An answer it has already stays."""
    with suppress(queue.Full):  # pykka's word for an answer given twice
        if isinstance(value, BaseException):
            future.set_exception((type(value), value, None))
        else:
            future.set(value)
