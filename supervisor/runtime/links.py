"""Two-way ties: when one end dies, so does the other, unless the reason is normal or it traps exits."""

import threading
from contextlib import suppress
from typing import Any, NamedTuple

import pykka

from supervisor.core.reasons import ExitReason
from supervisor.runtime.monitors import current_ref
from supervisor.runtime.ref import exit as send_exit
from supervisor.runtime.watch import Down, Up, watch


class Exited(NamedTuple):
    """What an actor that traps exits gets in place of the exit signal of one it is linked to."""

    ref: pykka.ActorRef[Any]
    reason: ExitReason


class _Link:
    """The tie between two actors; there is one a pair, however often it is asked for."""

    def __init__(self, ends: frozenset[pykka.ActorRef[Any]]) -> None:
        self.ends = ends

    def hear(self, news: Up | Down) -> None:
        if isinstance(news, Down) and _untie(self.ends):
            for other in self.ends - {news.ref}:
                signal_exit(other, news.ref, news.reason)


_lock = threading.Lock()
_links: dict[frozenset[pykka.ActorRef[Any]], _Link] = {}


def link(ref: pykka.ActorRef[Any], to: pykka.ActorRef[Any] | None = None) -> None:
    """Tie *ref* to *to*, by default the actor whose turn it is. Twice is once.

    When one of them ends, for any reason but ``"normal"``, the other is sent an exit signal with that reason; if its
    class sets ``trap_exit`` it gets an `Exited` message instead, whatever the reason. An actor that has ended
    already gives the other the reason ``"noproc"``.

    Raises:
        TypeError: an end is no ScheduledActor; or *to* is not given, and this is no turn.
    """
    to = to or current_ref("link")
    ends = frozenset({ref, to})
    if len(ends) == 1:
        return
    for end in (ref, to):
        if not end.is_alive():
            signal_exit(next(iter(ends - {end})), end, "noproc")
            return
    with _lock:
        if ends in _links:
            return
        tie = _links[ends] = _Link(ends)
    watch(ref, tie.hear)
    watch(to, tie.hear)


def unlink(ref: pykka.ActorRef[Any], to: pykka.ActorRef[Any] | None = None) -> None:
    """Undo `link`. No exit of the other comes after this returns; that there was no link is no error."""
    _untie(frozenset({ref, to or current_ref("unlink")}))


def linked(ref: pykka.ActorRef[Any]) -> tuple[pykka.ActorRef[Any], ...]:
    """Those that *ref* is linked to."""
    with _lock:
        return tuple(other for ends in _links if ref in ends for other in ends - {ref})


def _untie(ends: frozenset[pykka.ActorRef[Any]]) -> bool:
    """Forget the link; whether there was one."""
    with _lock:
        return _links.pop(ends, None) is not None


def signal_exit(target: pykka.ActorRef[Any], sender: pykka.ActorRef[Any], reason: ExitReason) -> None:
    """Let *target* know, as a link does, that *sender* has ended."""
    if getattr(target.actor_class, "trap_exit", False):
        with suppress(pykka.ActorDeadError):
            target.tell(Exited(sender, reason))
    elif reason != "normal":
        send_exit(target, reason)
