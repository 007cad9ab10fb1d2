"""Unmodified pykka.ThreadingActors as children: restarted and stopped like any other, and mixed with others."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import (
    ChildSpec,
    DynamicSupervisor,
    ScheduledActor,
    Scheduler,
    StartError,
    Supervisor,
    link,
    monitor,
    start_child,
    stop,
    terminate_child,
    which_children,
)
from supervisor import exit as send_exit


class Threaded(pykka.ThreadingActor):
    """Does what it is told, in its own thread."""

    def __init__(self, begin: Callable[[], object] | None = None, end: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.begin, self.end = begin, end

    def on_start(self) -> None:
        if self.begin is not None:
            self.begin()

    def on_stop(self) -> None:
        if self.end is not None:
            self.end()

    def on_receive(self, message: Any) -> Any:
        return message() if callable(message) else message


class Scheduled(ScheduledActor):
    def on_receive(self, message: Any) -> Any:
        return message() if callable(message) else message


def throw(error: BaseException) -> Callable[[], object]:
    def raise_it() -> None:
        raise error

    return raise_it


def work_until(gate: threading.Event, busy: threading.Event) -> Callable[[], object]:
    def work() -> str:
        busy.set()
        gate.wait(5)
        return "done"

    return work


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.001)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="pykka")


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    with Scheduler() as scheduler:
        yield scheduler


@pytest.fixture(params=["tuple", "callable"])
def begin(request: pytest.FixtureRequest) -> Callable[..., ChildSpec]:
    """Make the spec of a threaded child, of either kind."""

    def spec(child_id: str = "it", *args: Any, **options: Any) -> ChildSpec:
        start: Any = (Threaded, args, {}) if request.param == "tuple" else lambda: Threaded.start(*args)
        return ChildSpec(child_id, start, **options)

    return spec


def child(sup: Any, child_id: str = "it") -> Any:
    """The ref of a child, once it is there."""
    found = list[Any]()

    def there() -> bool:
        processes = {info.id: info.process for info in which_children(sup)}
        found.append(processes.get(child_id))
        return isinstance(found[-1], pykka.ActorRef) and found[-1].is_alive()

    wait_for(there)
    return found[-1]


def renewed(sup: Any, before: list[Any]) -> int:
    """How many children are others than *before*."""
    now = [info.process for info in which_children(sup)]
    return sum(isinstance(process, pykka.ActorRef) and process not in before for process in now)


class TestAsChildren:
    def test_a_crash_is_a_restart_and_a_stop_ends_its_thread(
        self, scheduler: Scheduler, begin: Callable[..., ChildSpec]
    ) -> None:
        ended = list[str]()
        sup = Supervisor.start([begin("it", None, lambda: ended.append("down"))], scheduler=scheduler)
        first = child(sup)
        first.tell(throw(ValueError("boom")))
        wait_for(lambda: not first.is_alive())
        second = child(sup)
        assert second.ask("hello", timeout=5) == "hello"
        stop(sup, timeout=5)

        assert second is not first
        assert ended == ["down"]

    @pytest.mark.parametrize(("restart", "again"), [("permanent", True), ("transient", False), ("temporary", False)])
    def test_a_clean_end_is_treated_as_any_other(
        self, scheduler: Scheduler, begin: Callable[..., ChildSpec], restart: Any, again: bool
    ) -> None:  # OTP 19, 20, 22
        sup = Supervisor.start([begin("it", restart=restart)], scheduler=scheduler)
        first = child(sup)
        first.stop()
        wait_for(lambda: first not in [info.process for info in which_children(sup)])

        left = {"permanent": 1, "transient": 1, "temporary": 0}[restart]
        assert len(which_children(sup)) == left
        if again:
            assert child(sup).is_alive()
        stop(sup)

    def test_on_start_s_failure_is_the_supervisor_s(self, scheduler: Scheduler) -> None:  # OTP 10
        spec = ChildSpec("it", (Threaded, (throw(ValueError("boom")),), {}))
        with pytest.raises(StartError, match="'it' failed to start: ValueError: boom"):
            Supervisor.start([ChildSpec("first", (Threaded, (), {})), spec], scheduler=scheduler)

        assert pykka.ActorRegistry.get_all() == []

    def test_a_failing_start_counts_until_the_supervisor_gives_up(
        self, scheduler: Scheduler, begin: Callable[..., ChildSpec]
    ) -> None:  # OTP 42
        attempts = list[int]()

        def fragile() -> None:
            attempts.append(1)
            if len(attempts) > 1:
                raise ValueError("boom")

        sup = Supervisor.start([begin("it", fragile)], max_restarts=3, scheduler=scheduler)
        child(sup).tell(throw(ValueError("boom")))

        assert sup.actor_stopped.wait(5)
        wait_for(lambda: not pykka.ActorRegistry.get_all())
        assert len(attempts) == 4

    def test_a_thread_that_cannot_be_had_is_a_failed_start(
        self, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sup = DynamicSupervisor.start(scheduler=scheduler)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", lambda _: throw(RuntimeError("can't start new thread"))())
            with pytest.raises(StartError, match="new thread"):
                start_child(sup, ChildSpec("it", (Threaded, (), {})))
        stop(sup)

        assert pykka.ActorRegistry.get_all() == []

    def test_a_busy_one_that_is_brutally_killed_holds_up_nobody(
        self, scheduler: Scheduler, begin: Callable[..., ChildSpec]
    ) -> None:  # OTP 55
        gate, busy = threading.Event(), threading.Event()
        sup = Supervisor.start([begin("it", shutdown="brutal_kill")], scheduler=scheduler)
        ref = child(sup)
        ref.tell(work_until(gate, busy))
        assert busy.wait(5)
        terminate_child(sup, "it")
        stop(sup, timeout=5)

        assert not gate.is_set()
        gate.set()

    def test_one_that_does_not_stop_in_time_is_fenced(
        self, scheduler: Scheduler, begin: Callable[..., ChildSpec]
    ) -> None:  # OTP 54
        gate, busy, reports = threading.Event(), threading.Event(), list[Any]()
        sup = Supervisor.start(
            [begin("it", shutdown=0.02)], scheduler=scheduler, reporter=lambda _, report: reports.append(report)
        )
        child(sup).tell(work_until(gate, busy))
        assert busy.wait(5)
        stop(sup, timeout=5)
        gate.set()

        assert (type(reports[-1]).__name__, reports[-1].reason) == ("ShutdownFailed", "killed")

    @pytest.mark.parametrize(
        ("strategy", "restarted"),
        [("one_for_one", "b"), ("rest_for_one", "bc"), ("one_for_all", "abc")],
    )
    @pytest.mark.parametrize("kinds", [(Scheduled, Threaded, Scheduled), (Threaded, Scheduled, Threaded)])
    def test_kinds_mix_under_every_strategy(
        self, scheduler: Scheduler, strategy: Any, restarted: str, kinds: Any
    ) -> None:  # OTP 28, 29, 30
        specs = [ChildSpec(name, (kind, (), {})) for name, kind in zip("abc", kinds, strict=True)]
        inner = ChildSpec("inner", (Supervisor, (specs,), {"strategy": strategy}), type="supervisor")
        top = Supervisor.start([inner], scheduler=scheduler)
        sup = child(top, "inner")
        before = {name: child(sup, name) for name in "abc"}
        before["b"].tell(throw(ValueError("boom")))
        wait_for(lambda: not any(before[name].is_alive() for name in restarted))
        after = {name: child(sup, name) for name in "abc"}

        assert "".join(name for name in "abc" if after[name] is not before[name]) == restarted
        stop(top, timeout=5)
        assert pykka.ActorRegistry.get_all() == []

    def test_a_base_exception_is_a_restart_and_stops_nobody_else(
        self, scheduler: Scheduler, begin: Callable[..., ChildSpec]
    ) -> None:
        sup = Supervisor.start([begin("it", restart="transient"), begin("other")], scheduler=scheduler)
        first, other = child(sup), child(sup, "other")
        first.tell(throw(SystemExit(1)))
        wait_for(lambda: not first.is_alive())

        assert child(sup).is_alive()
        assert child(sup, "other") is other
        stop(sup, timeout=5)

    def test_it_can_be_monitored_and_linked_like_any_other(
        self, scheduler: Scheduler, begin: Callable[..., ChildSpec]
    ) -> None:  # OTP 92, 93
        sup = Supervisor.start([begin("it", restart="temporary")], scheduler=scheduler)
        heard = list[Any]()

        class Listener(ScheduledActor):
            trap_exit = True

            def on_receive(self, message: Any) -> None:
                heard.append(message)

        ref, listener = child(sup), scheduler.spawn(Listener)
        monitor(ref, listener)
        link(ref, listener)
        send_exit(ref, "enough")
        wait_for(lambda: len(heard) == 2)
        stop(sup)
        listener.stop()

        assert {type(notice).__name__ for notice in heard} == {"Down", "Exited"}
        assert {notice.reason for notice in heard} == {"enough"}

    def test_many_of_them_are_killed_and_all_are_there_again(self, scheduler: Scheduler) -> None:
        sup = DynamicSupervisor.start(max_restarts=10_000, scheduler=scheduler)
        for number in range(20):
            start_child(sup, ChildSpec(number, (Threaded, (), {})))
        for _ in range(3):
            before = [info.process for info in which_children(sup)]
            for ref in before:
                send_exit(ref, "kill")
            wait_for(lambda before=before: renewed(sup, before) == 20)  # type: ignore[misc]
        stop(sup, timeout=5)

        assert pykka.ActorRegistry.get_all() == []
