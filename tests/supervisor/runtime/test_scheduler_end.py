"""A scheduler that pauses, and one that ends."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pykka
import pytest

from supervisor import Scheduler, SchedulerClosedError
from tests.supervisor.runtime.caller import Caller


class TestPause:
    def test_a_paused_scheduler_takes_no_turns_until_it_is_resumed(self, threaded: Scheduler) -> None:
        ref = threaded.spawn(Caller)
        ref.ask("up")
        assert threaded.pause() is True
        answer = ref.ask("hello", block=False)
        with pytest.raises(pykka.Timeout):
            answer.get(timeout=0.03)
        threaded.resume()

        assert answer.get(timeout=5) == ["up", "hello"]
        ref.stop()

    def test_a_paused_scheduler_takes_turns_by_hand(self, threaded: Scheduler) -> None:
        ref = threaded.spawn(Caller)
        ref.ask("up")
        threaded.pause()
        answer = ref.ask("hello", block=False)

        assert threaded.run_one_turn() is True
        assert answer.get(timeout=0) == ["up", "hello"]
        threaded.resume()
        ref.stop()

    def test_a_pause_waits_for_the_turns_under_way(self, threaded: Scheduler) -> None:
        entered, leave = threading.Event(), threading.Event()
        ref = threaded.spawn(Caller)

        def linger() -> None:
            entered.set()
            leave.wait(5)

        ref.tell(linger)
        assert entered.wait(5)
        assert threaded.pause(timeout=0.02) is False
        leave.set()

        assert threaded.pause(timeout=5) is True
        threaded.resume()
        ref.stop()

    def test_a_turn_may_pause_its_own_scheduler(self, threaded: Scheduler) -> None:
        ref = threaded.spawn(Caller)
        begun = time.monotonic()

        assert ref.ask(threaded.pause, timeout=10) is True
        assert time.monotonic() - begun < 2
        answer = ref.ask("hello", block=False)
        with pytest.raises(pykka.Timeout):
            answer.get(timeout=0.03)
        threaded.resume()
        assert answer.get(timeout=5) == ["hello"]
        ref.stop()

    @pytest.mark.usefixtures("impatient")
    def test_pausing_and_resuming_loses_no_mail(self, threaded: Scheduler) -> None:
        ref = threaded.spawn(Caller)

        def send() -> None:
            for number in range(3000):
                ref.tell(number)

        sender = threading.Thread(target=send)
        sender.start()
        while sender.is_alive():
            assert threaded.pause() is True
            threaded.resume()
        sender.join()

        assert ref.ask("end", timeout=10) == [*range(3000), "end"]
        ref.stop()


class TestEnd:
    def test_a_closed_scheduler_has_no_threads_and_takes_no_actors(self) -> None:
        before = threading.active_count()
        scheduler = Scheduler(workers=3, name="three")
        scheduler.timers.after(60, print)
        assert threading.active_count() == before + 4

        assert scheduler.close() is True
        assert scheduler.closed
        assert threading.active_count() == before
        with pytest.raises(SchedulerClosedError, match="three is closed"):
            scheduler.spawn(Caller)
        assert scheduler.close() is True

    @pytest.mark.parametrize("workers", [0, 1, 4])
    def test_who_is_left_at_the_end_is_killed_and_nobody_waits_for_an_answer(
        self, workers: int, down: Callable[..., list[Any]]
    ) -> None:
        scheduler = Scheduler(workers=workers)
        refs = [scheduler.spawn(Caller) for _ in range(3)]
        scheduler.pause()
        news = [down(ref) for ref in refs]
        answers = [ref.ask("hello", block=False) for ref in refs]
        scheduler.close()

        for ref, answer, heard in zip(refs, answers, news, strict=True):
            with pytest.raises(pykka.ActorDeadError):
                answer.get(timeout=0)
            with pytest.raises(pykka.ActorDeadError):
                ref.ask("anybody there?")
            assert heard[-1] == ("Down", "killed")
        assert pykka.ActorRegistry.get_all() == []

    def test_the_actors_of_others_are_left_alone(self, by_hand: Scheduler, callers: Callable[[int], list[Any]]) -> None:
        (ref,) = callers(1)
        Scheduler(workers=0).close()

        assert ref.is_alive()

    def test_a_worker_that_is_busy_is_not_waited_for_beyond_the_deadline(self) -> None:
        entered, leave = threading.Event(), threading.Event()
        scheduler = Scheduler(workers=1)
        ref = scheduler.spawn(Caller)

        def linger() -> None:
            entered.set()
            leave.wait(5)

        ref.tell(linger)
        assert entered.wait(5)
        assert scheduler.close(deadline=0.02) is False
        leave.set()
        assert scheduler.close() is True
        assert not ref.is_alive()

    def test_a_turn_may_close_its_own_scheduler(self) -> None:
        scheduler = Scheduler(workers=2)
        ref = scheduler.spawn(Caller)

        assert ref.ask(scheduler.close) is True
        assert scheduler.close() is True
        assert not ref.is_alive()

    def test_once_closed_it_cannot_be_resumed(self) -> None:
        scheduler = Scheduler(workers=1)
        scheduler.close()
        scheduler.resume()

        assert scheduler.closed
        assert not any(worker.is_alive() for worker in scheduler._workers)


class TestMaking:
    @pytest.mark.parametrize("wrong", [{"workers": -1}, {"turn_budget": 0}])
    def test_wrong_numbers_are_refused(self, wrong: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="workers must be 0 or more and turn_budget 1 or more"):
            Scheduler(**wrong)  # type: ignore[arg-type]

    def test_each_worker_is_prepared_before_its_first_turn(self) -> None:
        prepared = list[str]()
        with Scheduler(
            workers=2, name="crew", on_worker_start=lambda: prepared.append(threading.current_thread().name)
        ) as scheduler:
            ref = scheduler.spawn(Caller)
            worker = ref.ask(lambda: threading.current_thread().name)
            assert worker in prepared
            ref.stop()

        assert sorted(prepared) == ["crew-0", "crew-1"]

    def test_a_worker_that_cannot_be_prepared_works_all_the_same(self, pykka_log: Callable[[], list[str]]) -> None:
        with Scheduler(workers=1, on_worker_start=lambda: 1 / 0) as scheduler:
            ref = scheduler.spawn(Caller)

            assert ref.ask("hello", timeout=5) == ["hello"]
            ref.stop()
        assert pykka_log() == ["on_worker_start of scheduler failed:"]

    def test_the_default_scheduler_is_made_when_it_is_needed_and_anew_once_closed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Scheduler, "_default", None)
        first = Scheduler.default()
        assert Scheduler.default() is first
        ref: Any = Caller.start()
        assert ref.actor_inbox.scheduler is first
        ref.stop()
        first.close()
        second = Scheduler.default()

        assert second is not first
        second.close()

    def test_a_scheduler_is_threaded_if_it_has_workers(self, by_hand: Scheduler, threaded: Scheduler) -> None:
        assert threaded.threaded
        assert not by_hand.threaded
