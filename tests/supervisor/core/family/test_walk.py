"""A random walk: whatever happens to a family, in whatever order, what must never happen does not."""

import math
import random
from collections import defaultdict, deque
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.core import events, instructions
from supervisor.core.family import Family
from supervisor.core.spec import ChildSpec, RestartLimit

IDS = "abcdef"
REASONS = ("normal", "shutdown", "killed", "boom")


class Walk:
    """A family, and a world in which news takes its time: that of one process comes in order, of several in any."""

    def __init__(self, seed: int, specs: list[ChildSpec], limit: RestartLimit, **options: Any) -> None:
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self.family = Family(specs, limit=limit, **options)
        self.limit = limit
        self.now = 10.0
        self.living: dict[Any, Any] = {}
        self.stopping = False
        self.finished = False
        self.asked = 0
        self.answered = 0
        self._news: dict[Any, deque[Any]] = defaultdict(deque)  # by whom it is about
        self._restarts: list[tuple[float, bool]] = []
        self._order = list(self.family.children)
        allows = self.family.window.allows

        def spy(now: float) -> bool:
            allowed = allows(now)
            self._restarts.append((now, allowed))
            return allowed

        self.family.window.allows = spy  # type: ignore[method-assign]

    def step(self) -> None:
        """Let something happen."""
        dice = self.random.random()
        if dice < 0.55:
            self.deliver()
        elif dice < 0.75 and self.living:
            self.end(self.random.choice(list(self.living)), self.random.choice(REASONS))
        elif dice < 0.97:
            self.ask()
        else:
            self.now += self.random.choice((0.3, 1.0, 4.0))

    def ask(self) -> None:
        child_id = self.random.choice(IDS)
        restart: Any = self.random.choice(("permanent", "transient", "temporary"))
        request = self.random.choice(
            (
                events.StartChild(ChildSpec(child_id, print, restart=restart)),
                events.TerminateChild(child_id),
                events.RestartChild(child_id),
                events.DeleteChild(child_id),
                events.WhichChildren(),
                events.CountChildren(),
                events.GetChildSpec(child_id),
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
        idle = self.family._script is None
        self.feed(events.Stop("shutdown"), stopping=idle)

    def feed(self, event: Any, *, stopping: bool = False) -> None:
        todo = self.family.handle(event, self.now)  # an IllegalSignalError would get out here
        self.stopping = self.stopping or stopping
        for instruction in todo:
            assert not self.finished, "nothing comes after the end"
            self.carry_out(instruction)
        self.check()

    def carry_out(self, instruction: Any) -> None:
        match instruction:
            case instructions.Start(spec):
                assert not self.stopping, "nothing starts once the stop has begun"
                assert spec.id not in self.living.values(), "at most one living process of an id"
                self.start(spec)
            case instructions.AskToStop(process, seconds):
                deaf = self.random.random() < 0.3
                if not deaf or seconds is None:
                    self.end(process, "shutdown")
                elif process in self.living:
                    self._news[process].append(events.Overdue(process))
            case instructions.Kill(process):
                self.end(process, "killed")
            case instructions.RetryLater(child_id, ticket):
                self._news["retries"].append(events.RetryDue(child_id, ticket))
            case instructions.Answer():
                self.answered += 1
            case instructions.GaveUp():
                self.stopping = True
            case instructions.Finish():
                self.finished = True
                assert not self.living, "everybody is stopped at the end"

    def start(self, spec: ChildSpec) -> None:
        dice = self.random.random()
        process = object()
        if dice < 0.15:
            self._news[process].append(events.ChildFailed(spec.id, "boom"))
        elif dice < 0.22:
            self._news[process].append(events.ChildIgnored(spec.id))
        else:
            self.living[process] = spec.id
            self._news[process].append(events.ChildUp(spec.id, process))

    def check(self) -> None:
        order = list(self.family.children)
        both = [child_id for child_id in self._order if child_id in order]
        stayed = [child_id for child_id in order if child_id in both]
        # A child may have been deleted and added again in one go; then it is the last.
        assert both == stayed or [c for c in both if c != order[-1]] == [c for c in stayed if c != order[-1]]
        self._order = order
        allowed = [math.floor(now) for now, granted in self._restarts if granted]
        for then in allowed:
            inside = [now for now in allowed if 0 <= now - then <= self.limit.max_seconds]
            assert len(inside) <= self.limit.max_restarts, "no more restarts within the window than the limit"


def spec_strategy() -> st.SearchStrategy[ChildSpec]:
    return st.builds(
        lambda child_id, restart, shutdown, significant: ChildSpec(
            child_id, print, restart=restart, shutdown=shutdown, significant=significant and restart != "permanent"
        ),
        st.sampled_from(IDS),
        st.sampled_from(["permanent", "transient", "temporary"]),
        st.sampled_from([0, 5.0, "brutal_kill", "infinity"]),
        st.booleans(),
    )


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    seed=st.integers(0, 2**32),
    specs=st.lists(spec_strategy(), max_size=5, unique_by=lambda spec: spec.id),
    strategy=st.sampled_from(["one_for_one", "one_for_all", "rest_for_one"]),
    auto_shutdown=st.sampled_from(["any_significant", "all_significant"]),
    limit=st.builds(RestartLimit, st.sampled_from([0, 1, 3, 50, 1000]), st.integers(1, 5)),
    steps=st.integers(0, 150),
)
def test_whatever_happens_what_must_never_happen_does_not(
    seed: int, specs: list[ChildSpec], strategy: Any, auto_shutdown: Any, limit: RestartLimit, steps: int
) -> None:
    walk = Walk(seed, specs, limit, strategy=strategy, auto_shutdown=auto_shutdown)
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
