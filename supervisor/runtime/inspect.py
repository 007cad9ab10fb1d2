"""Asking an actor about itself, after Erlang's sys and observer.

Each question is served between two messages, before all ordinary mail, and waits up to *timeout* seconds: a busy
actor is never looked into, and an odd one is never hurt. All raise `pykka.Timeout` for an actor that is too busy,
`pykka.ActorDeadError` for one that has ended, TypeError for one that is no ScheduledActor, and WouldBlockError,
without having asked, inside a turn.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any

import pykka

from supervisor.core import events
from supervisor.errors import CallbackFailed
from supervisor.runtime.actor import ScheduledActor
from supervisor.runtime.future import ScheduledFuture, give, refuse_to_wait
from supervisor.runtime.instruments import LOG_DEPTH, Hook, Instruments, Statistics
from supervisor.runtime.ref import ScheduledRef
from supervisor.runtime.signals import SystemRequest
from supervisor.runtime.supervisor import Supervisor

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Status:
    """How an actor is.

    Attributes:
        name: its class and URN.
        suspended: whether it handles system requests only.
        mailbox: ordinary messages that wait.
        hooks: the names of its instruments.
        state: as `get_state` gives it.
    """

    name: str
    suspended: bool
    mailbox: int
    hooks: tuple[str, ...]
    state: Any


@dataclass(frozen=True, slots=True)
class Node:
    """One child in a supervision tree, and those below it.

    Attributes:
        id: its id in its supervisor.
        process: its ref, "restarting" or None.
        type: worker or supervisor.
        children: those below it, in start order; None if its supervisor did not say, or not in time.
    """

    id: Any
    process: Any
    type: str
    children: tuple["Node", ...] | None = ()


@dataclass(frozen=True, slots=True)
class Restarts:
    """How near a supervisor is to giving up: one restart more than allowed, and it does.

    Attributes:
        used: restarts within the last seconds that count ...
        max_restarts: ... of so many that are allowed ...
        max_seconds: ... within so many seconds.
    """

    used: int
    max_restarts: int
    max_seconds: int


def _ask(ref: pykka.ActorRef[Any], run: Callable[[ScheduledActor], Any], timeout: float | None) -> Any:
    if not isinstance(ref, ScheduledRef):
        raise TypeError(f"only a ScheduledActor can be asked about itself, got {ref!r}")
    dead = pykka.ActorDeadError(f"{ref} not found")
    if not ref.is_alive():
        raise dead
    refuse_to_wait(ref)
    future: ScheduledFuture[Any] = ScheduledFuture()
    future.awaited = ref
    ref.actor_inbox.put_urgent(SystemRequest(run, future))
    if ref.actor_inbox.drained:  # it died meanwhile: nobody else will answer
        give(future, dead)
    return _await(future, ref, timeout)


def _await(future: pykka.Future[Any], ref: ScheduledRef[Any], timeout: float | None) -> Any:
    """Return the answer; a scheduler without workers takes turns here and now until it is there."""
    scheduler = ref.actor_inbox.scheduler
    while not scheduler.threaded:
        try:
            return future.get(timeout=0)
        except pykka.Timeout:
            if not scheduler.run_one_turn():
                break
    return future.get(timeout=timeout)


def get_state(ref: pykka.ActorRef[Any], timeout: float | None = TIMEOUT_SECONDS) -> Any:
    """Return what the actor's `ScheduledActor.get_state` gives: by default its attributes, as a dict.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """
    return _ask(ref, lambda actor: actor.get_state(), timeout)


def replace_state(
    ref: pykka.ActorRef[Any], function: Callable[[Any], Any], timeout: float | None = TIMEOUT_SECONDS
) -> Any:
    """Replace the actor's state by what *function* makes of it, and return that.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
        CallbackFailed: *function* raised; the state is what it was.
    """

    def replace(actor: ScheduledActor) -> Any:
        try:
            state = function(actor.get_state())
        except Exception as error:
            raise CallbackFailed(error) from error
        actor.set_state(state)
        return state

    return _ask(ref, replace, timeout)


def get_status(ref: pykka.ActorRef[Any], timeout: float | None = TIMEOUT_SECONDS) -> Status:
    """Return whether the actor is suspended, what waits for it, which hooks it has, and its state.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """

    def status(actor: ScheduledActor) -> Status:
        mailbox = actor.actor_inbox
        hooks = tuple(mailbox.instruments.hooks) if mailbox.instruments else ()
        return Status(str(ref), mailbox.suspended, len(mailbox), hooks, actor.get_state())

    found: Status = _ask(ref, status, timeout)
    return found


