"""Unmodified pykka actors, such as `pykka.ThreadingActor`, as children: watched from outside.

A class that knows nothing of supervision is started as `pykka.Actor.start` does it, but its loop is wrapped on
the instance, so that its start and its end are seen whichever way it goes.
"""

import queue
import threading
from typing import TYPE_CHECKING, Any

import pykka
from pykka import messages
from pykka._envelope import Envelope

from supervisor.core.reasons import Crash, ExitReason
from supervisor.runtime.future import give
from supervisor.runtime.life import foreign_lives
from supervisor.runtime.watch import tell_down, tell_up

if TYPE_CHECKING:
    from supervisor.runtime.watch import Watcher


class ForeignLife:
    """The life of an actor that has no mailbox of ours."""

    def __init__(self) -> None:
        self.up = False
        self.death: ExitReason | None = None
        self.watchers: list[Watcher] | None = None
        self.reason: ExitReason = "normal"
        """What it will have died of, unless it fails yet."""
        self._told = threading.Lock()

    def end(self, ref: pykka.ActorRef[Any], reason: ExitReason) -> None:
        """Tell the watchers of the end, once."""
        if self._told.acquire(blocking=False):
            tell_down(ref, self, reason)


def start_watched(actor_class: type[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> pykka.ActorRef[Any]:
    """Start an actor of any pykka class so that it can be watched."""
    actor = actor_class(*args, **kwargs)
    ref: pykka.ActorRef[Any] = actor.actor_ref
    life = _observe_failures(actor)
    setup, loop = actor._actor_loop_setup, actor._actor_loop

    def watched_setup() -> None:
        setup()
        if not actor.actor_stopped.is_set():
            tell_up(ref, life)

    def watched_loop() -> None:
        try:
            loop()
        except BaseException as error:  # noqa: BLE001 - pykka lets these out of on_start and on_stop
            life.reason = Crash(error)
            _bury(ref)
            _refuse_mail(ref)  # pykka has not come to that
        finally:
            life.end(ref, life.reason)

    actor._actor_loop_setup, actor._actor_loop = watched_setup, watched_loop
    pykka.ActorRegistry.register(ref)
    try:
        actor._start_actor_loop()
    except BaseException:  # no thread to be had: nobody must take it for alive
        _bury(ref)
        raise
    return ref


def adopt(ref: pykka.ActorRef[Any]) -> None:
    """Watch an actor that is running already; it counts as up."""
    actor: Any = ref._actor_weakref()
    life = _observe_failures(actor) if actor is not None else ForeignLife()
    foreign_lives[ref] = life
    life.up = True
    if actor is not None:
        teardown = actor._actor_loop_teardown

        def watched_teardown() -> None:
            teardown()
            life.end(ref, life.reason)

        actor._actor_loop_teardown = watched_teardown
    if not ref.is_alive():  # perhaps before the wrapping: then nobody knows what it died of
        life.end(ref, "noproc" if life.reason == "normal" else life.reason)


def _observe_failures(actor: Any) -> ForeignLife:
    """Return the life of *actor*, which will know what it failed of."""
    life = foreign_lives[actor.actor_ref] = ForeignLife()
    handle_failure, handle_receive = actor._handle_failure, actor._handle_receive

    def watched_failure(exception_type: Any, exception: Any, traceback: Any) -> None:
        if not isinstance(exception, _Contained):
            life.reason = Crash(exception)
        handle_failure(exception_type, exception, traceback)

    def watched_receive(message: Any) -> Any:
        try:
            return handle_receive(message)
        except Exception:
            raise
        except BaseException as error:
            life.reason = Crash(error)
            _bury(actor.actor_ref)
            if isinstance(message, messages._ActorStop):
                return None  # out of on_stop: it has stopped, whatever came of that
            raise _Contained(f"{type(error).__name__}: {error}") from error

    actor._handle_failure, actor._handle_receive = watched_failure, watched_receive
    return life


class _Contained(Exception):  # noqa: N818 - it is not the error, but what is left of it
    """A SystemExit or the like came out of a handler: it ends this actor, where pykka would stop all there are."""


def exit_foreign(ref: pykka.ActorRef[Any], reason: ExitReason) -> None:
    """Ask an actor with a thread of its own to stop, or, for ``"kill"``, give it up.

    No thread can be ended from outside. A killed actor is fenced: it counts as dead at once, its mail is refused,
    nothing that is sent to it arrives any more, and its thread is left to run out by itself.
    """
    life = foreign_lives.get(ref)
    if reason == "kill":
        _bury(ref)
        _refuse_mail(ref)
        # A thread that waits for mail has to see that its actor has stopped; this message changes nothing.
        ref.actor_inbox.put(Envelope(pykka.messages.ProxyGetAttr(attr_path=("actor_urn",))))
        if isinstance(life, ForeignLife):
            life.end(ref, "killed")
    else:
        if isinstance(life, ForeignLife):
            life.reason = reason
        ref.stop(block=False)


def _bury(ref: pykka.ActorRef[Any]) -> None:
    ref.actor_stopped.set()
    pykka.ActorRegistry.unregister(ref)


def _refuse_mail(ref: pykka.ActorRef[Any]) -> None:
    """Answer those who wait for an actor whose thread may never come to it."""
    inbox = ref.actor_inbox
    while isinstance(inbox, queue.Queue):  # another kind may have no way to look without waiting
        try:
            envelope = inbox.get_nowait()
        except queue.Empty:
            return
        if envelope.reply_to is not None:
            stop = isinstance(envelope.message, messages._ActorStop)
            give(
                envelope.reply_to, None if stop else pykka.ActorDeadError(f"{ref} stopped before handling the message")
            )
