"""How a supervisor stops, and that it leaves no orphan however it ends."""

import threading
import time
from contextlib import suppress
from typing import Any

import pykka
import pytest

from supervisor import (
    ChildSpec,
    Crash,
    ScheduledActor,
    Scheduler,
    Shutdown,
    Supervisor,
    start_child,
    stop,
    which_children,
)
from supervisor import exit as send_exit
from supervisor.core import events, instructions


def everybody() -> list[Any]:
    return pykka.ActorRegistry.get_all()


def nobody_is_left() -> None:
    """Wait for those who are on their way out."""
    end = time.monotonic() + 5
    while everybody() and time.monotonic() < end:
        time.sleep(0.001)
    assert everybody() == []


class Quiet(ScheduledActor):
    pass


class Deaf(ScheduledActor):
    def on_exit(self, reason: Any) -> None:
        pass


@pytest.mark.parametrize("how", ["stop", "exit", "pykka's stop", "pykka's told stop"])
def test_children_go_first_the_last_started_first_of_all(home: Any, how: str) -> None:  # OTP 53
    sup = home.start("a", home.nested("inner", "b", "c"), "d")
    match how:
        case "stop":
            home.ask(sup, events.Stop("shutdown"))
        case "exit":
            send_exit(sup, "shutdown")
        case "pykka's stop":
            assert home.ask(sup, pykka.messages._ActorStop()) is None
        case _:
            sup._actor_weakref().stop()
    home.idle()

    assert home.journal == ["down d", "down c", "down b", "down a"]
    assert everybody() == []
    assert home.exits == dict.fromkeys("dcba", "shutdown")


@pytest.mark.parametrize("reason", ["normal", "shutdown", Shutdown("enough"), Crash(ValueError("theirs"))])
def test_it_ends_for_the_reason_given(home: Any, down: Any, reason: Any) -> None:
    sup = home.start("a")
    news = down(sup)
    home.ask(sup, events.Stop(reason))

    assert news[-1] == ("Down", reason)


def test_a_deaf_child_is_killed_when_its_time_is_up(home: Any) -> None:  # OTP 53, 54
    sup = home.start(home.spec("a", shutdown=0.3), home.spec("b", shutdown=0.3))
    home.deaf = {"a", "b"}
    stopping = sup.ask(events.Stop("shutdown"), block=False)
    for asked in ({"b"}, {"b"}, {"b", "a"}, {"b", "a"}):
        home.idle()
        assert set(home.exits) == asked
        home.clock.advance(0.15)
    assert sup.is_alive()
    home.idle()

    assert stopping.get(timeout=0) is None
    reasons = [(r.id, r.reason) for r in home.reports if isinstance(r, instructions.ShutdownFailed)]
    assert reasons == [("b", "killed"), ("a", "killed")]
    assert home.journal == []  # no on_stop


def test_an_obedient_child_ends_at_once_and_its_time_limit_is_dropped(home: Any) -> None:  # OTP 54
    sup = home.start(home.spec("a", shutdown=5))
    home.ask(sup, events.TerminateChild("a"))

    assert home.journal == ["down a"]
    assert home.scheduler.timers._timetable.next_due() is None
    assert home.reports == []


def test_brutal_kill_runs_no_cleanup(home: Any, down: Any) -> None:  # OTP 55
    sup = home.start(home.spec("a", shutdown="brutal_kill"))
    news = down(home.refs(sup)["a"])
    home.ask(sup, events.TerminateChild("a"))

    assert news[-1] == ("Down", "killed")
    assert home.journal == []
    assert home.exits == {}


def test_infinity_waits_for_ever(home: Any) -> None:  # OTP 56
    sup = home.start(home.spec("a", shutdown="infinity"))
    home.deaf = {"a"}
    stopping = sup.ask(events.Stop("shutdown"), block=False)
    for _ in range(10):
        home.idle()
        home.clock.advance(100_000)
    with pytest.raises(pykka.Timeout):
        stopping.get(timeout=0)
    home.deaf = set()
    send_exit(next(ref for ref in everybody() if ref.actor_class is not Supervisor), "shutdown")
    home.idle()

    assert stopping.get(timeout=0) is None


def test_no_seconds_at_all_is_asked_and_killed_at_once(home: Any) -> None:  # OTP 57
    sup = home.start(home.spec("a", shutdown=0))
    home.deaf = {"a"}
    home.ask(sup, events.Stop("shutdown"))

    assert home.exits == {"a": "shutdown"}
    assert everybody() == []


def test_children_that_die_meanwhile_disturb_nothing(home: Any) -> None:  # OTP 58
    sup = home.start("a", "b", home.spec("c", shutdown=1))
    refs = home.refs(sup)
    home.deaf = {"c"}
    stopping = sup.ask(events.Stop("shutdown"), block=False)
    home.idle()
    refs["a"].tell(ValueError("boom"))
    send_exit(refs["b"], "kill")
    home.idle()
    home.clock.advance(1)
    home.idle()

    assert stopping.get(timeout=0) is None
    assert "up a" not in home.journal
    assert "up b" not in home.journal


