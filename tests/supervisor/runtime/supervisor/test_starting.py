"""How a supervisor starts: in order, all or nothing, from wherever it is called."""

import threading
import time
from typing import Any

import pykka
import pytest

from supervisor import (
    IGNORE,
    ChildSpec,
    Crash,
    ScheduledActor,
    Scheduler,
    SchedulerClosedError,
    StartError,
    Supervisor,
    UnknownRequestError,
    start_child,
    stop,
    which_children,
)
from supervisor import exit as send_exit
from supervisor.core import events
from supervisor.testing import FakeClock


class Quiet(ScheduledActor):
    pass


class Slow(ScheduledActor):
    """Takes its time to come up."""

    def __init__(self, name: str, journal: list[str]) -> None:
        super().__init__()
        self.name = name
        self.journal = journal

    def on_start(self) -> None:
        self.journal.append(f"{self.name} begins")
        time.sleep(0.01)
        self.journal.append(f"{self.name} is up")


class Caller(ScheduledActor):
    def on_receive(self, message: Any) -> Any:
        return message()


def specs(*ids: str) -> list[ChildSpec]:
    return [ChildSpec(child_id, (Quiet, (), {})) for child_id in ids]


def test_a_child_begins_when_the_one_before_it_is_up_and_start_returns_when_all_are(threaded: Scheduler) -> None:
    journal = list[str]()  # OTP 9
    sup = Supervisor.start([ChildSpec(name, (Slow, (name, journal), {})) for name in "abc"], scheduler=threaded)

    assert journal == [f"{name} {what}" for name in "abc" for what in ("begins", "is up")]
    stop(sup)


def test_one_that_fails_takes_those_before_it_along(home: Any) -> None:  # OTP 10, 11
    home.starts["c"].append(ValueError("boom"))

    with pytest.raises(StartError, match="child 'c' failed to start: ValueError: boom") as failed:
        home.start("a", "b", "c", "d")
    assert failed.value.child_id == "c"
    assert isinstance(failed.value.reason, Crash)
    assert home.journal == ["up a", "up b", "down b", "down a"]
    home.idle()
    assert pykka.ActorRegistry.get_all() == []


def test_a_failure_deep_inside_names_the_way_to_it(home: Any) -> None:  # OTP 10
    home.starts["b"].append(ValueError("boom"))

    with pytest.raises(StartError) as failed:
        home.start("a", home.nested("inner", "b"))
    assert str(failed.value) == (
        "child 'inner' failed to start: StartError: child 'b' failed to start: ValueError: boom"
    )
    assert home.journal == ["up a", "down a"]


@pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(1), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["start function", "constructor", "on_start"])
def test_whatever_a_start_raises_is_that_childs_failure(home: Any, where: str, error: BaseException) -> None:  # OTP 12
    def fail(*_args: Any) -> Any:
        raise error

    class Bad(ScheduledActor):
        def __init__(self) -> None:
            super().__init__()
            if where == "constructor":
                fail()

        def on_start(self) -> None:
            fail()

    spec = ChildSpec("bad", fail if where == "start function" else (Bad, (), {}))
    sup = home.start("a")
    with pytest.raises(StartError) as refused:
        home.ask(sup, events.StartChild(spec))

    assert refused.value.reason == Crash(error)
    assert list(home.refs(sup)) == ["a"]


def test_a_start_that_gives_nonsense_is_a_failure(home: Any) -> None:  # OTP 12
    with pytest.raises(StartError, match="'a' failed to start: BadSpecError"):
        home.start(ChildSpec("a", lambda: "what?"))


def test_an_ignored_child_is_known_but_not_running(home: Any) -> None:  # OTP 13
    sup = home.start("a", ChildSpec("b", lambda: IGNORE), ChildSpec("c", lambda: IGNORE, restart="temporary"))

    assert home.ask(sup, events.WhichChildren()) == [
        ("b", None, "worker"),
        ("a", home.refs(sup)["a"], "worker"),
    ]
    assert home.ask(sup, events.RestartChild("b")) is None


