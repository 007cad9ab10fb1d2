"""A world of fake children: whatever a family says is done to them, and what comes of it is told to the family."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import pytest

from supervisor.core import events, instructions
from supervisor.core.family import Family
from supervisor.core.spec import ChildSpec, RestartLimit

REPORTS = (
    instructions.ChildStarted,
    instructions.ChildTerminated,
    instructions.ShutdownFailed,
    instructions.StartFailed,
    instructions.GaveUp,
)


class Process:
    """A fake process; no two are the same."""

    def __init__(self, child_id: Any, number: int) -> None:
        self.id = child_id
        self.number = number

    def __repr__(self) -> str:
        return f"{self.id}{self.number}"


class World:
    """Plays all processes of one family. By default, starts succeed and whoever is asked to stop obeys at once.

    `trace` is what was done to whom, like "start a", "ask a", "kill a".
    """

    def __init__(self, specs: Any, **options: Any) -> None:
        limit = RestartLimit(options.pop("max_restarts", 3), options.pop("max_seconds", 5))
        self.family = Family(specs, limit=limit, **options)
        self.now = 100.0
        self.trace: list[str] = []
        self.reports: list[Any] = []
        self.answers: dict[Any, Any] = {}
        self.ready = False
        self.finished: Any = None
        self.retries: deque[Any] = deque()
        self._tickets: deque[int] = deque()
        self.delays: list[float] = []
        self.alive: dict[Any, Process] = {}
        self.starts: dict[Any, deque[Any]] = defaultdict(deque)  # what comes of the next starts: "up", "ignore", reason
        self.last_words: dict[Any, Any] = {}  # what an id says when it stops, if not "shutdown"
        self.deaf: set[Any] = set()  # ids that do not hear when they are asked to stop
        self.late: set[Any] = set()  # ids whose outcome the test feeds by hand
        self._numbers: dict[Any, int] = defaultdict(int)
        self._token = 0

    # What a test does.

    def begin(self) -> "World":
        self.feed(events.Begin())
        self.forget()
        return self

    def forget(self) -> None:
        self.trace.clear()
        self.reports.clear()

    def die(self, *ids: Any, reason: Any = "boom") -> None:
        """All of them die before the family hears of any."""
        gone = [self.alive.pop(child_id) for child_id in ids]
        for process in gone:
            self.feed(events.ChildGone(process, reason))

    def retry(self, times: int = 1) -> None:
        for _ in range(times):
            self.feed(events.RetryDue(self.retries.popleft(), self._tickets.popleft()))

    def call(self, request: Any) -> Any:
        """Ask the family; the answer, or None if it has not come yet."""
        self._token += 1
        self.feed(events.Call(request, self._token))
        return self.answers.get(self._token)

    def stop(self, reason: Any = "shutdown") -> None:
        self.feed(events.Stop(reason))

    def feed(self, event: Any) -> None:
        news = deque([event])
        while news:
            for instruction in self.family.handle(news.popleft(), self.now):
                outcome = self._carry_out(instruction)
                if outcome is not None:
                    news.append(outcome)

    @property
    def running(self) -> str:
        """The living in the family's order, like "a1 b2"."""
        living = [self.alive[child_id] for child_id in self.family.children if child_id in self.alive]
        assert len(living) == len(self.alive)
        return " ".join(map(repr, living))

    # What the world does.

    def _carry_out(self, instruction: Any) -> Any:
        match instruction:
            case instructions.Start(spec):
                self.trace.append(f"start {spec.id}")
                return None if spec.id in self.late else self.started(spec.id)
            case instructions.AskToStop(process, seconds):
                self.trace.append(f"ask {process.id}")
                return self._asked(process, seconds)
            case instructions.Kill(process):
                self.trace.append(f"kill {process.id}")
                return None if process.id in self.late else self.gone(process, "killed")
            case instructions.Answer(token, value):
                self.answers[token] = value
            case instructions.RetryLater(child_id, ticket, seconds):
                self.retries.append(child_id)
                self._tickets.append(ticket)
                self.delays.append(seconds)
            case instructions.Ready():
                self.ready = True
            case instructions.Finish(reason):
                self.finished = reason
            case _:
                assert isinstance(instruction, REPORTS)
                self.reports.append(instruction)
        return None

    def _asked(self, process: Process, seconds: float | None) -> Any:
        if process.id in self.late:
            return None
        if process.id not in self.deaf:
            return self.gone(process, self.last_words.get(process.id, "shutdown"))
        if seconds is None:
            return None
        self.now += seconds
        return events.Overdue(process)

    def started(self, child_id: Any) -> Any:
        """The outcome of a start, as planned."""
        plan = self.starts[child_id].popleft() if self.starts[child_id] else "up"
        if plan == "ignore":
            return events.ChildIgnored(child_id)
        if plan != "up":
            return events.ChildFailed(child_id, plan)
        assert child_id not in self.alive, "two processes of one id"
        self._numbers[child_id] += 1
        process = self.alive[child_id] = Process(child_id, self._numbers[child_id])
        return events.ChildUp(child_id, process)

    def gone(self, process: Process, reason: Any) -> Any:
        del self.alive[process.id]
        return events.ChildGone(process, reason)


@pytest.fixture
def world() -> Callable[..., Any]:
    """Make a World of these specs, or of children with these ids, under these options."""

    def make(*children: Any, **options: Any) -> World:
        return World(
            [child if isinstance(child, ChildSpec) else ChildSpec(child, print) for child in children], **options
        )

    return make
