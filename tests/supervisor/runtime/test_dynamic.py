"""Dynamic supervisors at work: children by their refs, each on its own, and all asked to stop at once."""

import threading
from collections.abc import Callable
from typing import Any

import pykka
import pytest

from supervisor import (
    IGNORE,
    Backoff,
    BadSpecError,
    ChildSpec,
    DynamicSupervisor,
    MaxChildren,
    NotFound,
    NotSupported,
    ScheduledActor,
    Scheduler,
    StartError,
    count_children,
    start_child,
    stop,
    terminate_child,
    which_children,
)
from supervisor import exit as send_exit
from supervisor.core import events, instructions


class Start:
    """Starts a dynamic supervisor in a household, and asks it."""

    def __init__(self, home: Any, **options: Any) -> None:
        self.home = home
        self.ref: Any = DynamicSupervisor.start(scheduler=home.scheduler, reporter=home.hear, **options)
        home.idle()

    def add(self, child_id: str, **options: Any) -> Any:
        return self.ask(events.StartChild(self.home.spec(child_id, **options)))

    def ask(self, request: Any) -> Any:
        return self.home.ask(self.ref, request)

    def end(self, ref: Any, *, reason: Any = None) -> None:
        ref.tell(reason or ValueError("boom"))
        self.home.idle()

    @property
    def processes(self) -> list[Any]:
        return [info.process for info in self.ask(events.WhichChildren())]


def test_children_go_by_their_refs_and_ids_may_repeat(home: Any) -> None:  # OTP 88, 89
    sup = Start(home)
    first, second = sup.add("a"), sup.add("a")
    assert sup.processes == [second, first]
    assert sup.ask(events.TerminateChild(first)) is None

    assert sup.processes == [second]
    assert home.exits == {"a": "shutdown"}
    for unknown in ("a", first, sup.ref):
        with pytest.raises(NotFound):
            sup.ask(events.TerminateChild(unknown))


def test_what_goes_by_an_id_is_not_supported(home: Any) -> None:  # OTP 88
    sup = Start(home)
    sup.add("a")
    for request in (events.RestartChild("a"), events.DeleteChild("a"), events.GetChildSpec("a")):
        with pytest.raises(NotSupported, match=type(request).__name__):
            sup.ask(request)


def test_a_child_restarts_alone_and_with_the_same_arguments(home: Any) -> None:  # OTP 89
    sup = Start(home)
    first, second = sup.add("a"), sup.add("b")
    home.journal.clear()
    sup.end(first)

    assert home.journal == ["up a"]
    assert second in sup.processes
    assert first not in sup.processes


@pytest.mark.parametrize("callable_start", [True, False])
def test_extra_arguments_come_before_a_child_s_own(home: Any, callable_start: bool) -> None:  # OTP 89
    seen = list[Any]()

    class Taker(ScheduledActor):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__()
            seen.append((args, kwargs))

        def on_receive(self, message: Any) -> None:
            raise message

    def begin(*args: Any) -> Any:
        return Taker.start(*args, "own", word=1)

    sup = Start(home, extra_arguments=("x", 2))
    start: Any = begin if callable_start else (Taker, ("own",), {"word": 1})
    sup.end(sup.ask(events.StartChild(ChildSpec("a", start))))

    assert seen == [(("x", 2, "own"), {"word": 1})] * 2


def test_no_more_children_than_allowed(home: Any) -> None:  # OTP 90
    sup = Start(home, max_children=1)
    sup.add("a")
    with pytest.raises(MaxChildren):
        sup.add("b")
    none = Start(home, max_children=0)
    with pytest.raises(MaxChildren):
        none.add("a")


def test_a_restarting_child_counts_shows_and_can_be_given_up(home: Any, clock: Any) -> None:  # OTP 48, 49, 90
    sup = Start(home, max_children=1, backoff=Backoff(5.0, 10.0))
    ref = sup.add("a")
    sup.end(ref)
    assert sup.processes == ["restarting"]
    with pytest.raises(MaxChildren):
        sup.add("b")
    sup.ask(events.TerminateChild(ref))
    clock.advance(60)
    home.idle()

    assert sup.processes == []
    assert sup.ask(events.CountChildren()) == (0, 0, 0, 0)


def test_the_delay_is_kept_by_the_clock(home: Any, clock: Any) -> None:
    sup = Start(home, backoff=Backoff(2.0, 8.0, random_factor=0.0))
    sup.end(sup.add("a"))
    clock.advance(1.9)
    home.idle()
    assert sup.processes == ["restarting"]
    clock.advance(0.1)
    (ref,) = sup.processes
    assert ref.is_alive()
    sup.end(ref)
    clock.advance(3.9)
    assert sup.processes == ["restarting"]
    clock.advance(0.1)

    assert sup.processes[0].is_alive()


def test_a_stop_during_a_delay_is_instant(home: Any, clock: Any) -> None:  # OTP 50
    sup = Start(home, backoff=Backoff(2.0, 8.0))
    sup.end(sup.add("a"))
    home.journal.clear()
    home.ask(sup.ref, events.Stop("shutdown"))
    clock.advance(60)
    home.idle()

    assert home.journal == []


