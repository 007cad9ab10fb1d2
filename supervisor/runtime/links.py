"""Two-way ties: when one end dies, so does the other, unless the reason is normal or it traps exits."""

import threading
from contextlib import suppress
from typing import Any, NamedTuple

import pykka

from supervisor.core.reasons import ExitReason
from supervisor.runtime.life import life_of
from supervisor.runtime.monitors import current_ref
from supervisor.runtime.ref import exit as send_exit
from supervisor.runtime.watch import Down, Up, unwatch, watch


class Exited(NamedTuple):
    """What an actor that traps exits gets in place of the exit signal of one it is linked to."""

    ref: pykka.ActorRef[Any]
    reason: ExitReason


class _Link:
    """The tie between two actors; there is one a pair, however often it is asked for."""

    def __init__(self, ends: frozenset[pykka.ActorRef[Any]]) -> None:
        self.ends = ends

    def hear(self, news: Up | Down) -> None:
        if not isinstance(news, Down):
            return
        (other,) = self.ends - {news.ref}
        unwatch(other, self.hear)
        with _lock:  # so that nothing is sent once `unlink` has returned
            if _links.get(self.ends) is self:
                del _links[self.ends]
                signal_exit(other, news.ref, news.reason)


_lock = threading.RLock()  # re-entrant, because the signal may end a thread's actor at once
_links: dict[frozenset[pykka.ActorRef[Any]], _Link] = {}


def link(ref: pykka.ActorRef[Any], to: pykka.ActorRef[Any] | None = None) -> None:
    """Tie *ref* to *to*, by default the actor whose turn it is. Twice is once.

    When one of them ends, for any reason but ``"normal"``, the other is sent an exit signal with that reason; if its
    class sets ``trap_exit`` it gets an `Exited` message instead, whatever the reason. An actor that has ended
    already gives the other the reason ``"noproc"``.

    Raises:
        TypeError: an end is neither a ScheduledActor nor a child of a supervisor; or *to* is not given, and this is
            no turn.
    """
    to = to or current_ref("link")
    ends = frozenset({ref, to})
    if len(ends) == 1:
        return
    for end in (ref, to):
        if not end.is_alive():
            signal_exit(next(iter(ends - {end})), end, "noproc")
            return
    life_of(ref), life_of(to)  # or only one end might be tied
    with _lock:
        if ends in _links:
            return
        tie = _links[ends] = _Link(ends)
    watch(ref, tie.hear)
    watch(to, tie.hear)


def unlink(ref: pykka.ActorRef[Any], to: pykka.ActorRef[Any] | None = None) -> None:
    """Undo `link`. No exit signal of the other is sent after this returns; that there was no link is no error.

    Raises:
        TypeError: *to* is not given, and this is no turn.
    """
    ends = frozenset({ref, to or current_ref("unlink")})
    with _lock:
        tie = _links.pop(ends, None)
    if tie is not None:
        for end in ends:
            unwatch(end, tie.hear)


def linked(ref: pykka.ActorRef[Any]) -> tuple[pykka.ActorRef[Any], ...]:
    """Those that *ref* is linked to."""
    with _lock:
        return tuple(other for ends in _links if ref in ends for other in ends - {ref})


def signal_exit(target: pykka.ActorRef[Any], sender: pykka.ActorRef[Any], reason: ExitReason) -> None:
    """Let *target* know, as a link does, that *sender* has ended."""
    if getattr(target.actor_class, "trap_exit", False):
        with suppress(pykka.ActorDeadError):
            target.tell(Exited(sender, reason))
    elif reason != "normal":
        send_exit(target, reason)
