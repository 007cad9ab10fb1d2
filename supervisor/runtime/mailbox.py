"""One actor's mail, and all that its scheduler has to know about it."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

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


Handlers: TypeAlias = Mapping[type, Callable[[Any, Any], object]]
"""What handles a message of each type, given the actor and the message."""

NO_HANDLERS: Handlers = {}


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
    """What of a list makes an actor run once at a time; a `Fence` has it too."""

    def pop(self) -> None: ...

    def append(self, token: None, /) -> None: ...


class Mailbox:
    """Ordinary messages, first in, first out; urgent ones (exits, news of deaths) before them.

    What was told is kept as it is; what was asked lies in a pykka Envelope that says where the answer goes.
    In `token` lies what keeps one actor from being run by two workers: whoever takes it out puts the mailbox into the
    run queue, and the worker that ran the turn puts it back. To pop a list is the cheapest atomic test-and-set there is
    in CPython, unless it is empty: so who sees that it is `taken` does not try. To miss that it is back is no harm:
    whoever puts it back looks for mail afterwards, and one who sends has put it there before.
    """

    __slots__ = (
        "actor", "death", "deferred", "drained", "fresh", "handlers", "instruments", "messages", "scheduler", "signals",
        "stopped", "suspended", "taken", "token", "up", "urgent", "watchers",
    )  # fmt: skip

    def __init__(self, scheduler: "Scheduler") -> None:
        self.scheduler = scheduler
        self.messages: deque[Any] = deque()
        self.urgent: deque[Any] | None = None
        self.token: Token = [None]
        self.taken = False  # if it says yes, somebody has it
        self.stopped = StopFlag()
        self.actor: ScheduledActor | None = None  # from the start of its loop to its death
        self.fresh = True  # on_start has not run yet
        self.up = False  # it has started, and said so
        self.suspended = False  # ordinary messages wait
        self.signals = 0  # urgent messages handled: who looks sees whether it gets on
        self.handlers: Handlers = NO_HANDLERS  # what a message may be given to at once, by its type
        self.instruments: Instruments | None = None  # what looks at each message; then there are no handlers
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

    def post(self, message: Any) -> None:
        """Put an ordinary message in, whether anybody lives to read it or not.

        It is what `ScheduledRef.tell` does once it knows that the actor lives. Who sends so often that a call counts
        may write these lines instead.
        """
        self.messages.append(message)
        if not self.taken:
            self.notify()

    # The scheduler's side.

    def instrument(self, instruments: "Instruments | None", handlers: Handlers) -> None:
        """Have *instruments* look at each message; without any, *handlers* get it at once."""
        self.instruments = instruments
        self.handlers = handlers if instruments is None else NO_HANDLERS

    def notify(self) -> None:
        """Put this mailbox into the run queue, unless it is there already or being run."""
        if not self.taken:
            try:
                self.token.pop()
            except IndexError:  # somebody was quicker
                return
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
