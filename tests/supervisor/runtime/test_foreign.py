"""Unmodified pykka.ThreadingActors, watched: seen to come up, to end, and to end once."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pykka
import pytest

from supervisor import (
    Crash,
)
from supervisor import exit as send_exit
from supervisor.runtime.foreign import adopt, start_watched
from supervisor.runtime.watch import Down, Up, watch


class Threaded(pykka.ThreadingActor):
    """Does what it is told, in its own thread."""

    def __init__(self, begin: Callable[[], object] | None = None, end: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.begin, self.end = begin, end

    def on_start(self) -> None:
        if self.begin is not None:
            self.begin()

    def on_stop(self) -> None:
        if self.end is not None:
            self.end()

    def on_receive(self, message: Any) -> Any:
        return message() if callable(message) else message


def throw(error: BaseException) -> Callable[[], object]:
    def raise_it() -> None:
        raise error

    return raise_it


def work_until(gate: threading.Event, busy: threading.Event) -> Callable[[], object]:
    def work() -> str:
        busy.set()
        gate.wait(5)
        return "done"

    return work


class Ear:
    """Hears the news of one actor."""

    def __init__(self, ref: Any) -> None:
        self.news = list[Any]()
        self.over = threading.Event()
        watch(ref, self.hear)

    def hear(self, news: Any) -> None:
        self.news.append(news)
        if isinstance(news, Down):
            self.over.set()

    def reasons(self) -> list[Any]:
        """What it died of, each time it was told; there must be one."""
        assert self.over.wait(5)
        time.sleep(0.01)  # for a second one
        return [news.reason for news in self.news if isinstance(news, Down)]


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.001)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="pykka")


class TestOneLife:
    def test_it_comes_up_and_ends_once_in_a_clean_stop(self) -> None:
        ref = start_watched(Threaded, (), {})
        ear = Ear(ref)
        assert ref.ask("hello", timeout=5) == "hello"
        ref.stop()

        assert ear.reasons() == ["normal"]
        assert ear.news == [Up(ref), Down(ref, "normal")]

    @pytest.mark.parametrize(
        "error", [ValueError("boom"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()], ids=repr
    )
    def test_it_is_down_and_never_up_if_on_start_fails(self, error: BaseException) -> None:
        ref = start_watched(Threaded, (throw(error),), {})
        ear = Ear(ref)

        assert ear.reasons() == [Crash(error)]
        assert ear.news == [Down(ref, Crash(error))]
        assert not ref.is_alive()
        assert pykka.ActorRegistry.get_all() == []

    @pytest.mark.parametrize(
        "error", [ValueError("boom"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()], ids=repr
    )
    def test_a_crash_is_its_own_and_nobody_else_s(self, error: BaseException) -> None:
        bystander = Threaded.start()
        ref = start_watched(Threaded, (), {})
        ear = Ear(ref)
        ref.tell(throw(error))

        assert ear.reasons() == [Crash(error)]
        assert bystander.is_alive()
        bystander.stop()

    def test_a_question_that_crashes_it_is_answered(self) -> None:
        ref = start_watched(Threaded, (), {})
        ear = Ear(ref)
        with pytest.raises(ValueError, match="boom"):
            ref.ask(throw(ValueError("boom")), timeout=5)
        assert ref.is_alive()  # as pykka has it: the asker knows
        error = SystemExit(3)
        with pytest.raises(Exception, match="SystemExit: 3"):
            ref.ask(throw(error), timeout=5)

        assert ear.reasons() == [Crash(error)]

    @pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(3)], ids=repr)
    def test_an_on_stop_that_fails_is_a_crash_and_holds_up_nobody(self, error: BaseException) -> None:
        ref = start_watched(Threaded, (None, throw(error)), {})
        ear = Ear(ref)
        assert ref.stop(timeout=5)

        assert ear.reasons() == [Crash(error)]

    def test_who_asked_one_that_does_not_come_up_is_told(self) -> None:
        gate = threading.Event()

        def fail() -> None:
            gate.wait(5)
            raise SystemExit

        ref = start_watched(Threaded, (fail,), {})
        future = ref.ask("hello", block=False)
        gate.set()

        with pytest.raises(pykka.ActorDeadError):
            future.get(timeout=5)
        assert Ear(ref).over.wait(5)

    def test_without_a_thread_there_is_no_actor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(threading.Thread, "start", lambda _: throw(RuntimeError("can't start new thread"))())
        with pytest.raises(RuntimeError, match="new thread"):
            start_watched(Threaded, (), {})

        assert pykka.ActorRegistry.get_all() == []

    def test_killed_while_busy_it_is_fenced_at_once_and_its_thread_runs_out(self) -> None:  # OTP 55
        busy, gate, seen = threading.Event(), threading.Event(), list[Any]()

        ref = start_watched(Threaded, (None, lambda: seen.append("on_stop")), {})
        ear = Ear(ref)
        current = ref.ask(work_until(gate, busy), block=False)
        waiting = ref.ask(lambda: seen.append("waiting"), block=False)
        asked_to_stop = ref.ask(pykka.messages._ActorStop(), block=False)
        ref.tell(lambda: seen.append("told"))
        assert busy.wait(5)
        send_exit(ref, "kill")
        send_exit(ref, "kill")

        assert [type(news) for news in ear.news] == [Up, Down]
        assert ear.news[-1].reason == "killed"
        assert not ref.is_alive()
        assert pykka.ActorRegistry.get_all() == []
        with pytest.raises(pykka.ActorDeadError):
            ref.tell("too late")
        with pytest.raises(pykka.ActorDeadError):
            waiting.get(timeout=0)
        assert asked_to_stop.get(timeout=0) is None
        gate.set()
        assert current.get(timeout=5) == "done"
        assert ear.reasons() == ["killed"]
        assert seen == []

    def test_killed_while_it_waits_for_mail_its_thread_ends(self) -> None:
        threads = set(threading.enumerate())
        ref = start_watched(Threaded, (), {})
        ear = Ear(ref)
        ref.ask("hello", timeout=5)
        send_exit(ref, "kill")

        assert ear.reasons() == ["killed"]
        wait_for(lambda: set(threading.enumerate()) <= threads)

    @pytest.mark.parametrize("reason", ["shutdown", "enough"])
    def test_it_ends_for_the_reason_it_was_given(self, reason: str) -> None:
        ref = start_watched(Threaded, (), {})
        ear = Ear(ref)
        send_exit(ref, reason)

        assert ear.reasons() == [reason]

    def test_one_that_runs_already_can_be_adopted(self) -> None:
        ref = Threaded.start()
        adopt(ref)
        ear = Ear(ref)
        error = ValueError("boom")
        ref.tell(throw(error))

        assert ear.reasons() == [Crash(error)]
        assert ear.news[0] == Up(ref)

    def test_of_one_that_is_gone_before_its_adoption_nobody_knows_why(self) -> None:
        ref = Threaded.start()
        ref.stop()
        adopt(ref)

        assert Ear(ref).reasons() == ["noproc"]
