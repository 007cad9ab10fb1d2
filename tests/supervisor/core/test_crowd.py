"""A crowd of children that come and go: Elixir's DynamicSupervisor, decided without any process."""

from collections import defaultdict, deque
from functools import partial
from typing import Any

import pytest

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.crowd import Crowd
from supervisor.core.spec import ChildSpec, RestartLimit, forgotten
from supervisor.errors import BadSpecError, MaxChildren, NotFound, NotSupported, StartError


class Square:
    """Plays the processes of one crowd, which are numbers. By default who is asked to stop obeys at once."""

    def __init__(self, max_restarts: int = 3, **options: Any) -> None:
        self.crowd = Crowd(limit=RestartLimit(max_restarts, 5), **options)
        self.now = 100.0
        self.trace: list[str] = []
        self.started: list[ChildSpec] = []
        self.reports: list[Any] = []
        self.answers: list[Any] = []
        self.retries: deque[events.RetryDue] = deque()
        self.delays: list[float] = []
        self.alive: dict[int, Any] = {}
        self.plans: dict[Any, deque[Any]] = defaultdict(deque)
        self.slow: set[int] = set()  # who takes its time to stop
        self.ready = False
        self.finished: Any = None
        self._number = 0
        self.feed(events.Begin())

    def add(self, child_id: Any = "a", **options: Any) -> Any:
        return self.call(events.StartChild(ChildSpec(child_id, options.pop("start", print), **options)))

    def call(self, request: Any) -> Any:
        before = len(self.answers)
        self.feed(events.Call(request, "token"))
        return self.answers[-1] if len(self.answers) > before else "no answer yet"

    def die(self, *processes: int, reason: Any = "boom") -> None:
        for process in processes:
            del self.alive[process]
        for process in processes:
            self.feed(events.ChildGone(process, reason))

    def end(self, process: int, reason: Any = "shutdown") -> None:
        """One that was slow to stop does so now."""
        self.die(process, reason=reason)

    def retry(self, times: int = 1) -> None:
        for _ in range(times):
            self.feed(self.retries.popleft())

    def stop(self) -> None:
        self.feed(events.Stop("shutdown"))

    def feed(self, event: Any) -> None:
        news = deque([event])
        while news:
            for instruction in self.crowd.handle(news.popleft(), self.now):
                news.extend(self._carry_out(instruction))

    def _carry_out(self, instruction: Any) -> list[Any]:
        match instruction:
            case instructions.Start(spec):
                return [self._start(spec)]
            case instructions.AskToStop(process, seconds):
                self.trace.append(f"ask {process} {seconds}")
                if process in self.alive and process not in self.slow:
                    del self.alive[process]
                    return [events.ChildGone(process, "shutdown")]
            case instructions.Kill(process):
                self.trace.append(f"kill {process}")
                if self.alive.pop(process, None):
                    return [events.ChildGone(process, "killed")]
            case instructions.Answer(_, value):
                self.answers.append(value)
            case instructions.RetryLater(key, ticket, seconds):
                self.retries.append(events.RetryDue(key, ticket))
                self.delays.append(seconds)
            case instructions.Ready():
                self.ready = True
            case instructions.Finish(reason):
                self.finished = reason
            case _:
                self.reports.append(instruction)
        return []

    def _start(self, spec: ChildSpec) -> Any:
        self.started.append(spec)
        plan = self.plans[spec.id].popleft() if self.plans[spec.id] else "up"
        if plan == "ignore":
            return events.ChildIgnored(spec.id)
        if plan != "up":
            return events.ChildFailed(spec.id, plan)
        self._number += 1
        self.alive[self._number] = spec.id
        return events.ChildUp(spec.id, self._number)

    @property
    def kinds(self) -> list[str]:
        return [type(report).__name__ for report in self.reports]


