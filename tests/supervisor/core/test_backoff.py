"""How long to wait before a restart, and what becomes of a wait that is no longer wanted."""

import math
import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest

from supervisor.core import events
from supervisor.core.backoff import Backoff
from supervisor.core.spec import ChildSpec
from supervisor.errors import BadSpecError


class Fixed(random.Random):
    """Always the same chance."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def random(self) -> float:
        return self.value


STEADY = Backoff(1.0, 10.0, random_factor=0.0)


class TestDelay:
    @pytest.mark.parametrize(
        ("restarts", "chance", "factor", "seconds"),
        [
            (0, 0.0, 0.0, 3.0),
            (1, 0.0, 0.0, 6.0),
            (2, 0.0, 0.0, 12.0),
            (3, 0.0, 0.0, 24.0),
            (4, 0.0, 0.0, 30.0),  # the cap
            (0, 0.5, 0.2, 3.3),
            (4, 0.5, 0.2, 33.0),  # jitter comes after the cap, and may exceed it
            (1000, 0.0, 0.0, 30.0),
            (10**9, 0.0, 0.0, 30.0),  # where a float would overflow
        ],
    )
    def test_it_doubles_up_to_a_cap_with_jitter_on_top(
        self, restarts: int, chance: float, factor: float, seconds: float
    ) -> None:
        backoff = Backoff(3.0, 30.0, random_factor=factor, chance=Fixed(chance))

        assert backoff.delay(restarts) == pytest.approx(seconds)

    def test_overflow_falls_back_to_the_cap(self) -> None:
        assert Backoff(1e300, 1e301, random_factor=0.0).delay(1000) == 1e301

    def test_jitter_only_adds_and_can_be_repeated(self) -> None:
        delays = [Backoff(1.0, 1.0, chance=random.Random(7)).delay(0) for _ in range(2)]  # noqa: S311
        many = Backoff(1.0, 1.0)

        assert delays[0] == delays[1]
        assert all(1.0 <= many.delay(0) < 1.2 for _ in range(200))

    @pytest.mark.parametrize(("reset", "least"), [(None, 5.5), (2.0, 2.0), (0, 0.0)])
    def test_who_runs_long_enough_begins_anew(self, reset: float | None, least: float) -> None:
        backoff = Backoff(1.0, 10.0, reset_seconds=reset)

        assert backoff.forgives(least)
        assert not backoff.forgives(least - 0.001)

    @pytest.mark.parametrize(
        "numbers",
        [
            (0, 1),
            (-1, 1),
            (2, 1),
            (1, math.inf),
            (math.nan, 1),
            (1, math.nan),
            (1, 2, -0.1),
            (1, 2, math.nan),
            (1, 2, math.inf),
            (1, 2, 0, -1),
            (1, 2, 0, math.nan),
        ],
    )
    def test_a_number_out_of_its_range_is_refused(self, numbers: Any) -> None:
        with pytest.raises(BadSpecError, match=r"_seconds|random_factor"):
            Backoff(*numbers)

    def test_it_is_a_value(self) -> None:
        assert Backoff(1.0, 2.0) == Backoff(1.0, 2.0)
        assert pickle.loads(pickle.dumps(STEADY)) == STEADY


class TestInAFamily:
    def test_each_restart_of_a_child_waits_twice_as_long(self, world: Callable[..., Any]) -> None:
        family = world("a", "b", backoff=STEADY, max_restarts=100).begin()
        for _ in range(5):
            family.die("a")
            family.retry()
        family.die("b")

        assert family.delays == [1.0, 2.0, 4.0, 8.0, 10.0, 1.0]

    def test_a_failed_attempt_waits_as_well(self, world: Callable[..., Any]) -> None:
        family = world("a", backoff=STEADY, max_restarts=100).begin()
        family.starts["a"].extend(["boom", "boom"])
        family.die("a")
        family.retry(3)

        assert family.delays == [1.0, 2.0, 4.0]
        assert family.running == "a2"

    def test_who_ran_long_enough_begins_anew(self, world: Callable[..., Any]) -> None:
        family = world("a", backoff=STEADY, max_restarts=100).begin()
        for uptime in (0.0, 5.4, 5.5, 0.0):
            family.now += uptime
            family.die("a")
            family.retry()

        assert family.delays == [1.0, 2.0, 1.0, 2.0]

    def test_nothing_is_started_before_the_delay_is_over_and_requests_do_not_wait(
        self, world: Callable[..., Any]
    ) -> None:  # OTP 48
        family = world("a", "b", backoff=STEADY).begin()
        family.die("a")

        assert family.running == "b1"
        assert family.call(events.WhichChildren())[1].process == "restarting"
        assert family.call(events.CountChildren()).active == 1
        assert family.trace == []
        family.retry()
        assert family.running == "a2 b1"

    @pytest.mark.parametrize("strategy", ["one_for_one", "one_for_all", "rest_for_one"])
    def test_a_child_that_is_terminated_meanwhile_stays_down(
        self, world: Callable[..., Any], strategy: str
    ) -> None:  # OTP 49
        family = world("a", "b", backoff=STEADY, strategy=strategy).begin()
        family.die("a")
        assert family.call(events.TerminateChild("a")) is None
        family.retry()

        assert family.running == "b1"
        assert family.trace == []

    def test_a_child_that_was_restarted_by_hand_is_not_started_twice(self, world: Callable[..., Any]) -> None:
        family = world("a", backoff=STEADY).begin()
        family.die("a")
        family.call(events.TerminateChild("a"))
        family.call(events.RestartChild("a"))
        family.retry()

        assert family.running == "a2"

    def test_the_delay_of_a_deleted_child_does_not_cut_short_that_of_its_successor(
        self, world: Callable[..., Any]
    ) -> None:
        family = world("a", backoff=STEADY).begin()
        family.die("a")
        family.call(events.TerminateChild("a"))
        family.call(events.DeleteChild("a"))
        family.call(events.StartChild(ChildSpec("a", print)))
        family.die("a")
        family.retry()  # the former's
        assert family.running == ""
        family.retry()  # its own

        assert family.running == "a3"

    def test_an_earlier_crash_during_a_delay_takes_the_later_one_with_it(self, world: Callable[..., Any]) -> None:
        family = world("a", "b", "c", backoff=STEADY, strategy="rest_for_one").begin()
        family.die("b")
        family.die("a")
        family.retries.rotate(-1)
        family._tickets.rotate(-1)
        family.retry()  # a's
        assert family.running == "a2 b2 c2"
        family.retry()  # b's is void

        assert family.running == "a2 b2 c2"
        assert family.trace == ["ask c", "start a", "start b", "start c"]

    def test_a_stop_during_a_delay_is_instant_and_nothing_is_started_after_it(
        self, world: Callable[..., Any]
    ) -> None:  # OTP 50
        family = world("a", "b", backoff=STEADY).begin()
        family.die("a")
        family.stop()
        assert family.finished == "shutdown"
        family.retry()

        assert family.trace == ["ask b"]

    def test_the_limit_counts_restarts_when_they_are_done(self, world: Callable[..., Any]) -> None:
        family = world("a", backoff=STEADY, max_restarts=1).begin()
        family.die("a")
        family.retry()
        family.die("a")
        assert not family.finished
        family.retry()

        assert family.finished == "shutdown"


@pytest.mark.parametrize("wrong", [{"min_seconds": "1"}, {"max_seconds": None}, {"random_factor": "a"}])
def test_what_is_no_number_is_refused_by_name(wrong: dict[str, Any]) -> None:
    (name,) = wrong

    with pytest.raises(BadSpecError, match=name):
        Backoff(**{"min_seconds": 1, "max_seconds": 2, **wrong})
