"""What is known of an actor's life by those who watch it: whether it is up, and what it died of."""

from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import pykka

from supervisor.core.reasons import ExitReason
from supervisor.runtime.mailbox import Mailbox

if TYPE_CHECKING:
    from supervisor.runtime.watch import Watcher


class Life(Protocol):
    """A `Mailbox` is one; so is what `supervisor.runtime.foreign` keeps for actors that have none."""

    up: bool
    death: ExitReason | None
    watchers: "list[Watcher] | None"


foreign_lives: "WeakKeyDictionary[pykka.ActorRef[Any], Life]" = WeakKeyDictionary()
"""Of the actors that are not ours but are watched."""


def life_of(ref: pykka.ActorRef[Any]) -> Life:
    """Return what is known of *ref*.

    Raises:
        TypeError: nobody would know of its end: it is no ScheduledActor, and no supervisor started it.
    """
    inbox = ref.actor_inbox
    if isinstance(inbox, Mailbox):
        return inbox
    life = foreign_lives.get(ref)
    if life is None:
        raise TypeError(f"{ref} can't be watched: it is neither a ScheduledActor nor the child of a supervisor")
    return life
