"""Ending somebody else's turn: which of the two ended it is decided once."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.runtime.actor import ScheduledActor
    from supervisor.runtime.mailbox import Mailbox, Token
    from supervisor.runtime.worker import Worker


class Fence:
    """Lies in a mailbox in place of its token while it is decided whether its turn is ended from outside.

    Who wants the token waits for that. Once the fence stands, nobody gets it, and handing it back does nothing;
    otherwise all is as if there had been no fence.

    Attributes:
        deciding: held until it is decided; re-entrant, because a finalizer may run anywhere and send something.
        stands: what was decided.
    """

    __slots__ = ("_token", "deciding", "stands")

    def __init__(self, token: "Token") -> None:
        self._token = token
        self.deciding = threading.RLock()
        self.stands = False

    def pop(self) -> None:
        with self.deciding:
            if self.stands:
                raise IndexError
            self._token.pop()

    def append(self, token: None, /) -> None:
        with self.deciding:
            if not self.stands:
                self._token.append(token)


def fence_off(mailbox: "Mailbox", worker: "Worker") -> "ScheduledActor | None":
    """End the turn that *worker* gives *mailbox*; return its actor, or None if the turn, or the actor, ends by itself.

    A worker says that a turn is over, and then hands the token back. Here the token is replaced, and then it is
    looked whether the worker has said so. If it has not, it will come upon the fence. If it has, it may come upon
    the fence all the same; it waits there for what is decided here, and that is that nothing has happened.

    Two must not do this at once for one mailbox.
    """
    token = mailbox.token
    fence = Fence(token)
    with fence.deciding:
        mailbox.token = fence
        actor = mailbox.actor
        if worker.slot.mailbox is mailbox and actor is not None and mailbox.claim_end():
            fence.stands = actor.abandoned = worker.lost = True
            worker.going = False
            mailbox.stopped.set()
            return actor
        mailbox.token = token
    return None
