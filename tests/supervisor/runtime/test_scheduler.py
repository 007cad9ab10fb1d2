"""Turns: who gets them, in which order, on which worker, and what happens at the end."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from supervisor import ScheduledActor, Scheduler, SchedulerClosedError
from supervisor import exit as send_exit
from supervisor.runtime.here import here
from supervisor.testing import FakeClock


class Caller(ScheduledActor):
    """Calls what it is sent; keeps what it cannot call."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = list[Any]()

    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message()
        self.kept.append(message)
        return self.kept


def kept(ref: Any) -> Any:
    return ref._actor_weakref().kept


@pytest.fixture
def callers(by_hand: Scheduler) -> Iterator[Callable[[int], list[Any]]]:
    """Spawn so many callers by hand."""

    def spawn(number: int) -> list[Any]:
        return [by_hand.spawn(Caller) for _ in range(number)]

    yield spawn
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    by_hand.run_until_idle()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Have threads change places as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


class TestTurns:
    def test_actors_take_turns_in_the_order_they_got_mail(
        self, by_hand: Scheduler, callers: Callable[[int], list[Any]]
    ) -> None:
        order = list[str]()
        first, second, third = callers(3)
        by_hand.run_until_idle()
        for name, ref in (("c", third), ("a", first), ("b", second), ("a again", first)):
            ref.tell(lambda name=name: order.append(name))
        by_hand.run_until_idle()

        assert order == ["c", "a", "a again", "b"]

    def test_a_turn_is_at_most_so_many_messages(self, clock: FakeClock) -> None:
        scheduler = Scheduler(workers=0, turn_budget=3, clock=clock)
        busy, other = scheduler.spawn(Caller), scheduler.spawn(Caller)
        scheduler.run_until_idle()
        for number in range(8):
            busy.tell(number)
        other.tell("my turn")
        seen = list[tuple[int, int]]()
        while scheduler.run_one_turn():
            seen.append((len(kept(busy)), len(kept(other))))

        assert seen == [(3, 0), (3, 1), (6, 1), (8, 1)]
        send_exit(busy, "kill")
        send_exit(other, "kill")
        scheduler.run_until_idle()
        scheduler.close()

    def test_an_actor_that_never_tires_holds_up_nobody(self, threaded: Scheduler) -> None:
        class Tireless(ScheduledActor):
            def on_receive(self, message: Any) -> None:
                self.actor_ref.tell(message)

        tireless: list[Any] = [threaded.spawn(Tireless) for _ in range(8)]
        for ref in tireless:
            ref.tell("again")
        other = threaded.spawn(Caller)

        for _ in range(20):
            assert other.ask(lambda: "served", timeout=5) == "served"
        for doomed in [*tireless, other]:
            send_exit(doomed, "kill")
            assert doomed.actor_stopped.wait(5)

    def test_a_sender_s_messages_arrive_in_order(self, threaded: Scheduler) -> None:
        ref: Any = threaded.spawn(Caller)

        def send(sender: int) -> None:
            for number in range(2000):
                ref.tell((sender, number))

        senders = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
        for thread in senders:
            thread.start()
        for thread in senders:
            thread.join()
        got = ref.ask("end")
        ref.stop()

        assert len(got) == 8001
        for sender in range(4):
            assert [number for who, number in got[:-1] if who == sender] == list(range(2000))

    @pytest.mark.usefixtures("impatient")
    def test_an_actor_is_never_run_by_two_workers_at_once(self) -> None:
        class Lonely(ScheduledActor):
            inside = 0
            most = 0
            handled = 0

            def on_receive(self, message: Any) -> Any:
                del message
                self.inside += 1
                self.most = max(self.most, self.inside)
                for _ in range(5):
                    pass  # room for another worker to come in
                self.handled += 1  # no lock: lost if two do it at once
                self.inside -= 1
                return self.most, self.handled

        with Scheduler(workers=4, turn_budget=2) as scheduler:
            refs = [scheduler.spawn(Lonely) for _ in range(3)]

            def send() -> None:
                for _ in range(1000):
                    for ref in refs:
                        ref.tell("in")

            senders = [threading.Thread(target=send) for _ in range(4)]
            for thread in senders:
                thread.start()
            for thread in senders:
                thread.join()

            assert [ref.ask("how many?") for ref in refs] == [(1, 4001)] * 3
            for ref in refs:
                ref.stop()

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("workers", [1, 4])
    def test_no_wake_up_is_lost(self, workers: int) -> None:
        with Scheduler(workers=workers) as scheduler:
            refs: list[Any] = [scheduler.spawn(Caller) for _ in range(8)]

            def converse(number: int) -> None:
                for _ in range(150):  # the workers go to sleep again and again
                    assert refs[number].ask(lambda: "awake", timeout=10) == "awake"
                    refs[number - 1].tell("psst")

            threads = [threading.Thread(target=converse, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

            assert [len(ref.ask("end")) for ref in refs] == [151] * 8
            for ref in refs:
                ref.stop()

    def test_all_workers_are_used(self) -> None:
        together = threading.Barrier(4)
        with Scheduler(workers=4) as scheduler:
            refs = [scheduler.spawn(Caller) for _ in range(4)]
            answers = [ref.ask(lambda: together.wait(5), block=False) for ref in refs]

            assert sorted(answer.get(timeout=5) for answer in answers) == [0, 1, 2, 3]
            for ref in refs:
                ref.stop()

    def test_it_counts_what_was_handled(self, threaded: Scheduler) -> None:
        ref = threaded.spawn(Caller)
        for number in range(10):
            ref.tell(number)
        ref.ask("end")
        ref.stop()
        threaded.close()

        assert threaded.messages_handled == 12

    def test_what_an_interceptor_raises_the_handler_has_raised(
        self, by_hand: Scheduler, callers: Callable[[int], list[Any]], down: Callable[..., list[Any]]
    ) -> None:
        first, second = callers(2)
        news = down(first)

        def intercept(actor: Any, message: Any) -> None:
            if actor.actor_ref is first:
                raise ValueError(message)

        by_hand.interceptor = intercept
        first.tell("one")
        second.tell("two")
        by_hand.run_until_idle()

        assert str(news[-1][1]) == "ValueError: one"
        assert kept(second) == ["two"]


class TestByHand:
    def test_nothing_runs_but_what_is_run(self, by_hand: Scheduler, callers: Callable[[int], list[Any]]) -> None:
        (ref,) = callers(1)
        ref.tell(1)
        time.sleep(0.01)
        assert kept(ref) == []

        assert by_hand.run_until_idle() == 1
        assert kept(ref) == [1]
        assert by_hand.run_one_turn() is False

    def test_so_many_turns_and_no_more(self, by_hand: Scheduler, callers: Callable[[int], list[Any]]) -> None:
        callers(5)

        assert by_hand.run_until_idle(max_turns=3) == 3
        assert by_hand.run_until_idle() == 2

    def test_the_same_messages_make_the_same_turns(self, clock: FakeClock) -> None:
        def play() -> list[Any]:
            scheduler = Scheduler(workers=0, turn_budget=2, clock=clock)
            story = list[Any]()

            class Teller(ScheduledActor):
                def __init__(self, number: int) -> None:
                    super().__init__()
                    self.number = number

                def on_receive(self, message: int) -> None:
                    story.append((self.number, message))
                    for step in range(message):
                        refs[(self.number + step) % 3].tell(message - 1)

            refs = [scheduler.spawn(Teller, number) for number in range(3)]
            refs[0].tell(4)
            scheduler.run_until_idle()
            for ref in refs:
                send_exit(ref, "kill")
            scheduler.run_until_idle()
            scheduler.close()
            return story

        first = play()

        assert len(first) == 1 + 4 + 12 + 24 + 24
        assert play() == first

    def test_timers_run_with_the_turns(
        self, by_hand: Scheduler, clock: FakeClock, callers: Callable[[int], list[Any]]
    ) -> None:
        (ref,) = callers(1)
        by_hand.timers.after(1.0, lambda: ref.tell("tick"))
        by_hand.run_until_idle()
        assert kept(ref) == []
        clock.advance(1.0)
        by_hand.run_until_idle()

        assert kept(ref) == ["tick"]

    def test_a_running_scheduler_takes_no_turns_by_hand(self) -> None:
        with Scheduler(workers=1) as scheduler, pytest.raises(RuntimeError, match="pause it"):
            scheduler.run_one_turn()

    def test_turns_by_hand_inside_a_turn_leave_it_a_turn(
        self, threaded: Scheduler, by_hand: Scheduler, callers: Callable[[int], list[Any]]
    ) -> None:
        (inner,) = callers(1)
        outer = threaded.spawn(Caller)
        inner.tell("hello")

        def run_the_other() -> Any:
            before = here.mailbox, here.scheduler
            by_hand.run_until_idle()
            return before == (here.mailbox, here.scheduler)

        assert outer.ask(run_the_other) is True
        assert kept(inner) == ["hello"]
        outer.stop()


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
