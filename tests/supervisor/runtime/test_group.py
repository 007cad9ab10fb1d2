"""Many actors that are told the same."""

import threading
from typing import Any

import pykka
import pytest

from supervisor import Group, ScheduledActor, Scheduler
from supervisor import exit as send_exit


class Keeper(ScheduledActor):
    def __init__(self) -> None:
        super().__init__()
        self.kept = list[Any]()

    def on_receive(self, message: Any) -> Any:
        self.kept.append(message)
        return self.kept


class Unscheduled(pykka.ThreadingActor):
    pass


def test_each_gets_what_the_group_is_told_in_order(threaded: Scheduler) -> None:
    refs = [threaded.spawn(Keeper) for _ in range(20)]
    group = Group(refs)

    for number in range(500):
        assert group.tell(number) == len(group) == 20

    assert all(ref.ask("end") == [*range(500), "end"] for ref in refs)


def test_all_are_ready_in_the_order_of_the_group(by_hand: Scheduler) -> None:
    told = list[int]()

    class Teller(ScheduledActor):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def on_receive(self, _message: Any) -> None:
            told.append(self.number)

    refs = [by_hand.spawn(Teller, number) for number in range(5)]
    by_hand.run_until_idle()

    Group([refs[3], refs[0], refs[4]]).tell("now")
    by_hand.run_until_idle()

    assert told == [3, 0, 4]


def test_who_has_ended_is_passed_over_and_not_counted(by_hand: Scheduler) -> None:
    refs = [by_hand.spawn(Keeper) for _ in range(3)]
    group = Group(refs)
    send_exit(refs[1], "kill")
    by_hand.run_until_idle()

    assert group.tell("still there?") == 2


def test_several_may_tell_one_group_at_once(threaded: Scheduler) -> None:
    refs = [threaded.spawn(Keeper) for _ in range(4)]
    group = Group(refs)

    def tell_all(teller: int) -> None:
        for number in range(2000):
            group.tell((teller, number))

    tellers = [threading.Thread(target=tell_all, args=(teller,)) for teller in range(3)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()

    for ref in refs:
        kept: Any = ref.ask(("end", 0))
        assert len(kept) == 6001
        assert all([n for who, n in kept if who == teller] == list(range(2000)) for teller in range(3))


def test_only_scheduled_actors_can_be_told_together() -> None:
    stranger = Unscheduled.start()
    try:
        with pytest.raises(TypeError, match="a Group is of ScheduledActors"):
            Group([stranger])
    finally:
        stranger.stop()
