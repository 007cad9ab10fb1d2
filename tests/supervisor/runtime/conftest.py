"""Schedulers by hand and with workers, and children that keep a journal."""

import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import ChildSpec, ScheduledActor, Scheduler, Supervisor
from supervisor import exit as send_exit
from supervisor.core import events
from supervisor.testing import FakeClock
from tests.supervisor.runtime.caller import Caller


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(100.0)


@pytest.fixture
def by_hand(clock: FakeClock) -> Iterator[Scheduler]:
    """A scheduler without workers, on a clock that stands still."""
    scheduler = Scheduler(workers=0, clock=clock)
    yield scheduler
    scheduler.close()


@pytest.fixture(params=[1, 4], ids=["1 worker", "4 workers"])
def threaded(request: pytest.FixtureRequest) -> Iterator[Scheduler]:
    """A scheduler with real workers."""
    with Scheduler(workers=request.param) as scheduler:
        yield scheduler


@pytest.fixture
def pykka_log(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The messages that were logged as errors."""
    return lambda: [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


class Child(ScheduledActor):
    """Writes what befalls it; raises what it is told to raise, stops and fails as planned."""

    def __init__(self, name: str, household: "Household") -> None:
        super().__init__()
        self.name = name
        self.household = household

    def on_start(self) -> None:
        plan = self.household.starts[self.name]
        if plan and (error := plan.popleft()) is not None:
            raise error
        self.household.journal.append(f"up {self.name}")

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        self.household.journal.append(f"{self.name} got {message}")
        return message

    def on_exit(self, reason: Any) -> None:
        self.household.exits[self.name] = reason
        if self.name not in self.household.deaf:
            super().on_exit(reason)

    def on_stop(self) -> None:
        self.household.journal.append(f"down {self.name}")
        if self.name in self.household.last_words:
            raise self.household.last_words[self.name]


class Household:
    """A scheduler by hand and the supervisors on it, their children writing one journal."""

    def __init__(self, scheduler: Scheduler, clock: FakeClock) -> None:
        self.scheduler = scheduler
        self.clock = clock
        self.journal: list[str] = []
        self.reports: list[Any] = []
        self.starts: dict[str, deque[BaseException | None]] = defaultdict(deque)  # what the next starts raise
        self.last_words: dict[str, BaseException] = {}  # what a child raises when it stops
        self.deaf: set[str] = set()  # those that do nothing on an exit signal
        self.exits: dict[str, Any] = {}  # the last exit signal that a child heard

    def spec(self, child_id: str, **options: Any) -> ChildSpec:
        return ChildSpec(child_id, (Child, (child_id, self), {}), **options)

    def nested(self, child_id: str, *children: Any, spec: Any = None, **options: Any) -> ChildSpec:
        """The spec of a supervisor with these children."""
        options = {"reporter": self.hear, "name": child_id, **options}
        start = (Supervisor, (self.specs(children),), options)
        return ChildSpec(child_id, start, type="supervisor", **(spec or {}))

    def specs(self, children: Any) -> list[ChildSpec]:
        return [child if isinstance(child, ChildSpec) else self.spec(child) for child in children]

    def start(self, *children: Any, **options: Any) -> Any:
        """Start a supervisor of these specs, or of children with these ids; the journal is empty then."""
        options = {"reporter": self.hear, **options}
        sup = Supervisor.start(self.specs(children), scheduler=self.scheduler, **options)
        self.idle()
        self.journal.clear()
        self.reports.clear()
        return sup

    def hear(self, _supervisor: str, report: Any) -> None:
        self.reports.append(report)

    def idle(self) -> None:
        self.scheduler.run_until_idle()

    def ask(self, sup: Any, request: Any) -> Any:
        future = sup.ask(request, block=False)
        self.idle()
        return future.get(timeout=0)

    def refs(self, sup: Any) -> dict[Any, Any]:
        """The children that are there, by id, in start order."""
        children = reversed(self.ask(sup, events.WhichChildren()))
        return {info.id: info.process for info in children if isinstance(info.process, pykka.ActorRef)}

    def crash(self, sup: Any, *ids: Any, reason: BaseException | None = None) -> None:
        """Crash these children of *sup*, and let everything settle."""
        refs = self.refs(sup)
        for child_id in ids:
            refs[child_id].tell(reason or ValueError("boom"))
        self.idle()

    def kill(self, sup: Any, child_id: Any) -> None:
        send_exit(self.refs(sup)[child_id], "kill")
        self.idle()

    def end(self) -> None:
        """End everybody."""
        for _ in range(3):  # a child that was just being started may outlive the first
            for ref in pykka.ActorRegistry.get_all():
                send_exit(ref, "kill")
            self.idle()


@pytest.fixture
def home(by_hand: Scheduler, clock: FakeClock) -> Iterator[Household]:
    household = Household(by_hand, clock)
    yield household
    household.end()


@pytest.fixture
def down() -> Callable[..., list[Any]]:
    """Watch actors; the list fills with the news of each, as (what, reason)."""
    from supervisor.runtime.watch import watch  # noqa: PLC0415 - what it watches with is under test, too

    def watching(ref: Any) -> list[Any]:
        news: list[Any] = []
        watch(ref, lambda notice: news.append((type(notice).__name__, getattr(notice, "reason", None))))
        return news

    return watching


@pytest.fixture
def callers(by_hand: Scheduler) -> Iterator[Callable[[int], list[Any]]]:
    """Spawn so many callers by hand."""

    def spawn(number: int) -> list[Any]:
        return [by_hand.spawn(Caller) for _ in range(number)]

    yield spawn
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    by_hand.run_until_idle()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Have threads change places as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)
