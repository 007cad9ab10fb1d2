"""One thing at a time: what is under way is finished before the next begins, and nothing that happens is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.child import Child
from supervisor.core.engine import Engine, Script
from supervisor.core.lifecycle import Life, Signal
from supervisor.core.spec import ChildSpec


class Player(Engine):
    """Plays what a test says: a request is the name of a script."""

    def __init__(self, **scripts: Callable[[], Script]) -> None:
        super().__init__()
        self.scripts = scripts
        self.outcomes: list[Any] = []

    def _script_for(self, event: Any) -> Script:
        if isinstance(event, events.Call):
            return self.scripts[event.token]()
        return super()._script_for(event)

    def play(self, name: str) -> list[Any]:
        return self.handle(events.Call(events.WhichChildren(), name), 0.0)

    def wait_for(self, *steps: Any) -> Callable[[], Script]:
        def script() -> Script:
            for step in steps:
                self.outcomes.append((yield step))

        return script


def test_what_happens_meanwhile_waits_its_turn() -> None:
    first, second = instructions.Start(ChildSpec("a", print)), instructions.Start(ChildSpec("b", print))
    player = Player()
    player.scripts = {"one": player.wait_for(first), "two": player.wait_for(second)}

    assert player.play("one") == [first]
    assert player.play("two") == []
    assert player.handle(events.ChildUp("b", "p2"), 0.0) == []  # not what is waited for
    assert player.handle(events.ChildUp("a", "p1"), 0.0) == [second]
    assert player.outcomes == [events.ChildUp("a", "p1")]


def test_the_end_of_one_of_many_is_an_outcome_and_that_of_a_stranger_is_not() -> None:
    player = Player()
    player.scripts = {"stop": player.wait_for(instructions.AwaitEnd({"p", "q"}))}

    assert player.play("stop") == []  # there is nothing to be done about waiting
    player.handle(events.ChildGone("stranger", "boom"), 0.0)
    assert player.outcomes == []
    player.handle(events.Overdue("q"), 0.0)
    assert player.outcomes == [events.Overdue("q")]


def test_a_script_that_breaks_holds_up_nobody() -> None:
    def broken() -> Script:
        yield from ()
        raise KeyError("boom")

    ready = instructions.Kill("p")
    player = Player(broken=broken)
    player.scripts["fine"] = player.wait_for(ready)

    with pytest.raises(KeyError, match="boom"):
        player.play("broken")
    assert player.play("fine") == [ready]


def test_after_the_end_nothing_is_begun() -> None:
    player = Player()
    player.scripts = {"any": player.wait_for(instructions.Kill("p"))}
    player.finished = True

    assert player.play("any") == []


def test_what_nobody_asked_for_comes_to_nothing() -> None:
    assert Player().handle(events.Overdue("p"), 0.0) == []


def test_the_delay_of_a_child_that_was_deleted_is_void_for_the_next_of_its_id() -> None:
    engine, backoff = Engine(), Backoff(1.0, 8.0, random_factor=0.0)
    former, latter = Child(ChildSpec("a", print)), Child(ChildSpec("a", print))
    engine._retry_later("a", former, backoff)
    former.signal(Signal.STOP)
    engine._retry_later("a", latter, backoff)

    assert latter.life is Life.RESTARTING
    assert latter.ticket != former.ticket


def test_news_of_deaths_can_be_taken_back_by_who_knows_already() -> None:
    player = Player()
    player.scripts = {"busy": player.wait_for(instructions.Start(ChildSpec("a", print)))}
    player.play("busy")
    first, second = object(), object()
    for process in (first, second):
        player.handle(events.ChildGone(process, "boom"), 0.0)

    assert player._gone_already(second) == events.ChildGone(second, "boom")
    assert player._gone_already(second) is None
    assert list(player._those_gone_already({first, second})) == [first]
