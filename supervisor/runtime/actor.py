"""An actor without a thread: pykka's contract on a scheduler's workers."""

import logging
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, ClassVar, Final, TypeVar

import pykka
from pykka import messages
from pykka._envelope import Envelope

from supervisor.core.reasons import Crash, ExitReason
from supervisor.runtime import watch
from supervisor.runtime.future import ScheduledFuture, give
from supervisor.runtime.here import here
from supervisor.runtime.mailbox import Handlers, Mailbox, StopFlag
from supervisor.runtime.ref import Exit, ScheduledRef, bounce
from supervisor.runtime.registry import speed_up_registry
from supervisor.runtime.scheduler import SKIP, Scheduler
from supervisor.runtime.signals import SystemRequest

# What pykka says about an actor it says on this logger; whoever reads it shall find ours there too.
_log = logging.getLogger("pykka")

# What is not handed to on_receive as it is: what was asked, and pykka's own messages.
_ASKED = frozenset(
    {Envelope, messages._ActorStop, messages.ProxyCall, messages.ProxyGetAttr, messages.ProxySetAttr}  # noqa: SLF001
)

_PYKKA_ATTRIBUTES = frozenset(
    {"actor_urn", "actor_inbox", "actor_stopped", "_actor_ref", "_held", "_reply_to", "abandoned"}
)

S = TypeVar("S", bound="ScheduledActor")

speed_up_registry()


class _Deferred:
    """What a handler returns whose answer comes later."""


DEFERRED: Final = _Deferred()


