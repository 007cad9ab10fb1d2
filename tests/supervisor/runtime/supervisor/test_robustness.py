"""What a supervisor is not to be thrown by: strangers' messages, broken reporters, nonsense."""

from collections.abc import Callable
from typing import Any

import pytest

from supervisor import (
    BadSpecError,
    ChildSpec,
    NotFound,
    ScheduledActor,
    Scheduler,
    Supervisor,
    UnknownRequestError,
    WouldBlockError,
    start_child,
    stop,
    which_children,
)
from supervisor import exit as send_exit
from supervisor.core import events
from supervisor.runtime.watch import Down, Up


class Quiet(ScheduledActor):
    pass


def test_a_stray_message_is_logged_and_ignored(home: Any, caplog: pytest.LogCaptureFixture) -> None:  # OTP 76
    sup = home.start("a")
    for stray in ("what?", None, 7, {"id": "a"}):
        sup.tell(stray)
    home.idle()

    assert sum("Unexpected message" in record.getMessage() for record in caplog.records) == 4
    assert list(home.refs(sup)) == ["a"]


def test_a_stray_question_is_answered_with_an_error(home: Any) -> None:  # OTP 76, a stated difference
    sup = home.start("a", name="top")

    with pytest.raises(UnknownRequestError, match="supervisor 'top' does not know the request 'what\\?'"):
        home.ask(sup, "what?")
    assert list(home.refs(sup)) == ["a"]


def test_news_of_strangers_is_nothing(home: Any) -> None:
    sup = home.start("a")
    stranger = home.scheduler.spawn(Quiet)
    for news in (Up(stranger), Down(stranger, "boom"), events.Overdue(stranger), events.RetryDue("a", 1)):
        sup.tell(news)
    home.idle()

    assert list(home.refs(sup)) == ["a"]
    assert home.journal == []


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt()])
def test_a_reporter_that_raises_hurts_nobody(
    home: Any, error: BaseException, pykka_log: Callable[[], list[str]]
) -> None:
    def broken(_name: str, _report: Any) -> None:
        raise error

    sup = home.start("a", "b", strategy="one_for_all", reporter=broken, max_restarts=2)
    home.crash(sup, "a")
    assert list(home.refs(sup)) == ["a", "b"]
    assert home.ask(sup, events.StartChild(home.spec("c"))).is_alive()
    home.ask(sup, events.TerminateChild("c"))
    home.crash(sup, "b")
    home.crash(sup, "a")

    assert not sup.is_alive()
    assert pykka_log().count("The reporter of supervisor 'Supervisor' failed:") >= 8


@pytest.mark.parametrize("nonsense", [["a"], {}, None])
def test_an_id_that_cannot_be_one_is_not_found(home: Any, nonsense: Any) -> None:
    sup = home.start("a")

    with pytest.raises(NotFound):
        home.ask(sup, events.TerminateChild(nonsense))
    with pytest.raises(BadSpecError):
        home.ask(sup, events.StartChild(nonsense))
    assert list(home.refs(sup)) == ["a"]


def test_a_request_that_was_only_told_is_served_all_the_same(home: Any) -> None:
    sup = home.start("a")
    sup.tell(events.TerminateChild("a"))
    sup.tell(events.StartChild(home.spec("b")))
    sup.tell(events.RestartChild("nobody"))
    home.idle()

    assert list(home.refs(sup)) == ["b"]


def test_a_request_inside_a_turn_is_refused_and_not_served(threaded: Scheduler) -> None:
    class Caller(ScheduledActor):
        def on_receive(self, message: Any) -> Any:
            return message()

    sup = Supervisor.start([], scheduler=threaded)
    caller = threaded.spawn(Caller)
    with pytest.raises(WouldBlockError):
        caller.ask(lambda: start_child(sup, ChildSpec("a", (Quiet, (), {}))))

    assert which_children(sup) == []
    stop(sup)
    caller.stop()


def test_a_child_that_somebody_else_stops_is_restarted(home: Any) -> None:
    sup = home.start("a")
    before = home.refs(sup)["a"]
    before.stop(block=False)
    home.idle()

    assert home.refs(sup)["a"] is not before


def test_a_supervisor_on_a_closed_scheduler_tells_its_own(threaded: Scheduler) -> None:
    elsewhere = Scheduler(1)
    spec = ChildSpec("far", (Supervisor, ([],), {"scheduler": elsewhere}), type="supervisor", restart="transient")
    sup = Supervisor.start([spec, ChildSpec("near", (Quiet, (), {}))], scheduler=threaded, max_restarts=2)
    elsewhere.close()  # it cannot be restarted there, so its supervisor gives up

    assert sup.actor_stopped.wait(5)


def test_a_supervisor_may_have_children_on_another_scheduler(threaded: Scheduler) -> None:
    with Scheduler(1) as elsewhere:
        inner = [ChildSpec("a", (Quiet, (), {}))]
        spec = ChildSpec("far", (Supervisor, (inner,), {"scheduler": elsewhere}), type="supervisor")
        sup = Supervisor.start([spec], scheduler=threaded)
        far = which_children(sup)[0].process
        (a,) = which_children(far)
        assert a.process.actor_inbox.scheduler is elsewhere
        send_exit(far, "kill")
        while (again := which_children(sup)[0].process) is far or isinstance(again, str):
            pass

        assert [info.id for info in which_children(again)] == ["a"]
        stop(sup)
        assert not again.is_alive()
