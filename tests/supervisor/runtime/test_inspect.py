"""Asking actors about themselves: between two messages, and never at their cost."""

import threading
from collections.abc import Iterator
from typing import Any

import pykka
import pytest

import supervisor
from supervisor import CallbackFailed, ChildSpec, ScheduledActor, Scheduler, Supervisor, WouldBlockError, tree
from supervisor import exit as send_exit
from supervisor.core import events
from supervisor.runtime.signals import SystemRequest
from supervisor.testing import FakeClock

QUESTIONS = [
    lambda ref: supervisor.get_state(ref, timeout=0.02),
    lambda ref: supervisor.replace_state(ref, dict, timeout=0.02),
    lambda ref: supervisor.get_status(ref, timeout=0.02),
    lambda ref: supervisor.get_restarts(ref, timeout=0.02),
    lambda ref: supervisor.suspend(ref, timeout=0.02),
    lambda ref: supervisor.resume(ref, timeout=0.02),
    lambda ref: supervisor.statistics(ref, timeout=0.02),
    lambda ref: supervisor.log(ref, timeout=0.02),
    lambda ref: supervisor.trace(ref, print, timeout=0.02),
    lambda ref: supervisor.trace(ref, None, timeout=0.02),
    lambda ref: supervisor.install(ref, "hook", print, timeout=0.02),
    lambda ref: supervisor.remove(ref, "hook", timeout=0.02),
    lambda ref: supervisor.no_debug(ref, timeout=0.02),
]


class Counter(ScheduledActor):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.heard = list[Any]()

    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message()
        self.count += 1
        self.heard.append(message)
        return self.count


@pytest.fixture
def counter(by_hand: Scheduler) -> Iterator[Any]:
    yield by_hand.spawn(Counter)
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    by_hand.run_until_idle()


class TestState:
    def test_it_is_the_actor_s_own_attributes_and_nothing_of_pykka_s(self, counter: Any) -> None:  # OTP 98
        assert supervisor.get_state(counter) == {"count": 0, "heard": []}

    def test_it_can_be_had_and_replaced_running_or_suspended(self, counter: Any, by_hand: Scheduler) -> None:  # OTP 98
        supervisor.suspend(counter)
        counter.tell("waits")
        assert supervisor.replace_state(counter, lambda state: {**state, "count": 41})["count"] == 41
        assert supervisor.get_state(counter)["count"] == 41
        supervisor.resume(counter)
        by_hand.run_until_idle()

        assert supervisor.get_state(counter) == {"count": 42, "heard": ["waits"]}

    def test_a_new_state_is_the_whole_state(self, counter: Any) -> None:
        supervisor.replace_state(counter, lambda _: {"other": 1})

        assert supervisor.get_state(counter) == {"other": 1}

    def test_a_function_that_raises_changes_nothing_and_its_caller_is_told(self, counter: Any) -> None:  # OTP 98
        def fail(state: Any) -> Any:
            state["count"] = 7
            raise KeyError("two\nlines")

        with pytest.raises(CallbackFailed, match="KeyError") as failed:
            supervisor.replace_state(counter, fail)
        assert isinstance(failed.value.error, KeyError)
        assert "\n" not in str(failed.value)

        assert supervisor.get_state(counter) == {"count": 0, "heard": []}

    @pytest.mark.parametrize("rubbish", [None, 5, [1, 2]])
    def test_what_is_no_state_is_refused_and_the_state_is_what_it_was(self, counter: Any, rubbish: Any) -> None:
        with pytest.raises(TypeError):
            supervisor.replace_state(counter, lambda _: rubbish)

        assert supervisor.get_state(counter) == {"count": 0, "heard": []}

    def test_worse_than_an_exception_does_not_hurt_the_actor_either(self, counter: Any) -> None:
        def leave(_: Any) -> Any:
            raise SystemExit(3)

        with pytest.raises(SystemExit):
            supervisor.replace_state(counter, leave, timeout=1)

        assert supervisor.get_state(counter)["count"] == 0

    def test_an_actor_may_show_something_else(self, by_hand: Scheduler, counter: Any) -> None:
        class Shy(Counter):
            def get_state(self) -> Any:
                return self.count

            def set_state(self, state: Any) -> None:
                self.count = state

        shy = by_hand.spawn(Shy)

        assert supervisor.replace_state(shy, lambda count: count + 5) == 5
        assert supervisor.get_state(shy) == 5

    def test_a_state_that_cannot_be_told_is_the_asker_s_problem(self, by_hand: Scheduler, counter: Any) -> None:
        class Odd(Counter):
            def get_state(self) -> Any:
                raise LookupError("odd")

        odd = by_hand.spawn(Odd)
        with pytest.raises(LookupError, match="odd"):
            supervisor.get_state(odd)

        assert odd.is_alive()


