"""Many actors that are told the same: one message for all, and all made ready at once."""

from collections.abc import Iterable
from typing import Any

import pykka

from supervisor.runtime.ref import ScheduledRef


class Group:
    """Actors that are told things together.

    It holds refs, which go stale at a restart: make another one then.

    Args:
        refs: of `ScheduledActor`s.

    Raises:
        TypeError: one of them is no ScheduledActor's.
    """

    __slots__ = ("_mailboxes",)

    def __init__(self, refs: Iterable[pykka.ActorRef[Any]]) -> None:
        mailboxes = []
        for ref in refs:
            if not isinstance(ref, ScheduledRef):
                raise TypeError(f"a Group is of ScheduledActors, got {ref!r}")
            mailboxes.append(ref.actor_inbox)
        self._mailboxes = tuple(mailboxes)

    def __len__(self) -> int:
        return len(self._mailboxes)

    def tell(self, message: Any) -> int:
        """Send *message* to each, without waiting; return how many of them were alive to get it."""
        reached = 0
        for mailbox in self._mailboxes:  # ScheduledRef.tell, without a call for each
            if mailbox.stopped.raised:
                continue
            reached += 1
            mailbox.messages.append(message)
            if not mailbox.taken:
                try:
                    mailbox.token.pop()
                except IndexError:
                    continue
                mailbox.taken = True
                scheduler = mailbox.scheduler
                scheduler.queue.append(mailbox)
                if scheduler.parked:
                    scheduler.wake()
        return reached
