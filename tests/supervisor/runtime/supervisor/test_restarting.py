"""How a supervisor restarts: real children, crashed and killed."""

import asyncio
from typing import Any

import pytest

from supervisor import IGNORE, ChildRestarting, ChildSpec, Crash, Shutdown
from supervisor import exit as send_exit
from supervisor.core import events, instructions

WAYS = ["normal", "shutdown", "Shutdown", "crash", "killed", "BaseException"]


def end(home: Any, ref: Any, way: str) -> None:
    """Have the child end in this way."""
    match way:
        case "normal":
            ref.stop(block=False)
        case "shutdown":
            send_exit(ref, "shutdown")
        case "Shutdown":
            send_exit(ref, Shutdown("enough"))
        case "crash":
            ref.tell(ValueError("boom"))
        case "killed":
            send_exit(ref, "kill")
        case "BaseException":
            ref.tell(asyncio.CancelledError())
    home.idle()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("restart", ["permanent", "transient", "temporary"])
def test_restart_type_and_exit_reason_decide(home: Any, restart: Any, way: str) -> None:  # OTP 19, 20, 22, 25
    sup = home.start("before", home.spec("it", restart=restart), "after")
    siblings = home.refs(sup)
    it = siblings.pop("it")
    end(home, it, way)
    refs = home.refs(sup)

    clean = way in {"normal", "shutdown", "Shutdown"}
    known = [info.id for info in home.ask(sup, events.WhichChildren())]
    if restart == "permanent" or (restart == "transient" and not clean):
        assert list(refs) == ["before", "it", "after"]
        assert refs["it"] is not it
        assert refs["it"].is_alive()
    else:
        assert list(refs) == ["before", "after"]
        assert ("it" in known) == (restart == "transient")
    assert {child_id: refs[child_id] for child_id in siblings} == siblings
    assert not it.is_alive()


def test_the_report_of_an_end_carries_the_reason(home: Any) -> None:  # OTP 27
    sup = home.start("a")
    end(home, home.refs(sup)["a"], "crash")
    ended, started = home.reports

    assert (ended.id, str(ended.reason), ended.will_restart) == ("a", "ValueError: boom", True)
    assert (started.id, started.process, started.restarts) == ("a", home.refs(sup)["a"], 1)


@pytest.mark.parametrize(
    ("strategy", "story"),
    [
        ("one_for_one", ["up b"]),
        ("one_for_all", ["down d", "down c", "down a", "up a", "up b", "up c", "up d"]),
        ("rest_for_one", ["down d", "down c", "up b", "up c", "up d"]),
    ],
)
def test_the_strategy_decides_who_goes_along(home: Any, strategy: str, story: list[str]) -> None:  # OTP 28, 29, 30
    sup = home.start("a", "b", "c", "d", strategy=strategy)
    before = home.refs(sup)
    home.crash(sup, "b")
    after = home.refs(sup)

    assert home.journal == story
    assert list(after) == list(before)
    same = {child_id for child_id in after if after[child_id] is before[child_id]}
    assert same == {"one_for_one": {"a", "c", "d"}, "one_for_all": set(), "rest_for_one": {"a"}}[strategy]


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_siblings_that_die_at_once_are_one_group_restart(home: Any, strategy: str) -> None:  # OTP 31, 35
    sup = home.start("a", "b", "c", strategy=strategy, max_restarts=1)
    home.crash(sup, "a", "b", "c")

    assert sup.is_alive()
    assert list(home.refs(sup)) == ["a", "b", "c"]


def test_under_one_for_one_each_of_them_counts(home: Any) -> None:  # OTP 35
    sup = home.start("a", "b", "c", max_restarts=2)
    home.crash(sup, "a", "b", "c")

    assert not sup.is_alive()


def test_one_for_all_tries_the_whole_group_again(home: Any) -> None:  # OTP 36
    sup = home.start("a", "b", "c", strategy="one_for_all")
    home.starts["b"].append(ValueError("not yet"))
    home.crash(sup, "c")

    assert home.journal == ["down b", "down a", "up a", "down a", "up a", "up b", "up c"]


def test_rest_for_one_tries_again_from_where_it_failed(home: Any) -> None:  # OTP 37
    sup = home.start("a", "b", "c", strategy="rest_for_one")
    home.starts["b"].append(ValueError("not yet"))
    home.crash(sup, "a")

    assert home.journal == ["down c", "down b", "up a", "up b", "up c"]


def test_one_restart_too_many_is_the_end(home: Any, down: Any) -> None:  # OTP 39
    sup = home.start("a", "b", max_restarts=2)
    news = down(sup)
    for _ in range(3):
        home.crash(sup, "a")

    assert news == [("Up", None), ("Down", "shutdown")]
    assert home.journal == ["up a", "up a", "down b"]
    assert home.reports[-1] == instructions.GaveUp("a", "shutdown", 3)


def test_it_is_the_schedulers_clock_that_counts(home: Any) -> None:  # OTP 45, 46, 47
    sup = home.start("a", max_restarts=1, max_seconds=5)
    for _ in range(5):
        home.crash(sup, "a")
        home.clock.advance(6.0)
    assert sup.is_alive()
    home.crash(sup, "a")
    home.clock.advance(5.9)
    home.crash(sup, "a")

    assert not sup.is_alive()