@pytest.mark.parametrize("error", [ValueError("boom"), SystemExit()])
def test_a_cleanup_that_raises_is_reported_and_no_more(home: Any, error: BaseException) -> None:  # OTP 59
    sup = home.start("a")
    home.last_words["a"] = error

    assert home.ask(sup, events.TerminateChild("a")) is None
    (failed,) = home.reports
    assert (type(failed), failed.reason) == (instructions.ShutdownFailed, Crash(error))
    assert sup.is_alive()


def test_a_stop_while_a_child_restarts_leaves_nobody(home: Any) -> None:  # OTP 50
    sup = home.start("a", "b", "c", strategy="one_for_all", max_restarts=100)
    refs = home.refs(sup)
    for turns in range(12):
        refs = home.refs(sup)
        refs["b"].tell(ValueError("boom"))
        home.scheduler.run_until_idle(max_turns=turns)
        if turns < 11:
            home.idle()
    stopping = sup.ask(events.Stop("shutdown"), block=False)
    home.idle()

    assert stopping.get(timeout=0) is None
    assert everybody() == []


@pytest.mark.parametrize("turns", range(14))
@pytest.mark.parametrize("how", ["stop", "exit", "kill"])
def test_however_far_a_group_restart_has_come_an_end_leaves_nobody(home: Any, how: str, turns: int) -> None:  # OTP 63
    sup = home.start("a", home.nested("inner", "b"), "c", strategy="one_for_all")
    home.refs(sup)["a"].tell(ValueError("boom"))
    home.scheduler.run_until_idle(max_turns=turns)
    if how == "stop":
        sup.ask(events.Stop("shutdown"), block=False)
    else:
        send_exit(sup, {"exit": "shutdown", "kill": "kill"}[how])
    home.idle()

    assert everybody() == []


@pytest.mark.parametrize("turns", range(10))
def test_however_far_a_start_has_come_a_kill_leaves_nobody(home: Any, turns: int) -> None:  # OTP 63, 64
    sup = home.scheduler.spawn(Supervisor, home.specs(["a", home.nested("inner", "b", "c"), "d"]))
    home.scheduler.run_until_idle(max_turns=turns)
    send_exit(sup, "kill")
    home.idle()

    assert everybody() == []


def test_a_killed_supervisor_brings_its_subtree_down_in_order(home: Any, down: Any) -> None:  # OTP 61, 63
    sup = home.start("a", home.nested("inner", "b", "c"))
    inner = home.refs(sup)["inner"]
    news = {name: down(ref) for name, ref in {"sup": sup, "inner": inner, **home.refs(inner)}.items()}
    send_exit(sup, "kill")
    home.idle()

    assert {name: heard[-1] for name, heard in news.items()} == {
        "sup": ("Down", "killed"),
        "inner": ("Down", "killed"),
        "b": ("Down", "shutdown"),
        "c": ("Down", "shutdown"),
    }
    assert home.exits == {"a": "killed", "c": "shutdown", "b": "shutdown"}
    assert home.journal.index("down c") < home.journal.index("down b")  # inner stopped them in order
    assert everybody() == []


def test_an_orphan_that_does_not_listen_is_killed_when_its_time_is_up(home: Any) -> None:  # OTP 64
    sup = home.start(home.spec("slow", shutdown=2), home.spec("brutal", shutdown="brutal_kill"))
    home.deaf = {"slow", "brutal"}
    send_exit(sup, "kill")
    home.idle()
    assert [str(ref.actor_class.__name__) for ref in everybody()] == ["Child"]
    assert home.exits == {"slow": "killed"}
    home.clock.advance(2)
    home.idle()

    assert everybody() == []


def test_a_child_under_its_time_limit_is_killed_even_if_its_supervisor_was_killed(home: Any) -> None:  # OTP 64
    sup = home.start(home.spec("slow", shutdown=2))
    home.deaf = {"slow"}
    sup.ask(events.TerminateChild("slow"), block=False)
    home.idle()
    send_exit(sup, "kill")
    home.idle()
    home.clock.advance(2)
    home.idle()

    assert everybody() == []


def test_what_is_no_exception_in_a_supervisor_stops_its_children_in_order_and_is_its_reason(
    home: Any, down: Any
) -> None:  # OTP 61
    class Fragile(Supervisor):
        def on_receive(self, message: Any) -> Any:
            if message == "break":
                raise SystemExit
            return super().on_receive(message)

    sup = Fragile.start(home.specs(["a", "b"]), scheduler=home.scheduler)
    home.journal.clear()
    news = down(sup)
    sup.tell("break")
    home.idle()

    assert home.journal == ["down b", "down a"]
    assert type(news[-1][1].exception) is SystemExit
    assert everybody() == []


