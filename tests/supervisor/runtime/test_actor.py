"""An actor without a thread: its start, and what it survives."""

from typing import Any

import pykka
import pytest

from supervisor import Crash, Scheduler, SchedulerClosedError
from supervisor import exit as send_exit
from tests.supervisor.runtime.doer import BEYOND, Doer, Down, end_all, throw


class TestStart:
    def test_on_start_runs_before_any_message(self, by_hand: Scheduler) -> None:
        journal = list[Any]()
        ref = by_hand.spawn(Doer, journal)
        ref.tell(lambda _: journal.append("message"))
        by_hand.run_until_idle()

        assert journal == ["on_start", "message"]
        end_all(by_hand)

    def test_an_actor_may_write_to_itself_before_it_has_begun(self, by_hand: Scheduler) -> None:
        class Early(Doer):
            def __init__(self, journal: list[Any]) -> None:
                super().__init__(journal)
                self.actor_ref.tell(lambda _: journal.append("message"))
                by_hand.run_until_idle()  # it comes too early for its turn, and is not lost

        journal = list[Any]()
        by_hand.spawn(Early, journal)
        by_hand.run_until_idle()

        assert journal == ["on_start", "message"]
        end_all(by_hand)

    def test_who_is_killed_before_it_began_never_begins(self, by_hand: Scheduler, down: Down) -> None:
        journal = list[Any]()
        ref = by_hand.spawn(Doer, journal)
        news = down(ref)
        send_exit(ref, "shutdown")
        send_exit(ref, "kill")
        by_hand.run_until_idle()

        assert journal == ["on_gone"]
        assert news == [("Down", "killed")]

    def test_who_is_asked_to_exit_before_it_began_begins_and_ends(self, by_hand: Scheduler, down: Down) -> None:
        journal = list[Any]()
        ref = by_hand.spawn(Doer, journal)
        news = down(ref)
        send_exit(ref, "shutdown")
        by_hand.run_until_idle()

        assert journal == ["on_start", "on_stop", "on_gone"]
        assert news == [("Up", None), ("Down", "shutdown")]

    def test_an_actor_lives_where_its_starter_lives(self, by_hand: Scheduler) -> None:
        born = list[Any]()
        ref = by_hand.spawn(Doer, [])
        ref.tell(lambda _: born.append(Doer.start([])))
        by_hand.run_until_idle()

        assert born[0].actor_inbox.scheduler is by_hand
        end_all(by_hand)

    def test_an_actor_that_nobody_placed_lives_on_the_default_scheduler(
        self, by_hand: Scheduler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Scheduler, "_default", None)
        by_hand.make_default()
        ref: Any = Doer.start([])

        assert ref.actor_inbox.scheduler is by_hand
        end_all(by_hand)

    def test_a_closed_scheduler_takes_no_actor(self) -> None:
        scheduler = Scheduler(workers=0, name="old")
        scheduler.close()

        with pytest.raises(SchedulerClosedError, match="old is closed"):
            scheduler.spawn(Doer, [])


class TestContainment:
    @pytest.mark.parametrize("kind", BEYOND)
    def test_what_is_no_exception_ends_this_actor_and_no_other(
        self, threaded: Scheduler, down: Down, kind: type[BaseException]
    ) -> None:
        journal = list[Any]()
        victim, others = threaded.spawn(Doer, journal), [threaded.spawn(Doer, []) for _ in range(5)]
        news = down(victim)
        victim.tell(throw(kind))
        assert victim.actor_stopped.wait(5)

        assert [other.ask(lambda _: "alive") for other in others] == ["alive"] * 5
        while len(news) < 2:
            others[0].ask(lambda _: None)
        assert isinstance(news[1][1], Crash)
        assert type(news[1][1].exception) is kind
        assert journal == ["on_start", "on_stop", "on_gone"]
        for other in others:
            other.stop()

    @pytest.mark.parametrize("kind", BEYOND)
    def test_who_asked_gets_it_and_the_actor_ends(
        self, by_hand: Scheduler, down: Down, kind: type[BaseException]
    ) -> None:
        ref = by_hand.spawn(Doer, [])
        news = down(ref)
        answer = ref.ask(throw(kind), block=False)
        by_hand.run_until_idle()

        with pytest.raises(kind):
            answer.get(timeout=0)
        assert type(news[-1][1].exception) is kind

    @pytest.mark.parametrize("kind", [ValueError, *BEYOND])
    @pytest.mark.parametrize("hook", ["on_start", "on_stop", "on_failure", "on_gone"])
    def test_nothing_gets_out_of_a_hook(
        self, by_hand: Scheduler, down: Down, hook: str, kind: type[BaseException]
    ) -> None:
        ref = by_hand.spawn(Doer, [], **{hook: kind()})
        news = down(ref)
        if hook == "on_failure":
            ref.tell(throw(KeyError))
        else:
            ref.stop(block=False)
        by_hand.run_until_idle()

        assert news[-1][0] == "Down"
        if hook == "on_gone":
            assert news[-1][1] == "normal"
        else:
            assert type(news[-1][1].exception) is kind
        assert pykka.ActorRegistry.get_all() == []

    def test_an_exception_that_was_asked_for_goes_to_the_caller_and_the_actor_lives(self, by_hand: Scheduler) -> None:
        ref = by_hand.spawn(Doer, [])
        answer = ref.ask(throw(ValueError("boom")), block=False)
        by_hand.run_until_idle()

        with pytest.raises(ValueError, match="boom"):
            answer.get(timeout=0)
        assert ref.is_alive()
        end_all(by_hand)

    def test_an_actor_that_cannot_even_be_printed_breaks_no_worker(self, threaded: Scheduler) -> None:
        class Unprintable(Doer):
            def __str__(self) -> str:
                if self.journal:  # pykka prints it while it starts
                    raise RuntimeError("no name")
                return "still fine"

        ref, other = threaded.spawn(Unprintable, []), threaded.spawn(Doer, [])
        ref.tell(throw(ValueError))
        assert ref.actor_stopped.wait(5)

        for _ in range(20):
            assert other.ask(lambda _: "alive", timeout=5) == "alive"
        with pytest.raises(pykka.ActorDeadError):
            ref.ask(lambda _: None, timeout=5)
        other.stop()
