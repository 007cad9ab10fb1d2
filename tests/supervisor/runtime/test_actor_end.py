"""An actor without a thread: all the ways in which it may end, and answers that come late."""

import threading
from contextlib import suppress
from typing import Any

import pykka
import pytest

from supervisor import Crash, Scheduler, Shutdown
from supervisor import exit as send_exit
from supervisor.runtime.actor import DEFERRED
from tests.supervisor.runtime.doer import Doer, Down, end_all, throw


class TestExit:
    @pytest.mark.parametrize("reason", ["normal", "shutdown", Shutdown("enough"), Crash(ValueError("theirs"))])
    def test_it_overtakes_the_mail_and_is_what_the_actor_ends_for(
        self, by_hand: Scheduler, down: Down, reason: Any
    ) -> None:
        journal = list[Any]()
        ref = by_hand.spawn(Doer, journal)
        by_hand.run_until_idle()
        news = down(ref)
        ref.tell(lambda _: journal.append("message"))
        answer = ref.ask(lambda _: "answer", block=False)
        send_exit(ref, reason)
        by_hand.run_until_idle()

        assert journal == ["on_start", "on_stop", "on_gone"]
        assert news[-1] == ("Down", reason)
        with pytest.raises(pykka.ActorDeadError):
            answer.get(timeout=0)

    def test_a_kill_asks_nobody(self, by_hand: Scheduler, down: Down) -> None:  # OTP 55
        class Stubborn(Doer):
            def on_exit(self, reason: Any) -> None:
                self.journal.append(reason)

        journal = list[Any]()
        ref = by_hand.spawn(Stubborn, journal)
        by_hand.run_until_idle()
        send_exit(ref, "shutdown")
        by_hand.run_until_idle()
        assert ref.is_alive()
        news = down(ref)
        send_exit(ref, "kill")
        by_hand.run_until_idle()

        assert journal == ["on_start", "shutdown", "on_gone"]
        assert news[-1] == ("Down", "killed")

    def test_a_kill_takes_effect_after_the_handler_under_way(self, by_hand: Scheduler) -> None:
        journal = list[Any]()
        ref = by_hand.spawn(Doer, journal)

        def suicide(actor: Doer) -> None:
            send_exit(actor.actor_ref, "kill")
            journal.append("handled")

        ref.tell(suicide)
        ref.tell(lambda _: journal.append("never"))
        by_hand.run_until_idle()

        assert journal == ["on_start", "handled", "on_gone"]

    def test_an_on_exit_that_raises_is_a_crash(self, by_hand: Scheduler, down: Down) -> None:
        class Clumsy(Doer):
            def on_exit(self, reason: Any) -> None:
                raise ValueError(reason)

        journal = list[Any]()
        ref = by_hand.spawn(Clumsy, journal)
        news = down(ref)
        send_exit(ref, "shutdown")
        by_hand.run_until_idle()

        assert str(news[-1][1]) == "ValueError: shutdown"
        assert journal == ["on_start", "on_failure", "on_gone"]


class TestDeath:
    @pytest.mark.parametrize(
        ("way", "reason"),
        [
            ("stop", "normal"),
            ("crash", "Crash"),
            ("crash beyond", "Crash"),
            ("ask beyond", "Crash"),
            ("exit", "shutdown"),
            ("kill", "killed"),
            ("all at once", "killed"),
        ],
    )
    def test_every_way_gives_exactly_one_notice(
        self, by_hand: Scheduler, down: Down, way: str, reason: str
    ) -> None:  # OTP 66
        journal = list[Any]()
        ref = by_hand.spawn(Doer, journal)
        by_hand.run_until_idle()
        news = down(ref)
        if way in {"stop", "all at once"}:
            ref.stop(block=False)
            ref.stop(block=False)
        if way in {"crash", "all at once"}:
            ref.tell(throw(ValueError))
            ref.tell(throw(ValueError))
        if way == "crash beyond":
            ref.tell(throw(KeyboardInterrupt))
        if way == "ask beyond":
            ref.ask(throw(SystemExit), block=False)
        if way == "exit":
            send_exit(ref, "shutdown")
            send_exit(ref, "shutdown")
        if way in {"kill", "all at once"}:
            send_exit(ref, "kill")
        by_hand.run_until_idle()

        assert [what for what, _ in news] == ["Up", "Down"]
        end = news[1][1]
        assert (type(end).__name__ if isinstance(end, Crash) else end) == reason
        assert journal.count("on_gone") == 1
        assert pykka.ActorRegistry.get_all() == []

    def test_mail_that_is_left_is_answered(self, by_hand: Scheduler) -> None:
        ref = by_hand.spawn(Doer, [])
        stopping = ref.stop(block=False)
        asked, again = ref.ask(lambda _: 1, block=False), ref.stop(block=False)
        by_hand.run_until_idle()

        assert stopping.get(timeout=0) is True
        assert again.get(timeout=0) is True
        with pytest.raises(pykka.ActorDeadError, match="stopped before handling"):
            asked.get(timeout=0)

    def test_a_message_put_after_the_last_look_is_answered_too(self, by_hand: Scheduler) -> None:
        ref: Any = by_hand.spawn(Doer, [])
        send_exit(ref, "kill")
        by_hand.run_until_idle()
        ref.actor_stopped.raised = False  # as it was when the asker looked
        answer = ref.ask(lambda _: 1, block=False)
        ref.tell("into the void")
        by_hand.run_until_idle()
        ref.actor_stopped.raised = True

        with pytest.raises(pykka.ActorDeadError):
            answer.get(timeout=0)

    def test_asking_a_dying_actor_never_hangs(self, threaded: Scheduler) -> None:
        for _ in range(40):
            ref = threaded.spawn(Doer, [])
            answers = list[Any]()

            def ask(ref: Any = ref, answers: list[Any] = answers) -> None:
                answers.extend(ref.ask(lambda _: "alive", block=False) for _ in range(50))

            askers = [threading.Thread(target=ask) for _ in range(3)]
            for asker in askers:
                asker.start()
            send_exit(ref, "kill")
            for asker in askers:
                asker.join()

            assert len(answers) == 150
            for answer in answers:
                with suppress(pykka.ActorDeadError):
                    assert answer.get(timeout=5) == "alive"