def get_restarts(sup: pykka.ActorRef[Any], timeout: float | None = TIMEOUT_SECONDS) -> Restarts:
    """Return how much of its restart limit a supervisor has used.

    Raises:
        pykka.Timeout: it is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no supervisor of this package.
        WouldBlockError: called inside a turn.
    """

    def restarts(actor: ScheduledActor) -> Restarts:
        if not isinstance(actor, Supervisor):
            raise TypeError(f"only a supervisor has a restart limit, got {actor}")
        window = actor.family.window
        return Restarts(window.within(actor.actor_inbox.scheduler.clock.now()), *astuple(window.limit))

    found: Restarts = _ask(sup, restarts, timeout)
    return found


def suspend(ref: pykka.ActorRef[Any], timeout: float | None = TIMEOUT_SECONDS) -> None:
    """Have ordinary messages wait, in order, until `resume`. Twice is no error.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """
    _ask(ref, lambda actor: actor.suspend(suspended=True), timeout)


def resume(ref: pykka.ActorRef[Any], timeout: float | None = TIMEOUT_SECONDS) -> None:
    """Handle ordinary messages again. Twice is no error.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """
    _ask(ref, lambda actor: actor.suspend(suspended=False), timeout)


def statistics(
    ref: pykka.ActorRef[Any], on: bool | None = None, timeout: float | None = TIMEOUT_SECONDS
) -> Statistics | None:
    """Turn counting on or off, or, without *on*, return what has been counted; None where it is off.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """

    def run(instruments: Instruments) -> Statistics | None:
        if on is not None:
            instruments.count(on=on)
        return instruments.statistics()

    found: Statistics | None = _instruments(ref, run, timeout)
    return found


def log(
    ref: pykka.ActorRef[Any],
    on: bool | None = None,
    depth: int = LOG_DEPTH,
    timeout: float | None = TIMEOUT_SECONDS,
) -> list[Any]:
    """Turn a log of the last *depth* messages on or off, or, without *on*, return it, the oldest first.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """

    def run(instruments: Instruments) -> list[Any]:
        if on is not None:
            instruments.keep_log(depth if on else 0)
        return list(instruments.log or ())

    messages: list[Any] = _instruments(ref, run, timeout)
    return messages


def trace(
    ref: pykka.ActorRef[Any], tell: Callable[[Any], object] | None, timeout: float | None = TIMEOUT_SECONDS
) -> None:
    """Have *tell* called with each message after it has been handled; None ends that.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """
    if tell is None:
        remove(ref, "trace", timeout)
    else:
        install(ref, "trace", lambda message, _seconds: tell(message), timeout)


def install(ref: pykka.ActorRef[Any], name: str, hook: Hook, timeout: float | None = TIMEOUT_SECONDS) -> None:
    """Have *hook* called after each message with it and the seconds it took; one that raises is removed.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """
    _instruments(ref, lambda instruments: instruments.hooks.update({name: hook}), timeout)


def remove(ref: pykka.ActorRef[Any], name: str, timeout: float | None = TIMEOUT_SECONDS) -> None:
    """Remove the hook *name*; that there is none is no error.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """
    _instruments(ref, lambda instruments: instruments.remove(name), timeout)


def no_debug(ref: pykka.ActorRef[Any], timeout: float | None = TIMEOUT_SECONDS) -> None:
    """Remove all hooks, and with them statistics, log and trace.

    Raises:
        pykka.Timeout: the actor is too busy to answer within *timeout* seconds.
        pykka.ActorDeadError: it has ended.
        TypeError: it is no ScheduledActor.
        WouldBlockError: called inside a turn.
    """
    _instruments(ref, lambda instruments: instruments.clear(), timeout)


def _instruments(ref: pykka.ActorRef[Any], run: Callable[[Instruments], Any], timeout: float | None) -> Any:
    def with_instruments(actor: ScheduledActor) -> Any:
        mailbox = actor.actor_inbox
        instruments = mailbox.instruments or Instruments()
        answer = run(instruments)
        mailbox.instrument(instruments if instruments.hooks else None, actor.handlers)
        return answer

    return _ask(ref, with_instruments, timeout)


def tree(sup: pykka.ActorRef[Any], timeout: float = TIMEOUT_SECONDS) -> Node:
    """Return who is below a supervisor, asked of the supervisors themselves, each given *timeout* seconds.

    Raises:
        WouldBlockError: called inside a turn.
    """
    return Node(sup.actor_class.__name__, sup, "supervisor", _children(sup, timeout))


def _children(sup: pykka.ActorRef[Any], timeout: float) -> tuple[Node, ...] | None:
    refuse_to_wait(sup)
    try:
        future = sup.ask(events.WhichChildren(), block=False)
        children = _await(future, sup, timeout) if isinstance(sup, ScheduledRef) else future.get(timeout=timeout)
    except Exception:  # noqa: BLE001 - it is dead or busy, or only called a supervisor, and objects to the question
        return None
    if not isinstance(children, list):
        return None
    return tuple(
        Node(
            child.id,
            child.process,
            child.type,
            _children(child.process, timeout)
            if child.type == "supervisor" and isinstance(child.process, pykka.ActorRef)
            else (),
        )
        for child in reversed(children)
    )