class ScheduledActor(pykka.Actor):
    """A `pykka.Actor` that a `Scheduler` runs: a deque and a flag instead of a thread.

    Everything else is pykka's: start, tell, ask, proxy, stop, on_start, on_stop, on_failure, the registry.
    What differs: a handler must not wait for an answer (WouldBlockError); a BaseException in a handler
    ends this actor and no other.

    An actor lives on the scheduler that `Scheduler.spawn`s it, or else on that of the actor that starts it, or
    else on the process's default scheduler.
    """

    announces_itself = False
    """True if the actor is not up when on_start returns, but when it calls `announce_up`."""

    abandoned = False
    """True once the scheduler has given this actor up, see `Scheduler.abandon`: a long handler may look, and return."""

    handlers: ClassVar[Handlers] = {}
    """What handles a told message of each type, as ``handler(self, message)``; `on_receive` gets the rest.

    To look here first saves a call and a search for each message, so hot actors have such a table.
    """

    actor_inbox: Mailbox
    actor_stopped: StopFlag
    _exit_reason: ExitReason = "normal"

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        # pykka's own __init__ does the same with its own, heavier parts.
        self.actor_urn = uuid.uuid4().urn
        self.actor_inbox = self._create_actor_inbox()
        self.actor_stopped = self.actor_inbox.stopped
        self._actor_ref = ScheduledRef(self)

    @staticmethod
    def _create_actor_inbox() -> Mailbox:
        home = here.scheduler or Scheduler.default()
        home.check_open()
        return Mailbox(home)

    @staticmethod
    def _create_future() -> pykka.Future[Any]:
        return ScheduledFuture()

    def _start_actor_loop(self) -> None:
        mailbox = self.actor_inbox
        mailbox.actor = self
        mailbox.instrument(None, self.handlers)
        mailbox.notify()

    def on_receive(self, message: Any) -> Any:
        """Handle a message: by default, as `handlers` says; one of no such type is logged, as pykka has it."""
        handler = self.handlers.get(type(message))
        return super().on_receive(message) if handler is None else handler(self, message)

    # For subclasses.

    def announce_up(self) -> None:
        """Say that this actor has started; for those that set `announces_itself`."""
        watch.tell_up(self.actor_ref, self.actor_inbox)

    def reply_later(self) -> pykka.Future[Any] | None:
        """Take over the answer to the message being handled: return DEFERRED now, set the future later.

        None if nobody waits for an answer. Should the actor die first, the asker gets ActorDeadError.
        """
        future = self._reply_to
        if future is not None:
            mailbox = self.actor_inbox
            mailbox.deferred = mailbox.deferred or set()
            mailbox.deferred.add(future)
        return future

    def settle(self, future: pykka.Future[Any], value: Any) -> None:
        """Answer a future got from `reply_later`; an exception is raised where it was asked."""
        if self.actor_inbox.deferred:
            self.actor_inbox.deferred.discard(future)
        give(future, value)

    def on_exit(self, reason: ExitReason) -> None:
        """React to an exit signal other than a kill: by default, run on_stop and end for *reason*."""
        self._exit_reason = reason
        self._stop()

    def on_gone(self, reason: ExitReason) -> None:
        """Do what has to be done whatever the actor died of, before anyone is told. Must be quick and not raise.

        If the actor was given up it is called in another thread, beside the handler that does not return.
        """

    def on_return(self) -> None:
        """Undo what the handler did after its actor was given up; called if it returns some day. Must not raise."""

    def get_state(self) -> Any:
        """What `supervisor.get_state` shows of this actor: by default a dict of its own attributes."""
        return {name: value for name, value in vars(self).items() if name not in _PYKKA_ATTRIBUTES}

    def set_state(self, state: Any) -> None:
        """Take on a state as `get_state` gives it, for `supervisor.replace_state`."""
        attributes = dict(state)  # what is no state is refused before anything is lost
        for name in self.get_state():
            vars(self).pop(name, None)
        vars(self).update(attributes)

    def suspend(self, *, suspended: bool) -> None:
        """Let ordinary messages wait, or handle them again; called inside a turn."""
        mailbox = self.actor_inbox
        mailbox.suspended = suspended
        if not suspended and self._held:
            held, self._held = self._held, ()
            assert mailbox.urgent is not None  # noqa: S101 - for the type checker: they have come that way
            mailbox.urgent.extendleft(reversed(held))  # before those that came after them

    # A turn: all this is for the worker that gives it.

    _held: tuple[Any, ...] = ()
    """Urgent messages that wait because the actor is suspended."""

    _reply_to: pykka.Future[Any] | None = None

    def handle(self, message: Any) -> None:
        """Handle any ordinary message, in the sight of whoever looks at them."""
        if type(message) in _ASKED:
            self._answer(message)
            return
        mailbox = self.actor_inbox
        intercept, instruments = mailbox.scheduler.interceptor, mailbox.instruments
        if intercept is not None and intercept(self, message) is SKIP:
            return
        if instruments is not None:
            instruments.observe(self.on_receive, message)
        else:
            self.on_receive(message)

    def come_up(self) -> None:
        """Run on_start; unless the actor was killed before it began."""
        mailbox = self.actor_inbox
        mailbox.fresh = False
        urgent = mailbox.urgent or ()
        for at in range(len(urgent)):  # by index: others may be adding to it
            signal = urgent[at]
            if isinstance(signal, Exit) and signal.reason == "kill":
                self.handle_urgent(signal)
                break
        else:
            try:
                self.on_start()
            except BaseException:  # noqa: BLE001 - contained: it ends this actor alone
                self._handle_failure(*sys.exc_info())
        if not self.actor_stopped.raised and not self.announces_itself:
            self.announce_up()

    def handle_urgent(self, message: Any) -> None:
        """Handle an exit signal, a system request, or news of a death."""
        self.actor_inbox.signals += 1
        if isinstance(message, Exit) and message.reason == "kill":
            self._exit_reason = "killed"
            pykka.ActorRegistry.unregister(self.actor_ref)
            self.actor_stopped.set()
            return
        try:
            if isinstance(message, SystemRequest):
                self._serve(message)
            elif isinstance(message, Exit):
                self.suspend(suspended=False)  # what it does to end may need its mail
                self.on_exit(message.reason)
            elif self.actor_inbox.suspended:
                self._held = (*self._held, message)
            else:
                self.on_receive(message)
        except BaseException as error:  # noqa: BLE001 - contained: it ends this actor alone
            self.fail(error)

    def _serve(self, request: SystemRequest) -> None:
        self._reply_to = request.future
        try:
            self._check_alive()
            give(request.future, request.run(self))
        except BaseException as error:  # noqa: BLE001 - it is the asker's, and the actor does not notice
            give(request.future, error)
        finally:
            self._reply_to = None

    def _check_alive(self) -> None:
        """Raise ActorDeadError if the actor was given up.

        Called while `_reply_to` is set: whoever gives the actor up looks there afterwards, so one of them answers.
        """
        if self.abandoned:
            raise pykka.ActorDeadError(f"{self.actor_ref} was given up")

    def _answer(self, message: Any) -> None:
        """Handle what was asked, or one of pykka's own messages."""
        reply_to = None
        if type(message) is Envelope:
            message, reply_to = message.message, message.reply_to
        self._reply_to = reply_to
        try:
            self._check_alive()
            instruments = self.actor_inbox.instruments
            if instruments is None:
                response = self._handle_receive(message)
            else:
                response = instruments.observe(self._handle_receive, message)
            if reply_to is not None and response is not DEFERRED:
                reply_to.set(response)
        except BaseException as error:  # noqa: BLE001 - contained: it ends this actor alone
            if reply_to is None:
                self.fail(error)
            elif self.abandoned:
                give(reply_to, error)  # unless it has been answered
            else:
                self.settle(reply_to, error)
                _log.info(f"Exception returned from {self} to caller:", exc_info=sys.exc_info())
                if not isinstance(error, Exception):
                    self.fail(error)
        finally:
            self._reply_to = None

    # The end.

    def collapse(self, error: BaseException) -> None:
        """End at once: *error* came out of the turn itself, of a `__str__` perhaps. The scheduler calls it."""
        self._exit_reason = Crash(error)
        pykka.ActorRegistry.unregister(self.actor_ref)
        self.actor_stopped.set()
        if self.actor_inbox.claim_end() or not self.abandoned:  # it may have broken while it was leaving
            self.leave(self._exit_reason)

    def fail(self, error: BaseException) -> None:
        """A handler let *error* out: end as pykka does, on_failure for an Exception, on_stop for worse."""
        if self.abandoned:
            self._handle_failure(type(error), error, error.__traceback__)
        elif isinstance(error, Exception):
            self._handle_failure(type(error), error, error.__traceback__)
            try:
                self.on_failure(type(error), error, error.__traceback__)
            except BaseException:  # noqa: BLE001 - it is ending anyway
                self._handle_failure(*sys.exc_info())
        else:
            _log.debug(f"{error!r} in {self}. Stopping this actor.")
            self._exit_reason = Crash(error)
            self._stop()

    def _stop(self) -> None:
        try:
            super()._stop()
        except BaseException:  # noqa: BLE001 - pykka lets what is no Exception out of on_stop
            self._handle_failure(*sys.exc_info())

    def _handle_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.abandoned:
            _log.info(f"{self.actor_ref} was given up; then it raised:", exc_info=exception_value)
            return
        if exception_value is not None:
            self._exit_reason = Crash(exception_value)
        super()._handle_failure(exception_type, exception_value, traceback)

    def depart(self) -> None:
        """Leave the world, unless somebody else has seen to that."""
        if self.actor_inbox.claim_end():
            self.leave(self._exit_reason)
        elif self.abandoned:
            try:
                self.on_return()
            except BaseException:  # noqa: BLE001 - nobody is left whom it could hurt
                _log.exception(f"on_return of {self.actor_ref} failed:")

    def leave(self, reason: ExitReason) -> None:
        """Do what every death entails, once; for whoever has claimed the actor's end."""
        mailbox, ref = self.actor_inbox, self.actor_ref
        try:
            self.on_gone(reason)
        except BaseException:  # noqa: BLE001 - the rest has to be done all the same
            _log.exception(f"on_gone of {ref} failed:")
        bounce(mailbox, ref)
        for future in self._unanswered():
            give(future, pykka.ActorDeadError(f"{ref} stopped before answering"))
        mailbox.actor = None
        watch.tell_down(ref, mailbox, reason)

    def _unanswered(self) -> Iterator[pykka.Future[Any]]:
        """Take out all futures but those in ordinary mail; a handler that was given up may be taking some, too."""
        mailbox, asked = self.actor_inbox, self._reply_to
        if asked is not None:
            yield asked
        with suppress(IndexError):
            while mailbox.urgent:
                message = mailbox.urgent.popleft()
                if isinstance(message, SystemRequest):
                    yield message.future
        with suppress(KeyError):
            while mailbox.deferred:
                yield mailbox.deferred.pop()
