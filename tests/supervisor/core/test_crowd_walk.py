"""A random walk: whatever happens to a crowd, in whatever order, what must never happen does not."""

import math
import random
from collections import defaultdict, deque
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.crowd import Crowd
from supervisor.core.spec import ChildSpec, RestartLimit

REASONS = ("normal", "shutdown", "killed", "boom")
RESTARTS = ("permanent", "transient", "temporary")
SHUTDOWNS = (0, 5.0, "brutal_kill", "infinity")


class Walk:
    """A crowd, and a world in which news takes its time: that of one process comes in order, of several in any."""

    def __init__(self, seed: int, limit: RestartLimit, **options: Any) -> None:
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self.crowd = Crowd(limit=limit, **options)
        self.limit = limit
        self.now = 10.0
        self.children = 0
        self.living: dict[Any, int] = {}  # process: which child it is
        self.stopping = False
        self.finished = False
        self.asked = 0
        self.answered = 0
        self._news: dict[Any, deque[Any]] = defaultdict(deque)  # by whom it is about
        self._known: list[Any] = []  # every process there ever was
        self._restarts: list[float] = []
        allows = self.crowd.window.allows

        def spy(now: float) -> bool:
            allowed = allows(now)
            if allowed:
                self._restarts.append(now)
            return allowed

        self.crowd.window.allows = spy  # type: ignore[method-assign]

    def step(self) -> None:
        """Let something happen."""
        dice = self.random.random()
        if dice < 0.5:
            self.deliver()
        elif dice < 0.7 and self.living:
            self.end(self.random.choice(list(self.living)), self.random.choice(REASONS))
        elif dice < 0.97:
            self.ask()
        else:
            self.now += self.random.choice((0.3, 1.0, 4.0))

    def ask(self) -> None:
        process = self.random.choice(self._known) if self._known else None
        self.children += 1  # each has a number of its own, kept where its start is
        restart, shutdown = self.random.choice(RESTARTS), self.random.choice(SHUTDOWNS)
        spec = ChildSpec(self.random.choice("ab"), (int, (self.children,), {}), restart, shutdown)  # type: ignore[arg-type]
        request: Any = self.random.choice(
            (
                events.StartChild(spec),
                events.StartChild(spec),
                events.TerminateChild(process),
                events.WhichChildren(),
                events.CountChildren(),
                events.DeleteChild(process),
            )
        )
        self.asked += 1
        self.feed(events.Call(request, self.asked))

    def deliver(self) -> bool:
        """Pass on some news; False if there is none."""
        about = [key for key, news in self._news.items() if news]
        if about:
            self.feed(self._news[self.random.choice(about)].popleft())
        return bool(about)

    def end(self, process: Any, reason: str) -> None:
        if self.living.pop(process, None) is not None:
            self._news[process].append(events.ChildGone(process, reason))

    def stop(self) -> None:
        idle = self.crowd._script is None
        self.feed(events.Stop("shutdown"), stopping=idle)

    def feed(self, event: Any, *, stopping: bool = False) -> None:
        todo = self.crowd.handle(event, self.now)  # an IllegalSignalError would get out here
        self.stopping = self.stopping or stopping
        for instruction in todo:
            assert not self.finished, "nothing comes after the end"
            self.carry_out(instruction)
        self.check()

    def carry_out(self, instruction: Any) -> None:
        match instruction:
            case instructions.Start(spec):
                assert not self.stopping, "nothing starts once the stop has begun"
                self.start(spec)
            case instructions.AskToStop(process, seconds):
                if seconds is None or self.random.random() < 0.7:
                    self.end(process, "shutdown")
                elif process in self.living:
                    self._news[process].append(events.Overdue(process))
            case instructions.Kill(process):
                self.end(process, "killed")
            case instructions.RetryLater(key, ticket):
                self._news["retries"].append(events.RetryDue(key, ticket))
            case instructions.Answer():
                self.answered += 1
            case instructions.GaveUp():
                self.stopping = True
            case instructions.Finish():
                self.finished = True
                assert not self.living, "everybody is gone at the end"
                assert not self.crowd.children

    def start(self, spec: ChildSpec) -> None:
        assert isinstance(spec.start, tuple)
        number = spec.start[1][-1]
        assert spec.start[1][:-1] == self.crowd.extra_arguments
        assert number not in self.living.values(), "at most one living process of a child"
        process = object()
        dice = self.random.random()
        if dice < 0.15:
            self._news[process].append(events.ChildFailed(spec.id, "boom"))
        elif dice < 0.22:
            self._news[process].append(events.ChildIgnored(spec.id))
        else:
            self.living[process] = number
            self._known.append(process)
            self._news[process].append(events.ChildUp(spec.id, process))

    def check(self) -> None:
        if self.crowd.max_children is not None:
            assert len(self.crowd.children) <= self.crowd.max_children
        if not self.finished:
            processes = {process for process, _ in self.crowd.living}
            unheard = {process for process, news in self._news.items() if news}
            assert self.living.keys() <= processes | unheard, "who lives is known"
        allowed = [math.floor(now) for now in self._restarts]
        for then in allowed:
            inside = [now for now in allowed if 0 <= now - then <= self.limit.max_seconds]
            assert len(inside) <= self.limit.max_restarts, "no more restarts within the window than the limit"


@settings(derandomize=True, deadline=None, max_examples=250)
@given(
    seed=st.integers(0, 2**32),
    limit=st.builds(RestartLimit, st.sampled_from([0, 1, 3, 50, 1000]), st.integers(1, 5)),
    max_children=st.sampled_from([None, 0, 1, 4]),
    extra_arguments=st.sampled_from([(), ("extra",)]),
    backoff=st.sampled_from([None, Backoff(1.0, 8.0, random_factor=0.0)]),
    steps=st.integers(0, 150),
)
def test_whatever_happens_what_must_never_happen_does_not(
    seed: int,
    limit: RestartLimit,
    max_children: int | None,
    extra_arguments: tuple[Any, ...],
    backoff: Backoff | None,
    steps: int,
) -> None:
    walk = Walk(seed, limit, max_children=max_children, extra_arguments=extra_arguments, backoff=backoff)
    walk.feed(events.Begin())
    for _ in range(steps):
        if walk.finished:
            break
        walk.step()
    walk.stop()
    while walk.deliver():
        pass

    assert walk.finished
    assert not walk.living
    assert walk.answered <= walk.asked
