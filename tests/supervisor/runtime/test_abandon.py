"""An actor that hangs is given up: it is dead at once, its worker is replaced, and its return changes nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import Crash, HungError, Scheduler, get_state, link, monitor, register, whereis
from supervisor import exit as send_exit
from tests.supervisor.runtime.hangs import Hang, Hanger, wait_for

Down = Callable[..., list[Any]]


@pytest.fixture
def hang() -> Iterator[Hang]:
    hang = Hang()
    yield hang
    hang.release.set()


@pytest.fixture
def journal() -> list[Any]:
    return []


@pytest.fixture
def hung(threaded: Scheduler, journal: list[Any], hang: Hang) -> Any:
    """An actor in a handler that does not return."""
    ref = threaded.spawn(Hanger, journal)
    hang.begin(ref)
    return ref


def come_back(scheduler: Scheduler, hang: Hang) -> None:
    hang.release.set()
    wait_for(lambda: scheduler.lost_threads == 0)


class TestDeath:
    def test_it_is_dead_at_once_and_everyone_is_told_once(
        self, threaded: Scheduler, hung: Any, hang: Hang, journal: list[Any], down: Down
    ) -> None:
        news = down(hung)
        witness: Any = threaded.spawn(Hanger, seen := list[Any]())
        monitor(hung, witness)
        tied: Any = threaded.spawn(Hanger, [])
        tied_news = down(tied)
        link(hung, tied)
        register("hung", hung)

        assert threaded.abandon(hung) is True
        assert (hung.is_alive(), whereis("hung"), hung in pykka.ActorRegistry.get_all()) == (False, None, False)
        assert threaded.drain()
        (_, (what, reason)) = news
        assert (what, reason) == ("Down", Crash(reason.exception))
        assert (type(reason.exception), reason.exception.actor) == (HungError, str(hung))
        assert tied_news[-1] == ("Down", reason)
        assert [tuple(notice) for notice in seen] == [(hung, reason)]
        with pytest.raises(pykka.ActorDeadError):
            hung.tell("anybody there?")

        come_back(threaded, hang)
        assert threaded.drain()
        assert [what for what, _ in news] == ["Up", "Down"]
        assert len(seen) == 1
        assert journal == ["on_gone", "on_return"]
        send_exit(witness, "kill")

    def test_it_dies_of_the_reason_that_is_given(self, threaded: Scheduler, hung: Any, down: Down) -> None:
        news = down(hung)
        assert threaded.abandon(hung, "too slow") is True

        assert news[-1] == ("Down", "too slow")

    def test_who_asked_it_is_answered(self, threaded: Scheduler, hang: Hang) -> None:
        ref: Any = threaded.spawn(Hanger, journal := list[Any]())
        at_it, waiting = ref.ask(hang, block=False), ref.ask("never", block=False)
        ref.tell("nor this")
        assert hang.entered.wait(5)
        stop, states = ref.stop(block=False), list[Any]()

        def ask_for_state() -> None:
            with pytest.raises(pykka.ActorDeadError):
                get_state(ref, timeout=5)
            states.append("dead")

        asker = threading.Thread(target=ask_for_state)
        asker.start()
        wait_for(lambda: ref.actor_inbox.urgent)
        assert threaded.abandon(ref) is True
        for future in (at_it, waiting):
            with pytest.raises(pykka.ActorDeadError):
                future.get(timeout=1)
        stop.get(timeout=1)
        asker.join()
        assert states == ["dead"]

        come_back(threaded, hang)
        with pytest.raises(pykka.ActorDeadError):
            at_it.get(timeout=0)
        assert journal == ["on_gone", "on_return"]

    def test_one_that_hangs_in_a_question_about_itself_answers_it_too(self, threaded: Scheduler, hang: Hang) -> None:
        class Shy(Hanger):
            def get_state(self) -> Any:
                return hang()

        ref: Any = threaded.spawn(Shy, [])
        asker = threading.Thread(target=lambda: threaded.abandon(ref) if hang.entered.wait(5) else None)
        asker.start()

        with pytest.raises(pykka.ActorDeadError):
            get_state(ref, timeout=5)
        asker.join()
        come_back(threaded, hang)

    @pytest.mark.parametrize("hook", ["on_start", "on_stop"])
    def test_hooks_hang_too(self, threaded: Scheduler, hang: Hang, down: Down, hook: str) -> None:
        hanger = type("HangsInHook", (Hanger,), {hook: lambda _self: hang()})
        ref: Any = threaded.spawn(hanger, journal := list[Any]())
        news = down(ref)
        if hook == "on_stop":
            ref.stop(block=False)
        assert hang.entered.wait(5)

        assert threaded.abandon(ref) is True
        come_back(threaded, hang)
        assert [what for what, _ in news] == (["Up", "Down"] if hook == "on_stop" else ["Down"])
        assert journal == ["on_gone", "on_return"]


class TestReturn:
    @pytest.mark.parametrize("error", [ValueError("late"), SystemExit(3), KeyboardInterrupt()], ids=repr)
    @pytest.mark.parametrize("way", ["tell", "ask"])
    def test_what_the_handler_raises_then_is_nobody_s(
        self, threaded: Scheduler, down: Down, pykka_log: Callable[[], list[str]], way: str, error: BaseException
    ) -> None:
        hang = Hang(error)
        ref: Any = threaded.spawn(Hanger, journal := list[Any]())
        news, other = down(ref), threaded.spawn(Hanger, [])
        future = ref.ask(hang, block=False) if way == "ask" else ref.tell(hang)
        assert hang.entered.wait(5)
        assert threaded.abandon(ref) is True
        come_back(threaded, hang)

        assert other.ask("well?", timeout=5) == "well?"
        assert journal == ["on_gone", "on_return"]
        assert [what for what, _ in news] == ["Up", "Down"]
        assert len(pykka_log()) == 1, "more than the report that it was given up"
        if future is not None:
            with pytest.raises(pykka.ActorDeadError):
                future.get(timeout=0)
        other.stop()

    def test_what_on_return_raises_is_logged_and_hurts_nobody(
        self, threaded: Scheduler, hang: Hang, pykka_log: Callable[[], list[str]]
    ) -> None:
        class Clumsy(Hanger):
            def on_return(self) -> None:
                raise SystemExit(3)

        ref: Any = threaded.spawn(Clumsy, [])
        hang.begin(ref)
        threaded.abandon(ref)
        come_back(threaded, hang)

        assert pykka_log()[1:] == [f"on_return of {ref} failed:"]
        assert threaded.drain()

    def test_its_worker_is_gone_and_not_one_too_many(self, threaded: Scheduler, hung: Any, hang: Hang) -> None:
        crew = len(threaded._workers)
        lost = next(worker for worker in threaded._workers if worker.slot.mailbox is hung.actor_inbox)
        assert threaded.abandon(hung) is True
        assert (threaded.lost_threads, len(threaded._workers), lost.is_alive()) == (1, crew, True)
        come_back(threaded, hang)
        wait_for(lambda: not lost.is_alive())

        assert all(worker.is_alive() for worker in threaded._workers)
        assert threaded.pause() is True
        assert len(threaded.parked) == crew
        threaded.resume()

    def test_it_may_know_that_it_was_given_up(self, threaded: Scheduler) -> None:
        class Patient(Hanger):
            def on_receive(self, message: Any) -> None:
                message.set()
                while not self.abandoned:
                    time.sleep(0.001)

        ref: Any = threaded.spawn(Patient, [])
        entered = threading.Event()
        ref.tell(entered)
        assert entered.wait(5)
        assert threaded.abandon(ref) is True

        wait_for(lambda: threaded.lost_threads == 0)

    def test_what_it_has_taken_to_handle_is_counted(self, threaded: Scheduler, hung: Any, hang: Hang) -> None:
        other: Any = threaded.spawn(Hanger, [])
        threaded.abandon(hung)
        hung_messages = 1
        for _ in range(10):
            other.ask("hello", timeout=5)
        assert threaded.drain()
        assert threaded.messages_handled == 10 + hung_messages
        come_back(threaded, hang)

        assert threaded.messages_handled == 10 + hung_messages
        send_exit(other, "kill")
        assert threaded.drain()


class TestOthers:
    def test_they_go_on_at_once(self, threaded: Scheduler) -> None:
        others: list[Any] = [threaded.spawn(Hanger, []) for _ in range(8)]
        hangs = [Hang() for _ in threaded._workers]
        stuck = [threaded.spawn(Hanger, []) for _ in hangs]
        for ref, each in zip(stuck, hangs, strict=True):
            each.begin(ref)
        answers = [ref.ask("hello", block=False) for ref in others]
        with pytest.raises(pykka.Timeout):
            answers[0].get(timeout=0.02)
        assert all(threaded.abandon(ref) for ref in stuck)

        assert [answer.get(timeout=5) for answer in answers] == ["hello"] * 8
        assert threaded.lost_threads == len(stuck)
        for each in hangs:
            each.release.set()
        for ref in others:
            ref.stop()

    def test_a_paused_scheduler_stays_paused(self, threaded: Scheduler, hung: Any) -> None:
        other: Any = threaded.spawn(Hanger, [])
        assert threaded.pause(timeout=0.02) is False
        assert threaded.abandon(hung) is True
        assert threaded.pause() is True, "it waits for the thread that is lost"
        answer = other.ask("hello", block=False)
        with pytest.raises(pykka.Timeout):
            answer.get(timeout=0.02)
        threaded.resume()

        assert answer.get(timeout=5) == "hello"
        other.stop()

    def test_each_worker_in_the_place_of_another_is_prepared(self, hang: Hang) -> None:
        prepared = list[str]()
        with Scheduler(
            name="crew", on_worker_start=lambda: prepared.append(threading.current_thread().name)
        ) as scheduler:
            ref: Any = scheduler.spawn(Hanger, [])
            hang.begin(ref)
            scheduler.abandon(ref)
            assert scheduler.drain()
            assert prepared == ["crew-0", "crew-1"]
            come_back(scheduler, hang)

    def test_where_no_thread_is_to_be_had_the_others_go_on(
        self, hang: Hang, monkeypatch: pytest.MonkeyPatch, pykka_log: Callable[[], list[str]]
    ) -> None:
        def refuse(_thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        with Scheduler(workers=2) as scheduler:
            ref, other = scheduler.spawn(Hanger, []), scheduler.spawn(Hanger, [])
            hang.begin(ref)
            with monkeypatch.context() as patch:
                patch.setattr(threading.Thread, "start", refuse)
                assert scheduler.abandon(ref) is True

            assert pykka_log()[0] == "A worker of scheduler could not be replaced:"
            assert not ref.is_alive()
            assert other.ask("hello", timeout=5) == "hello"
            other.stop()
            assert scheduler.drain()
            come_back(scheduler, hang)

    def test_the_report_says_who_it_is_and_where_it_hangs(
        self, threaded: Scheduler, hung: Any, pykka_log: Callable[[], list[str]]
    ) -> None:
        threaded.abandon(hung)
        (report,) = pykka_log()

        assert report.startswith(f"{hung} was given up: its handler did not return; its thread is at:\n")
        assert "in __call__\n    self.release.wait(30)" in report

    def test_the_end_does_not_wait_for_a_lost_thread(self, hang: Hang) -> None:
        scheduler = Scheduler(workers=2)
        ref: Any = scheduler.spawn(Hanger, [])
        hang.begin(ref)
        assert scheduler.abandon(ref) is True
        began = time.monotonic()

        assert scheduler.close(deadline=5) is True
        assert time.monotonic() - began < 2
        come_back(scheduler, hang)

    def test_one_can_be_given_up_after_the_end(self, hang: Hang, down: Down) -> None:
        scheduler = Scheduler()
        ref: Any = scheduler.spawn(Hanger, [])
        news = down(ref)
        hang.begin(ref)
        assert scheduler.close(deadline=0.02) is False
        assert scheduler.abandon(ref, "at last") is True

        assert news[-1] == ("Down", "at last")
        assert not any(worker.is_alive() for worker in scheduler._workers)
        come_back(scheduler, hang)


class TestRefusal:
    def test_who_is_in_no_turn_is_left_alone(self, threaded: Scheduler) -> None:
        ref: Any = threaded.spawn(Hanger, [])
        assert ref.ask("hello") == "hello"
        assert threaded.drain()

        assert threaded.abandon(ref) is False
        assert ref.ask("still there?") == "still there?"
        assert threaded.lost_threads == 0
        ref.stop()
        assert threaded.abandon(ref) is False

    def test_twice_is_once(self, threaded: Scheduler, hung: Any, down: Down) -> None:
        news = down(hung)
        answers = list[bool]()
        threads = [threading.Thread(target=lambda: answers.append(threaded.abandon(hung))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(answers) == [False] * 7 + [True]
        assert [what for what, _ in news] == ["Up", "Down"]
        assert threaded.lost_threads == 1

    def test_another_scheduler_has_no_say(self, threaded: Scheduler, by_hand: Scheduler, hung: Any) -> None:
        assert by_hand.abandon(hung) is False
        assert hung.is_alive()
        assert threaded.abandon(hung) is True

    def test_an_actor_may_give_itself_up(self, threaded: Scheduler, down: Down) -> None:
        ref: Any = threaded.spawn(Hanger, journal := list[Any]())
        news = down(ref)
        ref.tell(lambda: threaded.abandon(ref, "enough"))
        ref.tell("never")
        wait_for(lambda: threaded.lost_threads == 0 and "on_return" in journal)

        assert journal == ["on_gone", "on_return"]
        assert [what for what, _ in news] == ["Up", "Down"]

    def test_what_is_no_scheduled_actor_is_refused(self, by_hand: Scheduler) -> None:
        ref = pykka.ThreadingActor.start()
        with pytest.raises(TypeError, match="kill"):
            by_hand.abandon(ref)
        ref.stop()