class TestStatus:
    def test_it_tells_how_the_actor_is(self, counter: Any) -> None:  # OTP 98
        supervisor.suspend(counter)
        supervisor.install(counter, "hook", lambda _message, _seconds: None)
        counter.tell("one")
        counter.tell("two")
        status = supervisor.get_status(counter)

        assert status.name == str(counter)
        assert (status.suspended, status.mailbox, status.hooks) == (True, 2, ("hook",))
        assert status.state == {"count": 0, "heard": []}


class TestSuspend:
    def test_messages_wait_in_order_and_twice_is_once(self, counter: Any, by_hand: Scheduler) -> None:  # OTP 97
        supervisor.suspend(counter)
        supervisor.suspend(counter)
        for number in range(100):
            counter.tell(number)
        answer = counter.ask("asked", block=False)
        by_hand.run_until_idle()
        assert supervisor.get_state(counter)["count"] == 0
        supervisor.resume(counter)
        supervisor.resume(counter)
        by_hand.run_until_idle()

        assert supervisor.get_state(counter)["heard"] == [*range(100), "asked"]
        assert answer.get(timeout=0) == 101

    @pytest.mark.parametrize(("reason", "seen"), [("enough", "enough"), ("kill", "killed")])
    def test_an_exit_is_obeyed_all_the_same(
        self, counter: Any, by_hand: Scheduler, down: Any, reason: str, seen: str
    ) -> None:  # OTP 97
        supervisor.suspend(counter)
        news = down(counter)
        send_exit(counter, reason)
        by_hand.run_until_idle()

        assert news[-1] == ("Down", seen)

    def test_a_supervisor_restarts_nothing_until_it_is_resumed(self, home: Any) -> None:  # OTP 97
        sup = home.start("a", "b")
        refs = home.refs(sup)
        supervisor.suspend(sup)
        refs["a"].tell(ValueError("boom"))
        refs["b"].tell(ValueError("boom"))
        home.idle()
        assert home.journal == []
        supervisor.resume(sup)
        home.idle()

        assert home.journal == ["up a", "up b"]

    def test_a_suspended_supervisor_takes_its_children_with_it(self, home: Any) -> None:  # OTP 97
        sup = home.start("a", "b")
        supervisor.suspend(sup)
        send_exit(sup, "shutdown")
        home.idle()

        assert home.journal == ["down b", "down a"]
        assert pykka.ActorRegistry.get_all() == []

    def test_news_that_was_held_comes_before_later_news(self, by_hand: Scheduler, counter: Any) -> None:
        supervisor.suspend(counter)
        mailbox = counter.actor_inbox
        mailbox.put_urgent("first")
        mailbox.put_urgent("second")
        counter.tell("ordinary")
        by_hand.run_until_idle()
        mailbox.put_urgent(SystemRequest(lambda actor: actor.suspend(suspended=False), pykka.ThreadingFuture()))
        mailbox.put_urgent("third")  # before the turn that resumes it
        by_hand.run_until_idle()

        assert supervisor.get_state(counter)["heard"] == ["first", "second", "third", "ordinary"]


class TestWhoCannotAnswer:
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_one_that_is_busy_is_left_in_peace(self, question: Any) -> None:  # section 3
        busy, gate = threading.Event(), threading.Event()

        def work() -> None:
            busy.set()
            gate.wait(5)

        with Scheduler() as scheduler:
            ref: Any = scheduler.spawn(Counter)
            ref.tell(work)
            assert busy.wait(5)
            with pytest.raises(pykka.Timeout):
                question(ref)
            gate.set()
            supervisor.resume(ref)
            assert ref.ask("hello", timeout=5) is not None
            send_exit(ref, "kill")
            assert scheduler.drain()

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_one_that_is_dead_is_said_to_be_dead_at_once(
        self, question: Any, counter: Any, by_hand: Scheduler
    ) -> None:  # OTP 100
        send_exit(counter, "kill")
        by_hand.run_until_idle()
        with pytest.raises(pykka.ActorDeadError):
            question(counter)

    def test_one_that_dies_meanwhile_is_said_to_be_dead(self, counter: Any) -> None:
        send_exit(counter, "enough")
        with pytest.raises(pykka.ActorDeadError):
            supervisor.get_state(counter)

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_one_with_a_thread_of_its_own_cannot_be_asked(self, question: Any) -> None:
        ref = pykka.ThreadingActor.start()
        with pytest.raises(TypeError, match="ScheduledActor"):
            question(ref)
        ref.stop()

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_inside_a_turn_nobody_is_asked(self, question: Any, counter: Any, by_hand: Scheduler) -> None:
        other: Any = by_hand.spawn(Counter)
        by_hand.run_until_idle()
        answer = counter.ask(lambda: question(other), block=False)
        by_hand.run_until_idle()

        with pytest.raises(WouldBlockError):
            answer.get(timeout=0)
        assert not supervisor.get_status(other).suspended

    def test_by_hand_an_answer_does_not_wait_for_those_who_never_rest(self, by_hand: Scheduler, counter: Any) -> None:
        class Tireless(ScheduledActor):
            def on_receive(self, message: Any) -> None:
                self.actor_ref.tell(message)

        by_hand.spawn(Tireless).tell("again")

        assert supervisor.get_state(counter)["count"] == 0


