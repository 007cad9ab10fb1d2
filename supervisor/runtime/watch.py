"""Being told when an actor has come up and when it has ended."""

import logging
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import pykka

from supervisor.core.reasons import ExitReason
from supervisor.runtime.life import Life, life_of


class Up(NamedTuple):
    """The actor's on_start has returned: it handles messages now."""

    ref: pykka.ActorRef[Any]


class Down(NamedTuple):
    """The actor has ended; its names are free and its mail has been answered."""

    ref: pykka.ActorRef[Any]
    reason: ExitReason


Watcher: TypeAlias = Callable[[Up | Down], object]
"""Called in whichever thread the news comes up in: it must be quick. What it raises is logged."""

_log = logging.getLogger("pykka")

# Coming up and ending are rare; one lock for all of them costs less than one an actor.
_lock = threading.Lock()


def watch(ref: pykka.ActorRef[Any], watcher: Watcher) -> None:
    """Have *watcher* told once that the actor is up, and once that it is down.

    What has happened already is told at once, so nothing can be missed between a start and a watch.

    Raises:
        TypeError: it is neither a ScheduledActor nor the child of a supervisor.
    """
    life = life_of(ref)
    if _add(life, watcher, unless_up=True):
        return
    if life.up:
        _tell(watcher, Up(ref))  # before the watcher is added, or the news of an end could overtake it
    if not _add(life, watcher, unless_up=False):
        assert life.death is not None  # noqa: S101 - for the type checker
        _tell(watcher, Down(ref, life.death))


def unwatch(ref: pykka.ActorRef[Any], watcher: Watcher) -> None:
    """Have *watcher* told nothing more, or *ref* would keep it for life. That it is not told is no error."""
    life = life_of(ref)
    with _lock:
        if life.watchers and watcher in life.watchers:
            at = life.watchers.index(watcher)
            life.watchers = [*life.watchers[:at], *life.watchers[at + 1 :]]


def _add(life: Life, watcher: Watcher, *, unless_up: bool) -> bool:
    """Have *watcher* told what comes, unless the actor has ended, or is up; return whether it will be."""
    with _lock:
        if life.death is not None or (unless_up and life.up):
            return False
        life.watchers = [*(life.watchers or ()), watcher]
        return True


def _tell(watcher: Watcher, news: Up | Down) -> None:
    try:
        watcher(news)
    except BaseException:  # noqa: BLE001 - watching hurts neither the watched nor others who watch
        _log.exception(f"A watcher of {news.ref} failed:")


def tell_up(ref: pykka.ActorRef[Any], life: Life) -> None:
    """Let the watchers know that the actor has come up."""
    with _lock:
        life.up = True
        watchers = life.watchers or ()
    for watcher in watchers:
        _tell(watcher, Up(ref))


def tell_down(ref: pykka.ActorRef[Any], life: Life, reason: ExitReason) -> None:
    """Let the watchers know that the actor has ended."""
    with _lock:
        life.death = reason
        watchers, life.watchers = life.watchers or (), None
    for watcher in watchers:
        _tell(watcher, Down(ref, reason))
