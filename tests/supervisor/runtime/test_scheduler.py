"""Turns: who gets them, in which order, and on which worker."""

import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from supervisor import SKIP, ScheduledActor, Scheduler
from supervisor import exit as send_exit
from supervisor.runtime.here import here
from supervisor.runtime.mailbox import Handlers
from supervisor.testing import FakeClock
from tests.supervisor.runtime.caller import Caller, kept


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

    def test_a_message_that_an_interceptor_skips_is_not_handled_until_it_comes_again(
        self, by_hand: Scheduler, callers: Callable[[int], list[Any]], down: Callable[..., list[Any]]
    ) -> None:
        first, second = callers(2)
        news, skipped = down(first), list[Any]()

        def intercept(actor: Any, message: Any) -> object:
            if actor.actor_ref is first and message != "urgent":
                skipped.append(message)
                return SKIP
            return None

        by_hand.interceptor = intercept
        for message in ("one", "urgent", "two"):
            first.tell(message)
            second.tell(message)
        assert first.ask("asked", block=False) is not None
        by_hand.run_until_idle()

        assert (skipped, kept(first)) == (["one", "two"], ["urgent", "asked"])
        assert kept(second) == ["one", "urgent", "two"]
        by_hand.interceptor = None
        for message in skipped:
            first.tell(message)
        by_hand.run_until_idle()
        assert kept(first) == ["urgent", "asked", "one", "two"]
        assert "Down" not in [what for what, _ in news]

    def test_what_is_skipped_keeps_its_type_from_its_handler_in_the_table(self, by_hand: Scheduler) -> None:
        handled = list[str]()

        class Quick(ScheduledActor):
            handlers: ClassVar[Handlers] = {str: lambda _actor, message: handled.append(message)}

        ref = by_hand.spawn(Quick)
        by_hand.interceptor = lambda _actor, message: SKIP if message == "no" else None
        for message in ("yes", "no", "yes"):
            ref.tell(message)
        by_hand.run_until_idle()
        ref.stop(block=False)
        by_hand.run_until_idle()

        assert handled == ["yes", "yes"]

    def test_it_is_at_rest_when_nobody_has_mail_and_all_workers_sleep(self) -> None:
        begun, release, looks = threading.Event(), threading.Event(), list[bool]()

        def hold() -> bool:
            begun.set()
            return release.wait(5)

        with Scheduler(workers=2) as scheduler:
            ref = scheduler.spawn(Caller)
            assert scheduler.drain(5)
            looks.append(scheduler.at_rest)
            ref.tell(hold)
            assert begun.wait(5)
            looks.append(scheduler.at_rest)
            assert not scheduler.drain(0.01)
            release.set()
            assert scheduler.drain(5)
            looks.append(scheduler.at_rest)
            scheduler.pause()
            ref.tell("later")
            looks.append(scheduler.at_rest)
            ref.stop(block=False)
            scheduler.resume()
            assert scheduler.drain(5)

        assert looks == [True, False, True, False]


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