def test_ignore_and_failure_leave_nothing(home: Any) -> None:  # OTP 12, 26
    sup = Start(home)
    assert sup.ask(events.StartChild(ChildSpec("a", lambda: IGNORE))) is None
    for start in (lambda: 1 / 0, lambda: "rubbish"):
        with pytest.raises(StartError):
            sup.ask(events.StartChild(ChildSpec("a", start)))

    assert sup.processes == []


def test_a_significant_child_is_refused(home: Any) -> None:  # OTP 86
    with pytest.raises(BadSpecError, match="significant"):
        Start(home).add("a", restart="transient", significant=True)


@pytest.mark.parametrize("bad", [{"max_children": -1}, {"max_restarts": -1}, {"max_seconds": 0}])
def test_a_bad_limit_is_refused_before_anything_is_started(home: Any, bad: Any) -> None:
    with pytest.raises(BadSpecError):
        DynamicSupervisor.start(scheduler=home.scheduler, **bad)
    assert pykka.ActorRegistry.get_all() == []


def test_too_many_restarts_of_all_together_end_it(home: Any, down: Callable[..., Any]) -> None:  # OTP 39, 41
    sup = Start(home, max_restarts=1)
    refs = [sup.add(child_id) for child_id in "abc"]
    news = down(sup.ref)
    for ref in refs[:2]:
        sup.end(ref)

    assert news[-1] == ("Down", "shutdown")
    assert pykka.ActorRegistry.get_all() == []
    assert isinstance(home.reports[-1], instructions.GaveUp)


def test_the_longest_of_all_timeouts_is_the_whole_time(
    home: Any, clock: Any, down: Callable[..., Any]
) -> None:  # OTP 60
    sup = Start(home)
    home.deaf.update("abc")
    for child_id, seconds in (("a", 1), ("b", 3), ("c", 2)):
        sup.add(child_id, shutdown=seconds)
    news = down(sup.ref)
    sup.ref.ask(events.Stop("shutdown"), block=False)
    home.idle()
    alive = list[int]()
    for _ in range(3):
        assert news[-1][0] == "Up"
        clock.advance(1)
        home.idle()
        alive.append(len(pykka.ActorRegistry.get_all()))

    assert alive == [3, 2, 0]
    assert news[-1] == ("Down", "shutdown")
    assert len([report for report in home.reports if isinstance(report, instructions.ShutdownFailed)]) == 3


@pytest.mark.parametrize("asked", ["all", "one"])
def test_killed_while_it_stops_its_children_it_leaves_no_orphan(home: Any, clock: Any, asked: str) -> None:  # OTP 63
    sup = Start(home)
    home.deaf.add("a")
    ref = sup.add("a", shutdown=2)
    sup.ref.ask(events.Stop("shutdown") if asked == "all" else events.TerminateChild(ref), block=False)
    home.idle()
    send_exit(sup.ref, "kill")
    home.idle()
    assert ref.is_alive()
    clock.advance(2)
    home.idle()

    assert pykka.ActorRegistry.get_all() == []


def test_it_can_be_a_child_and_comes_back_empty(home: Any) -> None:  # OTP 38
    inner = ChildSpec("inner", (DynamicSupervisor, (), {"reporter": home.hear}), type="supervisor")
    outer = home.start(inner)
    (ref,) = home.refs(outer).values()
    home.ask(ref, events.StartChild(home.spec("a")))
    home.kill(outer, "inner")
    (again,) = home.refs(outer).values()

    assert again is not ref
    assert home.ask(again, events.WhichChildren()) == []
    assert pykka.ActorRegistry.get_by_class_name("Child") == []


class Worker(ScheduledActor):
    born = 0
    lock = threading.Lock()

    def on_start(self) -> None:
        with self.lock:
            Worker.born += 1

    def on_receive(self, message: Any) -> None:
        raise message


def test_a_thousand_children_crash_and_all_are_there_again(threaded: Scheduler) -> None:  # OTP 78, 91
    Worker.born = 0
    sup = DynamicSupervisor.start(max_restarts=100_000, scheduler=threaded)
    for number in range(1000):
        start_child(sup, ChildSpec(number, (Worker, (), {})))
    for _ in range(2):
        for info in which_children(sup):
            info.process.tell(ValueError("boom"))
        assert threaded.drain(30)
    children = which_children(sup)

    assert Worker.born == 3000
    assert count_children(sup) == (1000, 1000, 0, 1000)
    assert sorted(info.id for info in children) == list(range(1000))
    assert len({info.process.actor_urn for info in children}) == 1000
    terminate_child(sup, children[0].process)
    assert count_children(sup).specs == 999
    stop(sup, timeout=30)
    assert pykka.ActorRegistry.get_all() == []


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Two thousand tracebacks take their time."""
    caplog.set_level("CRITICAL", logger="pykka")
