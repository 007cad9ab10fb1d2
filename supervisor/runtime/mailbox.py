"""One actor's mail, and all that its scheduler has to know about it."""

import threading
from _thread import allocate_lock
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from pykka._envelope import Envelope

from supervisor.runtime.here import here

if TYPE_CHECKING:
    from supervisor.core.reasons import ExitReason
    from supervisor.runtime.actor import ScheduledActor
    from supervisor.runtime.instruments import Instruments
    from supervisor.runtime.scheduler import Scheduler
    from supervisor.runtime.watch import Watcher

# What is made when it is first needed is made under this lock, or two threads would each make their own. It is
# rare, so one lock for all will do; re-entrant, because a finalizer may run anywhere and send something itself.
_making = threading.RLock()

# Another one, because it is taken under a fence that somebody who holds the first may wait at.
_ending = threading.RLock()


class StopFlag(threading.Event):
    """pykka's ``actor_stopped``, at the price of one attribute until somebody waits for it."""

    def __init__(self) -> None:
        self.raised = False
        self._waiting: threading.Event | None = None

    def __repr__(self) -> str:
        return f"<StopFlag: {'set' if self.raised else 'unset'}>"

    def is_set(self) -> bool:
        return self.raised

    def set(self) -> None:
        self.raised = True
        waiting = self._waiting
        if waiting is not None:
            waiting.set()

    def clear(self) -> None:
        self.raised = False
        self._waiting = None

    def wait(self, timeout: float | None = None) -> bool:
        if not self.raised:
            with _making:
                waiting = self._waiting = self._waiting or threading.Event()
            # Whoever raised the flag before it could see the event did so before this second look.
            if not self.raised:
                waiting.wait(timeout)
        return self.raised


class Token(Protocol):
    """What of a bare lock makes an actor run once at a time; a `Fence` has it too."""

    def acquire(self, blocking: bool = ...) -> bool: ...

    def release(self) -> None: ...


class Mailbox:
    """Ordinary messages, first in, first out; urgent ones (exits, news of deaths) before them.

    What was told is kept as it is; what was asked lies in a pykka Envelope that says where the answer goes.
    `ready` is the token that keeps one actor from being run by two workers: whoever acquires it puts the
    mailbox into the run queue, and the worker that ran the turn releases it. A bare lock's non-blocking
    acquire is the cheapest atomic test-and-set there is in CPython, but still half the price of a message: who sees
    that it is `taken` need not try. To miss a release is no harm: whoever releases looks for mail afterwards, and one
    who sends has put it there before.
    """

    __slots__ = (
        "actor", "death", "deferred", "drained", "fresh", "instruments", "messages", "ready", "scheduler", "signals",
        "step", "stopped", "suspended", "taken", "up", "urgent", "watchers",
    )  # fmt: skip

    def __init__(self, scheduler: "Scheduler") -> None:
        self.scheduler = scheduler
        self.messages: deque[Any] = deque()
        self.urgent: deque[Any] | None = None
        self.ready: Token = allocate_lock()
        self.taken = False  # as long as it says so, somebody has the token
        self.stopped = StopFlag()
        self.actor: ScheduledActor | None = None  # from the start of its loop to its death
        self.fresh = True  # on_start has not run yet
        self.up = False  # it has started, and said so
        self.suspended = False  # ordinary messages wait
        self.step = 0  # the ordinary message of a turn that its actor is at: who looks sees whether it gets on
        self.signals = 0  # the same for urgent ones, counted from its start
        self.instruments: Instruments | None = None  # what looks at each message
        self.drained = False  # ending: somebody is answering the mail that was left
        self.death: ExitReason | None = None
        self.watchers: list[Watcher] | None = None
        self.deferred: set[Any] | None = None  # futures whose answer will come later

    # pykka's inbox.

    def put(self, envelope: Envelope[Any], /) -> None:
        self.messages.append(envelope if envelope.reply_to is not None else envelope.message)
        self.notify()

    def get(self) -> Envelope[Any]:
        message = self.messages.popleft()
        return message if type(message) is Envelope else Envelope(message)

    def empty(self) -> bool:
        return not self.messages

    def __len__(self) -> int:
        """Ordinary messages that wait."""
        return len(self.messages)

    # The scheduler's side.

    def notify(self) -> None:
        """Put this mailbox into the run queue, unless it is there already or being run."""
        if not self.taken and self.ready.acquire(False):  # noqa: FBT003 - a keyword would double its price
            self.taken = True
            self.scheduler.enqueue(self)

    def claim_end(self) -> bool:
        """Tell the first who asks that it is for them to see the actor out; there is no second death."""
        with _ending:
            first, self.drained = not self.drained, True
        return first

    def take_back(self, message: Any) -> None:
        """Remove an ordinary message that has not been handled yet, if it is still there.

        In the actor's own turn it is this very message, and not one that equals it.
        """
        if here.mailbox is self:  # nobody else takes anything out: what lies where stays there
            for at, waiting in enumerate(self.messages.copy()):
                if waiting is message:
                    del self.messages[at]
                    return
        else:
            with suppress(ValueError, IndexError):  # an array before it knows no yes or no; or a turn came between
                self.messages.remove(message)

    def put_urgent(self, message: Any) -> None:
        """Deliver *message* before all ordinary mail."""
        if self.urgent is None:
            with _making:
                if self.urgent is None:
                    self.urgent = deque()
        self.urgent.append(message)
        self.notify()
