"""The ref of a scheduled actor: pykka's, with a short way to the mailbox."""

from typing import Any, TypeVar

import pykka
from pykka._envelope import Envelope

from supervisor.core.reasons import ExitReason
from supervisor.runtime.foreign import exit_foreign
from supervisor.runtime.future import ScheduledFuture, give, refuse_to_wait
from supervisor.runtime.mailbox import Mailbox, StopFlag

A = TypeVar("A", bound=pykka.Actor)


class Exit:
    """An exit signal: end for this reason. It overtakes ordinary mail."""

    __slots__ = ("reason",)

    def __init__(self, reason: ExitReason) -> None:
        self.reason = reason


class ScheduledRef(pykka.ActorRef[A]):
    """A `pykka.ActorRef` whose `tell` is an append to a deque and, if the actor was idle, one to a run queue."""

    actor_inbox: Mailbox
    actor_stopped: StopFlag

    def tell(self, message: Any) -> None:
        """Send *message* without waiting.

        Raises:
            pykka.ActorDeadError: the actor has stopped.
        """
        if self.actor_stopped.raised:
            raise pykka.ActorDeadError(f"{self} not found")
        mailbox = self.actor_inbox
        mailbox.messages.append(message)
        if not mailbox.taken:
            mailbox.notify()

    def ask(self, message: Any, *, block: bool = True, timeout: float | None = None) -> Any:
        """Send *message* and return the answer, or its future; see `pykka.ActorRef.ask`.

        Raises:
            pykka.ActorDeadError: the actor has stopped, or stopped before it could answer.
            pykka.Timeout: there was no answer within *timeout* seconds.
            WouldBlockError: called inside a turn with ``block=True``; the message has not been sent.
        """
        future: ScheduledFuture[Any] = self.actor_class._create_future()  # type: ignore[assignment]  # noqa: SLF001
        future.awaited = self
        mailbox = self.actor_inbox
        if self.actor_stopped.raised:
            give(future, pykka.ActorDeadError(f"{self} not found"))
        else:
            if block and timeout != 0:
                refuse_to_wait(self)
            mailbox.put(Envelope(message, reply_to=future))
            if mailbox.drained:  # it died between the look and the put: nobody else will answer
                bounce(mailbox, self)
        return future.get(timeout=timeout) if block else future


def bounce(mailbox: Mailbox, ref: pykka.ActorRef[Any]) -> None:
    """Answer all mail that the actor will not: with ActorDeadError, or with None where it was asked to stop."""
    while not mailbox.empty():
        try:
            envelope = mailbox.get()
        except IndexError:  # someone else is bouncing it too
            return
        if envelope.reply_to is None:
            continue
        if isinstance(envelope.message, pykka.messages._ActorStop):  # noqa: SLF001 - pykka's own rule for its stop
            give(envelope.reply_to, None)
        else:
            give(envelope.reply_to, pykka.ActorDeadError(f"{ref} stopped before handling the message"))


def exit(ref: pykka.ActorRef[Any], reason: ExitReason = "shutdown") -> None:  # noqa: A001 - OTP's word
    """Send an exit signal: the actor ends for *reason* before it handles any other message.

    ``"kill"`` ends it without its on_stop, and others see it as ``"killed"``. A dead actor is left alone.
    A handler that is running is not cut short: no thread can be; it is its actor's last.

    An actor with a thread of its own handles the messages that it has first; killed, it is given up, see
    `supervisor.runtime.foreign`.

    Raises:
        TypeError: *ref* is no ActorRef.
    """
    if isinstance(ref, ScheduledRef):
        if not ref.actor_stopped.raised:
            ref.actor_inbox.put_urgent(Exit(reason))
    elif isinstance(ref, pykka.ActorRef):
        if ref.is_alive():
            exit_foreign(ref, reason)
    else:
        raise TypeError(f"exit needs an ActorRef, got {ref!r}")