def test_a_child_that_dies_while_a_later_one_starts_is_restarted_after_all_are_up(home: Any) -> None:  # OTP 16
    class Killer(ScheduledActor):
        def on_start(self) -> None:
            victim = next(ref for ref in pykka.ActorRegistry.get_all() if ref.actor_class.__name__ == "Child")
            send_exit(victim, "kill")

    sup = home.start("a", ChildSpec("killer", (Killer, (), {})))

    assert list(home.refs(sup)) == ["a", "killer"]
    assert home.ask(sup, events.CountChildren()).active == 2


def test_without_workers_start_takes_the_turns_it_needs_and_no_more(by_hand: Scheduler) -> None:
    class Tireless(ScheduledActor):
        def on_receive(self, message: Any) -> None:
            self.actor_ref.tell(message)

    tireless = by_hand.spawn(Tireless)
    tireless.tell("again")
    sup = Supervisor.start(specs("a", "b"), scheduler=by_hand)

    send_exit(tireless, "kill")
    answer = sup.ask(events.CountChildren(), block=False)
    by_hand.run_until_idle()
    assert answer.get(timeout=0).active == 2
    send_exit(sup, "shutdown")
    by_hand.run_until_idle()


def test_a_supervisor_may_be_spawned_too(threaded: Scheduler) -> None:
    sup = threaded.spawn(Supervisor, specs("a"))

    assert sup.actor_inbox.scheduler is threaded  # type: ignore[attr-defined]
    assert [info.id for info in which_children(sup)] == ["a"]
    stop(sup)


def test_children_live_where_their_supervisor_lives(threaded: Scheduler) -> None:
    sup = Supervisor.start(specs("a"), scheduler=threaded)

    assert which_children(sup)[0].process.actor_inbox.scheduler is threaded
    stop(sup)


@pytest.mark.parametrize("where", ["same scheduler", "other scheduler", "without workers"])
def test_inside_a_turn_start_returns_at_once(threaded: Scheduler, where: str) -> None:
    others = {"same scheduler": threaded, "other scheduler": Scheduler(1), "without workers": Scheduler(0)}
    home = others[where]
    caller: Any = threaded.spawn(Caller)
    sup = caller.ask(lambda: Supervisor.start(specs("a"), scheduler=home), timeout=5)
    if where == "without workers":
        assert sup.actor_inbox.scheduler is home
        home.run_until_idle()
    else:
        assert [info.id for info in which_children(sup)] == ["a"]

    send_exit(sup, "shutdown")
    home.threaded or home.run_until_idle()
    assert sup.actor_stopped.wait(5)
    caller.stop()
    for other in others.values():
        other.close()


def test_a_start_inside_a_turn_that_fails_leaves_nobody(threaded: Scheduler, down: Any) -> None:
    def fail() -> Any:
        raise ValueError("boom")

    caller: Any = threaded.spawn(Caller)
    sup = caller.ask(lambda: Supervisor.start([*specs("a"), ChildSpec("b", fail)]), timeout=5)
    assert sup.actor_stopped.wait(5)
    caller.ask(lambda: None)
    caller.stop()
    news = down(sup)
    while not news:
        time.sleep(0.001)

    assert isinstance(news[-1][1].exception, StartError)


def test_supervisors_may_be_started_by_many_threads_at_once(threaded: Scheduler) -> None:
    sups = list[Any]()

    def start() -> None:
        for _ in range(10):
            sups.append(Supervisor.start(specs("a", "b"), scheduler=threaded))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(which_children(sup)) for sup in sups] == [2] * 40
    for sup in sups:
        stop(sup)