class TestLateAnswers:
    @pytest.fixture
    def taken(self, by_hand: Scheduler) -> Any:
        """An actor that has taken over the answer to a question, and both ends of it."""
        kept = list[Any]()

        def take(actor: Doer) -> Any:
            kept.append((actor, actor.reply_later()))
            return DEFERRED

        ref = by_hand.spawn(Doer, [])
        answer = ref.ask(take, block=False)
        by_hand.run_until_idle()
        yield ref, answer, *kept[0]
        end_all(by_hand)

    def test_an_answer_may_come_later(self, taken: Any) -> None:
        _, answer, actor, future = taken
        with pytest.raises(pykka.Timeout):
            answer.get(timeout=0)
        actor.settle(future, 7)

        assert answer.get(timeout=0) == 7

    def test_it_may_be_an_exception(self, taken: Any) -> None:
        _, answer, actor, future = taken
        actor.settle(future, ValueError("boom"))

        with pytest.raises(ValueError, match="boom"):
            answer.get(timeout=0)

    @pytest.mark.parametrize("reason", ["kill", "shutdown"])
    def test_should_the_actor_die_first_the_asker_hears_of_it(
        self, by_hand: Scheduler, taken: Any, reason: str
    ) -> None:
        ref, answer, actor, future = taken
        send_exit(ref, reason)
        by_hand.run_until_idle()

        with pytest.raises(pykka.ActorDeadError, match="stopped before answering"):
            answer.get(timeout=0)
        actor.settle(future, "too late")  # hurts nobody

    def test_who_only_told_waits_for_no_answer(self, by_hand: Scheduler) -> None:
        seen = list[Any]()
        ref = by_hand.spawn(Doer, [])
        ref.tell(lambda actor: seen.append(actor.reply_later()))
        by_hand.run_until_idle()

        assert seen == [None]
        end_all(by_hand)

    def test_a_handler_that_takes_over_the_answer_and_then_raises_has_answered(
        self, by_hand: Scheduler, down: Down
    ) -> None:
        def take_and_raise(actor: Doer) -> Any:
            actor.reply_later()
            raise ValueError("boom")

        ref = by_hand.spawn(Doer, [])
        answer = ref.ask(take_and_raise, block=False)
        news = down(ref)
        by_hand.run_until_idle()
        with pytest.raises(ValueError, match="boom"):
            answer.get(timeout=0)
        ref.stop(block=False)
        by_hand.run_until_idle()

        assert news == [("Up", None), ("Down", "normal")]

    def test_a_handler_that_takes_over_the_answer_and_then_gives_it_has_answered(
        self, by_hand: Scheduler, down: Down
    ) -> None:
        def take_and_answer(actor: Doer) -> Any:
            actor.reply_later()
            return 7

        ref = by_hand.spawn(Doer, [])
        answer = ref.ask(take_and_answer, block=False)
        news = down(ref)
        by_hand.run_until_idle()
        ref.stop(block=False)
        by_hand.run_until_idle()

        assert answer.get(timeout=0) == 7
        assert news == [("Up", None), ("Down", "normal")]

    def test_an_asker_that_answers_itself_hurts_nobody(self, by_hand: Scheduler) -> None:
        ref = by_hand.spawn(Doer, [])
        answer = ref.ask(lambda _: "theirs", block=False)
        answer.set("mine")
        by_hand.run_until_idle()

        assert answer.get(timeout=0) == "mine"
        assert ref.is_alive()
        end_all(by_hand)
