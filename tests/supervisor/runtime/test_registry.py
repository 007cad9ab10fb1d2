"""Pykka's registry on another container: the same answers, at a price that does not grow."""

from typing import Any

import pykka
import pytest

from supervisor import ScheduledActor, Scheduler
from supervisor import exit as send_exit
from supervisor.runtime.registry import RefList, speed_up_registry


class One(ScheduledActor):
    pass


class Other(One):
    pass


class Counting:
    """Counts how often it is compared."""

    comparisons = 0

    def __eq__(self, other: object) -> bool:
        Counting.comparisons += 1
        return self is other

    def __hash__(self) -> int:
        return id(self)


def refs(number: int) -> list[Any]:
    return [Counting() for _ in range(number)]


def test_it_is_what_pykka_uses_of_a_list() -> None:
    some = refs(4)
    mine, usual = RefList(some[:2]), list(some[:2])
    for container in (mine, usual):
        container.append(some[2])
        container.remove(some[0])

    assert list(mine) == usual
    assert mine[:] == usual[:]
    assert isinstance(mine[:], list)
    assert mine[::-1] == usual[::-1]
    assert len(mine) == len(usual)
    assert (some[1] in mine, some[3] in mine) == (True, False)


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(ValueError, match="not registered"):
        RefList().remove(refs(1)[0])


def test_removing_costs_the_same_however_many_there_are() -> None:
    many = refs(2000)
    container = RefList(many)
    Counting.comparisons = 0
    for ref in reversed(many):
        assert ref in container
        container.remove(ref)

    assert Counting.comparisons == 0  # a scan would have made two million
    assert len(container) == 0


def test_pykka_s_registry_has_it_and_keeps_it() -> None:
    before: Any = pykka.ActorRegistry._actor_refs
    assert isinstance(before, RefList)
    speed_up_registry()

    assert pykka.ActorRegistry._actor_refs is before


def test_those_that_were_registered_before_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = pykka.ThreadingActor.start()
    monkeypatch.setattr(pykka.ActorRegistry, "_actor_refs", [stranger])
    speed_up_registry()
    assert pykka.ActorRegistry.get_all() == [stranger]
    stranger.stop()

    assert pykka.ActorRegistry.get_all() == []
    monkeypatch.undo()
    pykka.ActorRegistry.unregister(stranger)


def test_the_answers_are_pykka_s(by_hand: Scheduler) -> None:
    one, other, second = by_hand.spawn(One), by_hand.spawn(Other), by_hand.spawn(One)
    registry = pykka.ActorRegistry

    assert registry.get_all() == [one, other, second]
    assert registry.get_by_class(One) == [one, other, second]
    assert registry.get_by_class(Other) == [other]
    assert registry.get_by_class_name("One") == [one, second]
    assert registry.get_by_urn(other.actor_urn) is other
    registry.broadcast("hello", target_class=Other)
    assert len(other.actor_inbox) == 1  # type: ignore[arg-type]
    for ref in (one, other, second):
        send_exit(ref, "kill")
    by_hand.run_until_idle()

    assert registry.get_all() == []
    assert registry.get_by_urn(other.actor_urn) is None
    registry.unregister(one)  # twice is no error


def test_all_can_be_stopped_the_newest_first(threaded: Scheduler) -> None:
    ended = list[int]()

    class Numbered(ScheduledActor):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def on_stop(self) -> None:
            ended.append(self.number)

    for number in range(20):
        threaded.spawn(Numbered, number)

    assert pykka.ActorRegistry.stop_all() == [True] * 20
    assert ended == list(range(19, -1, -1))