def test_an_actor_with_a_thread_of_its_own_may_start_one(threaded: Scheduler) -> None:
    class Threaded(pykka.ThreadingActor):
        def on_receive(self, message: Any) -> Any:
            return Supervisor.start(message, scheduler=threaded)

    starter: Any = Threaded.start()
    sup = starter.ask(specs("a"))

    assert [info.id for info in which_children(sup)] == ["a"]
    stop(sup)
    starter.stop()


def test_a_closed_scheduler_takes_no_supervisor() -> None:
    scheduler = Scheduler(1)
    scheduler.close()

    with pytest.raises(SchedulerClosedError):
        Supervisor.start(specs("a"), scheduler=scheduler)


def test_a_scheduler_that_closes_meanwhile_keeps_nobody_waiting() -> None:
    scheduler = Scheduler(1)
    closing = threading.Timer(0.05, scheduler.close)
    scheduler.pause()
    closing.start()

    with pytest.raises((SchedulerClosedError, StartError)):
        Supervisor.start(specs("a"), scheduler=scheduler)
    closing.join()


def test_questions_to_one_whose_start_fails_are_answered(home: Any) -> None:  # OTP 74
    home.deaf = {"a"}
    home.starts["b"].append(ValueError("boom"))
    caller, started = home.scheduler.spawn(Caller), list[Any]()
    specs = [home.spec("a", shutdown=5), home.spec("b")]
    caller.tell(lambda: started.append(Supervisor.start(specs)))
    caller.stop(block=False)
    home.idle()
    (sup,) = started
    assert home.exits == {"a": "shutdown"}  # b has failed, and a is waited for
    questions = (events.CountChildren(), events.StartChild(home.spec("c")), events.Stop("normal"), "what?")
    answers = [sup.ask(question, block=False) for question in questions]
    stopping = sup.stop(block=False)
    home.idle()
    home.clock.advance(5)
    home.idle()

    assert not sup.is_alive()
    for answer in answers[:2]:
        with pytest.raises(pykka.ActorDeadError):
            answer.get(timeout=0)
    assert answers[2].get(timeout=0) is None
    assert stopping.get(timeout=0) is True
    with pytest.raises(UnknownRequestError):
        answers[3].get(timeout=0)
    with pytest.raises(pykka.ActorDeadError):
        sup.ask(events.CountChildren())


def test_a_call_waits_behind_a_slow_start(threaded: Scheduler) -> None:  # OTP 75
    journal = list[str]()
    sup = Supervisor.start([], scheduler=threaded)
    slow = [sup.ask(events.StartChild(ChildSpec(n, (Slow, (n, journal), {}))), block=False) for n in "abc"]

    assert [info.id for info in which_children(sup)] == ["c", "b", "a"]
    assert all(answer.get(timeout=0).is_alive() for answer in slow)
    assert len(journal) == 6
    stop(sup)


def test_a_child_that_calls_its_own_supervisor_is_told_that_it_must_not(threaded: Scheduler) -> None:  # OTP 75
    class Meddler(ScheduledActor):
        def on_start(self) -> None:
            start_child(sup, specs("sibling")[0])

    sup = Supervisor.start([], scheduler=threaded)
    with pytest.raises(StartError, match=r"WouldBlockError: Meddler .* must not wait for Supervisor"):
        start_child(sup, ChildSpec("meddler", (Meddler, (), {})))

    assert which_children(sup) == []  # nor was its sibling started behind its back
    stop(sup)


def test_start_and_stop_of_many_children_take_time_in_proportion(clock: FakeClock) -> None:  # OTP 78
    def seconds(children: int) -> float:
        scheduler = Scheduler(workers=0, clock=clock)
        begun = time.perf_counter()
        sup = Supervisor.start(specs(*map(str, range(children))), scheduler=scheduler)
        send_exit(sup, "shutdown")
        scheduler.run_until_idle()
        taken = time.perf_counter() - begun
        scheduler.close()
        return taken

    few = min(seconds(200) for _ in range(3))
    many = min(seconds(2000) for _ in range(2))

    assert many < 40 * few