class TestStarting:
    def test_it_begins_without_children_and_is_ready_at_once(self) -> None:
        square = Square()

        assert square.ready
        assert square.call(events.CountChildren()) == (0, 0, 0, 0)

    def test_ids_may_repeat(self) -> None:  # OTP 89
        square = Square()

        assert [square.add("a"), square.add("a"), square.add("b")] == [1, 2, 3]
        assert [info.id for info in square.call(events.WhichChildren())] == ["b", "a", "a"]

    def test_a_significant_child_is_refused(self) -> None:  # OTP 86
        refused = Square().add(restart="transient", significant=True)

        assert isinstance(refused, BadSpecError)

    def test_a_start_that_fails_is_answered_and_nothing_is_kept(self) -> None:
        square = Square()
        square.plans["a"].append("boom")
        failed = square.add()

        assert isinstance(failed, StartError)
        assert (failed.child_id, failed.reason) == ("a", "boom")
        assert square.call(events.CountChildren()).specs == 0

    @pytest.mark.parametrize("restart", ["permanent", "transient", "temporary"])
    def test_who_is_ignored_is_not_kept(self, restart: Any) -> None:  # OTP 26
        square = Square()
        square.plans["a"].append("ignore")

        assert square.add(restart=restart) is None
        assert square.call(events.CountChildren()).specs == 0

    def test_extra_arguments_come_first_at_each_start(self) -> None:  # OTP 89
        square = Square(extra_arguments=("x", 1))
        square.add("tuple", start=(dict, ("own",), {"key": "word"}))
        square.add("callable", start=print)
        square.die(1, 2)

        for first, again in (square.started[::2], square.started[1::2]):
            assert first.id == again.id
        classes = [spec.start for spec in square.started if spec.id == "tuple"]
        assert classes == [(dict, ("x", 1, "own"), {"key": "word"})] * 2
        for spec in square.started:
            if spec.id == "callable":
                assert isinstance(spec.start, partial)
                assert (spec.start.func, spec.start.args) == (print, ("x", 1))

    def test_the_start_of_a_temporary_child_is_not_kept(self) -> None:  # OTP 23
        square = Square()
        square.add(restart="temporary")

        assert [spec.start for _, spec in square.crowd.living] == [forgotten]


class TestMaxChildren:
    def test_none_may_be_allowed_at_all(self) -> None:  # OTP 90
        refused = Square(max_children=0).add()

        assert isinstance(refused, MaxChildren)
        assert refused.max_children == 0

    def test_one_that_is_restarting_counts(self) -> None:  # OTP 90
        square = Square(max_children=2)
        square.add("a")
        square.add("b")
        square.plans["a"].append("boom")
        square.die(1)
        assert isinstance(square.add("c"), MaxChildren)
        square.retry()
        assert isinstance(square.add("c"), MaxChildren)
        square.call(events.TerminateChild(3))

        assert square.add("c") == 4


class TestDeaths:
    @pytest.mark.parametrize(
        ("restart", "reason", "restarted"),
        [
            ("permanent", "normal", True),
            ("permanent", "boom", True),
            ("transient", "normal", False),
            ("transient", "shutdown", False),
            ("transient", "killed", True),
            ("temporary", "normal", False),
            ("temporary", "boom", False),
        ],
    )
    def test_who_is_not_restarted_vanishes(self, restart: Any, reason: str, restarted: bool) -> None:  # OTP 91
        square = Square()
        square.add("a", restart=restart)
        square.add("b")
        square.die(1, reason=reason)

        assert sorted(square.alive.values()) == (["a", "b"] if restarted else ["b"])
        assert square.call(events.CountChildren()).specs == 1 + restarted
        assert 2 in square.alive

    def test_who_is_ignored_at_a_restart_vanishes(self) -> None:  # OTP 26
        square = Square()
        square.add()
        square.plans["a"].append("ignore")
        square.die(1)

        assert square.call(events.CountChildren()) == (0, 0, 0, 0)
        assert not square.retries

    def test_counts_are_of_those_that_are_there(self) -> None:  # OTP 91
        square = Square()
        square.add("a", type="supervisor")
        square.add("b")
        square.plans["b"].append("boom")
        square.die(2)

        assert square.call(events.CountChildren()) == (2, 1, 1, 1)

    def test_the_limit_is_for_all_together(self) -> None:  # OTP 41
        square = Square(max_restarts=2)
        for child_id in "abcd":
            square.add(child_id)
        square.die(1, 2)
        assert not square.finished
        square.die(3)

        assert square.finished == "shutdown"
        assert not square.alive
        assert "GaveUp" in square.kinds
        assert [spec.id for spec in square.started] == ["a", "b", "c", "d", "a", "b"]

    def test_a_child_that_no_longer_starts_is_tried_as_often_as_the_limit_says(self) -> None:  # OTP 42
        square = Square(max_restarts=3)
        square.add()
        square.plans["a"].extend(["boom"] * 9)
        square.die(1)
        while square.finished is None:
            square.retry()

        assert len(square.started) == 1 + 3
        assert square.kinds[-1] == "GaveUp"

    def test_requests_are_answered_between_attempts(self) -> None:  # OTP 43, 48
        square = Square(max_restarts=99)
        square.add()
        square.plans["a"].extend(["boom"] * 3)
        square.die(1)
        for _ in range(3):
            assert [info.process for info in square.call(events.WhichChildren())] == ["restarting"]
            square.retry()

        assert [info.process for info in square.call(events.WhichChildren())] == [2]
        assert square.reports[-1].restarts == 1