class TestRestarts:
    def test_it_is_told_how_much_of_the_limit_counts_now(self, home: Any, clock: FakeClock) -> None:
        sup = home.start("a", max_restarts=3, max_seconds=5)
        told = [supervisor.get_restarts(sup)]
        for seconds in (0, 4, 3):
            clock.advance(seconds)
            home.kill(sup, "a")
            told.append(supervisor.get_restarts(sup))
        clock.advance(9)

        assert told == [supervisor.Restarts(used, 3, 5) for used in (0, 1, 2, 2)]
        assert supervisor.get_restarts(sup).used == 0

    def test_a_dynamic_supervisor_has_a_limit_too(self, by_hand: Scheduler) -> None:
        sup: Any = supervisor.DynamicSupervisor.start(scheduler=by_hand, max_restarts=7, max_seconds=9)

        assert supervisor.get_restarts(sup) == supervisor.Restarts(0, 7, 9)

    def test_whoever_is_no_supervisor_has_none(self, counter: Any) -> None:
        with pytest.raises(TypeError, match="only a supervisor"):
            supervisor.get_restarts(counter)


class TestTree:
    def test_it_shows_who_is_below_whom(self, home: Any) -> None:
        sup = home.start("a", home.nested("inner", "b", home.nested("innermost", "c")), "d")
        found = tree(sup)

        def ids(node: Any) -> Any:
            return {child.id: ids(child) for child in node.children}

        assert found.id == "Supervisor"
        assert found.process is sup
        assert ids(found) == {"a": {}, "inner": {"b": {}, "innermost": {"c": {}}}, "d": {}}
        assert [child.id for child in found.children or ()] == ["a", "inner", "d"]
        assert {child.type for child in found.children or ()} == {"worker", "supervisor"}

    def test_an_inner_supervisor_that_is_down_has_nobody_below(self, home: Any) -> None:
        sup = home.start(home.nested("inner", "a"))
        home.ask(sup, events.TerminateChild("inner"))
        (inner,) = tree(sup).children or ()

        assert (inner.process, inner.children) == (None, ())

    def test_one_that_is_busy_is_shown_without(self, home: Any) -> None:
        sup = home.start(home.nested("busy", "a"), "b")
        supervisor.suspend(home.refs(sup)["busy"])
        found = tree(sup, timeout=0.01)

        assert [(child.id, child.children) for child in found.children or ()] == [("busy", None), ("b", ())]

    def test_one_that_is_killed_after_it_was_listed_is_shown_without(self, home: Any) -> None:
        class Betrayer(Supervisor):
            """Answers, and at once kills who it named."""

            def on_receive(self, message: Any) -> Any:
                answer = super().on_receive(message)
                if isinstance(message, events.WhichChildren):
                    for ref, _ in self.family.living:
                        send_exit(ref, "kill")
                return answer

        children = [home.nested("inner", "a")]
        sup: Any = Betrayer.start(children, scheduler=home.scheduler, max_restarts=0, reporter=home.hear)
        (found,) = tree(sup).children or ()

        assert (found.id, found.children) == ("inner", None)

    def test_what_only_calls_itself_a_supervisor_is_shown_without(self, home: Any) -> None:
        class Objects(ScheduledActor):
            def on_receive(self, message: Any) -> Any:
                raise LookupError(message)

        odd = [ChildSpec(kind.__name__, (kind, (), {}), type="supervisor") for kind in (Counter, Objects)]
        sup = home.start(*odd)

        assert [child.children for child in tree(sup).children or ()] == [None, None]
        assert all(ref.is_alive() for ref in home.refs(sup).values())

    def test_with_workers_it_is_the_same(self, threaded: Scheduler) -> None:
        inner = ChildSpec("inner", (Supervisor, ([ChildSpec("a", (Counter, (), {}))],), {}), type="supervisor")
        sup = Supervisor.start([inner], scheduler=threaded)
        (found,) = tree(sup).children or ()

        assert [child.id for child in found.children or ()] == ["a"]
        supervisor.stop(sup)
        with pytest.raises(pykka.ActorDeadError):
            supervisor.which_children(sup)
        assert tree(sup).children is None
