"""A turn is ended from outside, or it ends by itself: never both, whatever comes first."""

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pykka
import pytest

from supervisor import Scheduler
from supervisor.runtime.fence import Fence, fence_off
from supervisor.runtime.mailbox import Mailbox, Token


@pytest.fixture
def mailbox(by_hand: Scheduler, callers: Callable[[int], list[Any]]) -> Iterator[Mailbox]:
    """Of an actor whose turn it is."""
    (ref,) = callers(1)
    by_hand.run_until_idle()
    found: Mailbox = ref.actor_inbox
    found.token.pop()
    yield found
    found.stopped.set()
    pykka.ActorRegistry.unregister(ref)


def taken(token: Token) -> bool:
    """Whether the token could be taken out."""
    try:
        token.pop()
    except IndexError:
        return False
    return True


def worker(mailbox: Mailbox | None) -> Any:
    return SimpleNamespace(slot=SimpleNamespace(mailbox=mailbox), going=True, lost=False)


class TestDecision:
    def test_a_turn_under_way_is_ended(self, mailbox: Mailbox) -> None:
        at_it, actor = worker(mailbox), mailbox.actor
        assert actor is not None

        assert fence_off(mailbox, at_it) is actor
        assert (actor.abandoned, mailbox.stopped.is_set(), at_it.lost, at_it.going) == (True, True, True, False)
        mailbox.token.append(None)  # the worker comes back
        assert not taken(mailbox.token), "it could have another turn"
        actor.leave("given up")

    def test_a_turn_that_the_worker_says_is_over_is_left_alone(self, mailbox: Mailbox) -> None:
        away, token = worker(None), mailbox.token

        assert fence_off(mailbox, away) is None
        assert (away.lost, away.going, mailbox.drained, mailbox.token) == (False, True, False, token)
        mailbox.token.append(None)
        assert taken(mailbox.token)
        mailbox.token.append(None)

    def test_an_actor_that_is_dying_is_left_to_die(self, mailbox: Mailbox) -> None:
        at_it, actor = worker(mailbox), mailbox.actor
        assert mailbox.claim_end()

        assert fence_off(mailbox, at_it) is None
        assert actor is not None
        assert (actor.abandoned, at_it.lost) == (False, False)
        mailbox.token.append(None)
        actor.leave("normal")

    def test_only_one_may_see_an_actor_out(self, mailbox: Mailbox) -> None:
        claims = list[bool]()
        threads = [threading.Thread(target=lambda: claims.append(mailbox.claim_end())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        actor = mailbox.actor
        mailbox.token.append(None)
        assert actor is not None
        actor.leave("normal")

        assert sorted(claims) == [False] * 7 + [True]


@pytest.mark.parametrize("stands", [False, True], ids=["withdrawn", "stands"])
class TestThoseWhoComeMeanwhile:
    def test_the_worker_waits_for_what_is_decided(self, stands: bool) -> None:
        token = list[None]()
        fence, waited = Fence(token), threading.Event()

        def come_back() -> None:
            fence.append(None)
            waited.set()

        with fence.deciding:
            thread = threading.Thread(target=come_back)
            thread.start()
            assert not waited.wait(0.02)
            assert not token
            fence.stands = stands
        thread.join()

        assert bool(token) is not stands

    def test_a_sender_does_too_and_then_it_is_an_ordinary_token_or_none(self, stands: bool) -> None:
        got = list[bool]()
        fence = Fence([None])
        with fence.deciding:
            thread = threading.Thread(target=lambda: got.append(taken(fence)))
            thread.start()
            thread.join(0.02)
            assert not got
            fence.stands = stands
        thread.join()

        assert got == [not stands]
        assert not taken(fence)