def test_a_supervisor_that_crashes_leaves_nobody(home: Any, down: Any) -> None:  # OTP 61
    class Fragile(Supervisor):
        def on_receive(self, message: Any) -> Any:
            if message == "break":
                raise ValueError("boom")
            return super().on_receive(message)

    sup = Fragile.start(home.specs(["a", home.nested("inner", "b")]), scheduler=home.scheduler)
    news = down(sup)
    sup.tell("break")
    home.idle()

    assert str(news[-1][1]) == "ValueError: boom"
    assert everybody() == []


def test_questions_to_the_dead_fail_at_once(home: Any) -> None:  # OTP 74
    sup = home.start("a")
    home.ask(sup, events.Stop("normal"))

    for question in (events.WhichChildren(), events.StartChild(home.spec("b")), events.Stop("normal")):
        with pytest.raises(pykka.ActorDeadError):
            sup.ask(question, timeout=5)


def test_questions_that_wait_when_it_is_killed_are_answered(home: Any) -> None:  # OTP 74
    sup = home.start(home.spec("a", shutdown="infinity"))
    home.deaf = {"a"}
    waiting = [
        sup.ask(question, block=False)
        for question in (events.TerminateChild("a"), events.CountChildren(), events.Stop("normal"), events.Stop("x"))
    ]
    home.idle()
    send_exit(sup, "kill")
    home.idle()

    for answer in waiting[:2]:
        with pytest.raises(pykka.ActorDeadError):
            answer.get(timeout=0)
    assert [answer.get(timeout=0) for answer in waiting[2:]] == [None, None]  # it is gone, as they wished


def test_stop_waits_only_as_long_as_it_is_told_and_goes_on(threaded: Scheduler) -> None:
    sup = Supervisor.start([ChildSpec("deaf", (Deaf, (), {}), shutdown=0.15)], scheduler=threaded)
    with pytest.raises(pykka.Timeout):
        stop(sup, timeout=0.02)

    assert sup.actor_stopped.wait(5)


def test_the_time_limit_is_kept_by_a_real_clock(threaded: Scheduler) -> None:  # OTP 53, 54
    sup = Supervisor.start([ChildSpec(name, (Deaf, (), {}), shutdown=0.1) for name in ("a", "b")], scheduler=threaded)
    begun = time.monotonic()
    stop(sup)

    assert 0.2 <= time.monotonic() - begun < 2


def test_pykkas_stop_all_leaves_nobody(threaded: Scheduler) -> None:
    def tree(depth: int) -> list[ChildSpec]:
        inner = [ChildSpec(("sup", depth), (Supervisor, (tree(depth - 1),), {}), type="supervisor")] if depth else []
        return [ChildSpec((depth, number), (Quiet, (), {})) for number in range(4)] + inner

    for block in (True, False):
        sups = [Supervisor.start(tree(2), scheduler=threaded) for _ in range(3)]
        stopped = pykka.ActorRegistry.stop_all(block=block)
        for sup in sups:
            assert sup.actor_stopped.wait(5)
        assert len(stopped) == 3 * (1 + 4 + 1 + 4 + 1 + 4)

        nobody_is_left()


def disturb(sup: Any, disturbed: threading.Event) -> None:
    """Kill children and add others until their supervisor is gone."""
    number = 10
    with suppress(pykka.ActorDeadError):
        while True:
            for info in which_children(sup):
                if isinstance(info.process, pykka.ActorRef):
                    send_exit(info.process, "kill")
            number += 1
            start_child(sup, ChildSpec(number, (Quiet, (), {})))
            disturbed.set()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_an_end_amid_crashes_and_calls_leaves_nobody(threaded: Scheduler, how: str) -> None:  # OTP 50, 63
    for _ in range(5):
        specs = [ChildSpec(number, (Quiet, (), {})) for number in range(10)]
        sup = Supervisor.start(specs, max_restarts=10_000, scheduler=threaded)
        disturbed = threading.Event()
        thread = threading.Thread(target=disturb, args=(sup, disturbed))
        thread.start()
        assert disturbed.wait(5)
        if how == "stop":
            stop(sup, timeout=5)
        else:
            send_exit(sup, "kill")
        thread.join(5)

        assert not thread.is_alive()
        nobody_is_left()


def test_exit_signals_need_no_parent_a_stated_difference(home: Any, down: Any) -> None:  # OTP 62
    # OTP ignores the signals of strangers; here a signal has no sender, and whoever holds the ref may stop it.
    sup = home.start("a")
    news = down(sup)
    send_exit(sup, "normal")
    home.idle()

    assert news[-1] == ("Down", "normal")


def test_a_supervisor_counts_who_is_really_alive(home: Any) -> None:  # OTP 72
    sup = home.start(home.spec("a", restart="transient"), "b")
    question = sup.ask(events.CountChildren(), block=False)  # it comes before the death, and is answered after it
    home.scheduler.queue.rotate(1)
    ref = next(ref for ref in everybody() if ref.actor_class.__name__ == "Child")
    ref.stop(block=False)
    home.scheduler.queue.rotate(1)
    home.idle()

    assert question.get(timeout=0).active == 1