class TestTerminating:
    def test_a_child_goes_by_its_process(self) -> None:  # OTP 88
        square = Square()
        square.add("a", shutdown=2)
        square.add("a")

        assert square.call(events.TerminateChild(1)) is None
        assert square.trace == ["ask 1 2"]
        assert square.alive == {2: "a"}

    @pytest.mark.parametrize("unknown", ["a", 99, [], None])
    def test_an_id_and_a_stranger_and_the_dead_are_not_found(self, unknown: Any) -> None:  # OTP 88
        square = Square()
        square.add("a", restart="temporary")
        square.die(1)
        square.add("a")

        for process in (unknown, 1):
            refused = square.call(events.TerminateChild(process))
            assert isinstance(refused, NotFound)
            assert refused.child_id == process

    @pytest.mark.parametrize("backoff", [None, Backoff(1.0, 2.0)])
    def test_one_that_is_restarting_goes_by_its_last_process(self, backoff: Backoff | None) -> None:  # OTP 49
        square = Square(backoff=backoff)
        square.add()
        square.plans["a"].append("boom")
        square.die(1)

        assert square.call(events.TerminateChild(1)) is None
        square.retry()
        assert not square.alive
        assert square.call(events.CountChildren()).specs == 0
        assert isinstance(square.call(events.TerminateChild(1)), NotFound)

    @pytest.mark.parametrize(
        "request_",
        [events.RestartChild(1), events.DeleteChild(1), events.GetChildSpec(1)],
        ids=lambda r: type(r).__name__,
    )
    def test_what_goes_by_an_id_is_not_supported(self, request_: Any) -> None:  # OTP 88
        square = Square()
        square.add()
        refused = square.call(request_)

        assert isinstance(refused, NotSupported)
        assert refused.request == type(request_).__name__

    def test_one_that_is_asked_is_known_until_it_is_gone(self) -> None:
        square = Square()
        square.add("a")
        square.slow.add(1)
        assert square.call(events.TerminateChild(1)) == "no answer yet"

        assert [process for process, _ in square.crowd.living] == [1]  # or nobody would look after it
        square.end(1)
        assert square.answers[-1] is None
        assert square.crowd.children == {}


class TestStopping:
    def test_all_are_asked_at_once_each_by_its_own_policy(self) -> None:  # OTP 60
        square = Square()
        square.add("a", shutdown=1)
        square.add("b", shutdown="infinity")
        square.add("c", shutdown="brutal_kill")
        square.slow.update((1, 2))
        square.stop()
        assert square.trace == ["ask 1 1", "ask 2 None", "kill 3"]
        assert not square.finished
        square.end(2)
        square.end(1)

        assert square.finished == "shutdown"
        assert square.kinds.count("ShutdownFailed") == 0

    def test_who_is_late_is_killed_and_reported(self) -> None:  # OTP 54
        square = Square()
        square.add("a")
        square.slow.add(1)
        square.stop()
        square.feed(events.Overdue(1))

        assert square.trace == ["ask 1 5.0", "kill 1"]
        assert square.finished == "shutdown"
        assert square.reports[-1] == instructions.ShutdownFailed("a", 1, "killed")

    def test_who_dies_by_itself_meanwhile_disturbs_nothing(self) -> None:  # OTP 58
        square = Square()
        for child_id in "ab":
            square.add(child_id)
        square.slow.update((1, 2))
        square.stop()
        square.end(2, "boom")
        assert not square.finished
        square.end(1)

        assert square.finished == "shutdown"
        assert len(square.started) == 2

    def test_those_being_asked_are_known_until_they_are_gone(self) -> None:
        square = Square()
        for child_id in "ab":
            square.add(child_id)
        square.slow.update((1, 2))
        square.stop()
        square.end(1)

        assert [process for process, _ in square.crowd.living] == [2]
        square.end(2)
        assert square.crowd.children == {}

    def test_one_that_is_restarting_is_not_started_any_more(self) -> None:  # OTP 50
        square = Square()
        square.add()
        square.plans["a"].append("boom")
        square.die(1)
        square.stop()
        square.retry()

        assert square.finished == "shutdown"
        assert len(square.started) == 2

    def test_deaths_that_nobody_has_heard_of_are_not_waited_for(self) -> None:
        square = Square()
        for child_id in "abc":
            square.add(child_id, restart="temporary")
        square.slow.add(1)
        square.feed(events.Call(events.TerminateChild(1), "token"))
        square.feed(events.Stop("shutdown"))
        square.die(2, 3)
        square.end(1)

        assert square.finished == "shutdown"
        assert square.trace == ["ask 1 5.0"]
