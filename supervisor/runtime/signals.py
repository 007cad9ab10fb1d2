"""What overtakes ordinary mail and is not for on_receive: questions about the actor itself."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pykka

if TYPE_CHECKING:
    from supervisor.runtime.actor import ScheduledActor


class SystemRequest:
    """Have *run* called with the actor, between two messages, and its result put into *future*.

    Whatever it raises goes to whoever asked; the actor does not notice.
    """

    __slots__ = ("future", "run")

    def __init__(self, run: "Callable[[ScheduledActor], Any]", future: pykka.Future[Any]) -> None:
        self.run = run
        self.future = future