@pytest.mark.parametrize("limit", [0, 1, 4])
def test_a_child_that_cannot_come_back_is_tried_as_often_as_the_limit_says(home: Any, limit: int) -> None:  # OTP 42
    sup = home.start("a", "b", max_restarts=limit)
    home.starts["a"].extend([ValueError("never")] * 9)
    home.crash(sup, "a")

    assert len(home.starts["a"]) == 9 - limit
    assert not sup.is_alive()


class TestRestartLoop:
    @pytest.fixture
    def loop(self, home: Any) -> Any:
        """A supervisor between two attempts to restart "a"; its next message is the next attempt."""
        sup = home.start("a", "b", max_restarts=1000)
        refs = home.refs(sup)
        home.starts["a"].extend([ValueError("not yet")] * 500)
        refs["a"].tell(ValueError("boom"))
        while len(home.starts["a"]) > 490:
            assert home.scheduler.run_one_turn()
        return sup

    def within(self, home: Any, answer: Any, turns: int = 5) -> Any:
        for _ in range(turns):
            if answer._result is not None:
                break
            home.scheduler.run_one_turn()
        return answer.get(timeout=0)

    def test_questions_are_answered_between_attempts(self, home: Any, loop: Any) -> None:  # OTP 43, 48
        counts = self.within(home, loop.ask(events.CountChildren(), block=False))
        listed = self.within(home, loop.ask(events.WhichChildren(), block=False))

        assert counts == (2, 1, 0, 2)
        assert listed[1] == ("a", "restarting", "worker")
        assert len(home.starts["a"]) > 300
        with pytest.raises(ChildRestarting):
            self.within(home, loop.ask(events.RestartChild("a"), block=False))

    def test_terminating_the_child_ends_the_loop(self, home: Any, loop: Any) -> None:  # OTP 49
        self.within(home, loop.ask(events.TerminateChild("a"), block=False))
        left = len(home.starts["a"])
        home.idle()

        assert len(home.starts["a"]) == left > 300
        assert loop.is_alive()

    @pytest.mark.parametrize("how", ["stop", "exit", "pykka's stop"])
    def test_a_stop_ends_the_loop(self, home: Any, loop: Any, how: str) -> None:  # OTP 50
        left = len(home.starts["a"])
        if how == "stop":
            loop.ask(events.Stop("shutdown"), block=False)
        elif how == "exit":
            send_exit(loop, "shutdown")
        else:
            loop.stop(block=False)
        home.idle()

        assert not loop.is_alive()
        assert left - len(home.starts["a"]) <= 64  # at most the turn that was under way


def test_a_restarted_supervisor_comes_back_with_its_first_children_only(home: Any) -> None:  # OTP 38
    sup = home.start(home.nested("inner", "a", "b"))
    inner = home.refs(sup)["inner"]
    home.ask(inner, events.StartChild(home.spec("c")))
    assert list(home.refs(inner)) == ["a", "b", "c"]
    home.kill(sup, "inner")
    again = home.refs(sup)["inner"]

    assert again is not inner
    assert list(home.refs(again)) == ["a", "b"]


@pytest.mark.parametrize(("restart", "comes_back"), [("permanent", True), ("transient", False), ("temporary", False)])
def test_one_that_gave_up_is_restarted_only_if_it_is_permanent(home: Any, restart: str, comes_back: bool) -> None:
    sup = home.start(home.nested("inner", "a", max_restarts=0, spec={"restart": restart}))  # OTP 51
    inner = home.refs(sup)["inner"]
    home.crash(inner, "a")

    assert not inner.is_alive()
    assert ("inner" in home.refs(sup)) is comes_back
    known = [info.id for info in home.ask(sup, events.WhichChildren())]
    assert known == ([] if restart == "temporary" else ["inner"])


def test_escalation_multiplies(home: Any) -> None:  # OTP 52
    sup = home.start(home.nested("middle", home.nested("inner", "a", max_restarts=2), max_restarts=2), max_restarts=2)
    deaths = 0
    while sup.is_alive():
        inner = home.refs(home.refs(sup)["middle"])["inner"]
        home.crash(inner, "a")
        deaths += 1

    assert deaths == 3 * 3 * 3


@pytest.mark.parametrize("significant", [True, False])
def test_an_automatic_end_goes_up_only_through_the_significant(home: Any, significant: bool) -> None:  # OTP 79, 84
    a = home.spec("a", restart="transient", significant=True)
    inner = home.nested(
        "inner", a, auto_shutdown="any_significant", spec={"restart": "transient", "significant": significant}
    )
    sup = home.start(inner, "b", auto_shutdown="any_significant")
    end(home, home.refs(home.refs(sup)["inner"])["a"], "normal")

    assert sup.is_alive() is not significant
    if not significant:
        assert list(home.refs(sup)) == ["b"]


def test_ignore_on_a_restart_counts_as_done(home: Any) -> None:  # OTP 26
    actor_class, args, _ = home.spec("it").start
    answers: list[Any] = [actor_class, IGNORE]

    def start() -> Any:
        answer = answers.pop(0)
        return answer.start(*args) if answer is actor_class else answer

    sup = home.start(ChildSpec("it", start))
    home.kill(sup, "it")

    assert home.ask(sup, events.WhichChildren()) == [("it", None, "worker")]
    assert answers == []


def test_a_crash_reason_is_the_exception_itself(home: Any) -> None:
    sup, boom = home.start("a"), ValueError("boom")
    home.crash(sup, "a", reason=boom)

    assert home.reports[0].reason == Crash(boom)
