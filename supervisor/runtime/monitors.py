"""One-way death watch: whoever monitors an actor gets one message when it has ended."""

import threading
from contextlib import suppress
from typing import Any

import pykka

from supervisor.runtime.here import here
from supervisor.runtime.mailbox import Mailbox
from supervisor.runtime.watch import Down, Up, unwatch, watch

_lock = threading.Lock()  # between a notice and its being called off; one for all, because both are rare


class Monitor:
    """One watch over one actor. Each is independent, and yields exactly one `Down`.

    Attributes:
        ref: who is watched.
        watcher: who is told.
    """

    def __init__(self, ref: pykka.ActorRef[Any], watcher: pykka.ActorRef[Any]) -> None:
        self.ref = ref
        self.watcher = watcher
        self._cancelled = False
        self._notice: Down | None = None

    def hear(self, news: Up | Down) -> None:
        """Pass the news of an end on, as an ordinary message."""
        if not isinstance(news, Down):
            return
        with _lock:
            if not self._cancelled:
                self._notice = news
                with suppress(pykka.ActorDeadError):  # then there is nobody left to tell
                    self.watcher.tell(news)

    def cancel(self) -> None:
        """Be told nothing any more; a notice that waits in the mailbox is taken out again."""
        with _lock:
            self._cancelled = True
            notice, self._notice = self._notice, None
        inbox = self.watcher.actor_inbox
        if notice is None:
            unwatch(self.ref, self.hear)
        elif isinstance(inbox, Mailbox):
            inbox.take_back(notice)


def monitor(ref: pykka.ActorRef[Any], watcher: pykka.ActorRef[Any] | None = None) -> Monitor:
    """Have *watcher*, by default the actor whose turn it is, told ``Down(ref, reason)`` once *ref* has ended.

    An actor that has ended already gives its notice at once, with the reason ``"noproc"``.

    Raises:
        TypeError: *ref* is neither a ScheduledActor nor a child of a supervisor, so nobody would know of its end;
            or there is no watcher, and this is no turn.
    """
    watch_over = Monitor(ref, watcher or current_ref("monitor"))
    if ref.is_alive():
        watch(ref, watch_over.hear)
    else:
        watch_over.hear(Down(ref, "noproc"))
    return watch_over


def demonitor(watch_over: Monitor) -> None:
    """End a watch: no notice comes after this returns, and none is left in the mailbox."""
    watch_over.cancel()


def current_ref(purpose: str) -> pykka.ActorRef[Any]:
    """Return the ref of the actor whose turn it is.

    Raises:
        TypeError: this is no turn.
    """
    mailbox = here.mailbox
    if mailbox is None or mailbox.actor is None:
        raise TypeError(f"{purpose} is called outside a turn: say for which actor")
    return mailbox.actor.actor_ref
