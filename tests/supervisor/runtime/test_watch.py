"""Being told when an actor has come up and when it has ended."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import pytest

from supervisor import ScheduledActor, Scheduler
from supervisor import exit as send_exit
from supervisor.runtime import watch as module
from supervisor.runtime.watch import Down, Up, tell_down, tell_up, watch


class Quiet(ScheduledActor):
    pass


def test_a_watcher_is_told_once_that_it_is_up_and_once_that_it_is_down(
    by_hand: Scheduler, down: Callable[..., list[Any]]
) -> None:
    ref = by_hand.spawn(Quiet)
    news = down(ref)
    assert news == []
    by_hand.run_until_idle()
    assert news == [("Up", None)]
    send_exit(ref, "enough")
    by_hand.run_until_idle()

    assert news == [("Up", None), ("Down", "enough")]


def test_each_watch_is_told_of_its_own(by_hand: Scheduler, down: Callable[..., list[Any]]) -> None:
    ref = by_hand.spawn(Quiet)
    first, second = down(ref), down(ref)
    send_exit(ref, "kill")
    by_hand.run_until_idle()

    assert first == second == [("Down", "killed")]


def test_who_watches_late_is_told_at_once_what_has_happened(by_hand: Scheduler, down: Callable[..., list[Any]]) -> None:
    ref = by_hand.spawn(Quiet)
    by_hand.run_until_idle()
    assert down(ref) == [("Up", None)]
    ref.stop(block=False)
    by_hand.run_until_idle()

    assert down(ref) == [("Up", None), ("Down", "normal")]


def test_who_never_came_up_is_only_down(by_hand: Scheduler, down: Callable[..., list[Any]]) -> None:
    ref = by_hand.spawn(Quiet)
    send_exit(ref, "kill")
    by_hand.run_until_idle()

    assert down(ref) == [("Down", "killed")]


def test_a_watcher_that_raises_keeps_the_news_from_nobody(
    by_hand: Scheduler, down: Callable[..., list[Any]], pykka_log: Callable[[], list[str]]
) -> None:
    def broken(_notice: Up | Down) -> None:
        raise SystemExit

    ref = by_hand.spawn(Quiet)
    watch(ref, broken)
    news = down(ref)
    ref.stop(block=False)
    by_hand.run_until_idle()

    assert news == [("Up", None), ("Down", "normal")]
    assert pykka_log() == [f"A watcher of {ref} failed:"] * 2


class Meddler:
    """A lock that lets something happen as soon as it is free again."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._lock = threading.Lock()
        self._meanwhile: Callable[[], object] | None = meanwhile

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()


@pytest.mark.parametrize("came_up_before", [True, False])
def test_an_end_while_somebody_begins_to_watch_never_overtakes_the_start(
    by_hand: Scheduler, down: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch, came_up_before: bool
) -> None:
    ref: Any = by_hand.spawn(Quiet)
    mailbox = ref.actor_inbox

    def end() -> None:
        if not came_up_before:
            tell_up(ref, mailbox)
        tell_down(ref, mailbox, "boom")

    if came_up_before:
        tell_up(ref, mailbox)
    monkeypatch.setattr(module, "_lock", Meddler(end))
    news = down(ref)
    monkeypatch.undo()

    assert news == [("Up", None), ("Down", "boom")]
    send_exit(ref, "kill")
    by_hand.run_until_idle()


def test_no_news_is_lost_or_told_twice_however_threads_meet(threaded: Scheduler) -> None:
    news: dict[Any, list[Any]] = {}
    refs = []
    for _ in range(300):
        ref = threaded.spawn(Quiet)
        send_exit(ref, "enough")
        news[ref] = heard = list[Any]()
        watch(ref, heard.append)
        refs.append(ref)
    done = threading.Event()
    left = len(refs)
    lock = threading.Lock()

    def count(notice: Up | Down) -> None:
        nonlocal left
        if isinstance(notice, Down):
            with lock:
                left -= 1
                if left == 0:
                    done.set()

    for ref in refs:
        watch(ref, count)

    assert done.wait(5)
    for ref in refs:
        assert news[ref] == [Up(ref), Down(ref, "enough")]
