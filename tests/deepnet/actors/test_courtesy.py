"""When learning gives way to others."""

import time

import pytest

from deepnet.actors.courtesy import EVERYBODY_SECONDS, GUEST_SECONDS, Courtesy


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept, on a clock that a test sets."""
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    return naps


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_without_a_guest_it_gives_way_now_and_then(slept: list[float], clock: list[float]) -> None:
    courtesy = Courtesy()
    for _ in range(100):
        clock[0] += EVERYBODY_SECONDS / 10
        courtesy.give_way()
    assert 9 <= len(slept) <= 11
    assert set(slept) == {0}


def test_a_guest_gets_his_turn_sooner_and_for_a_moment(slept: list[float], clock: list[float]) -> None:
    courtesy = Courtesy()
    with courtesy:
        for _ in range(100):
            clock[0] += GUEST_SECONDS / 10
            courtesy.give_way()
    assert 9 <= len(slept) <= 11
    assert all(0 < nap < 0.001 for nap in slept), "a nap, and learning goes on"


def test_it_is_over_when_the_last_guest_has_gone(slept: list[float], clock: list[float]) -> None:
    courtesy = Courtesy()
    with courtesy, pytest.raises(ZeroDivisionError), courtesy:
        raise ZeroDivisionError
    courtesy.give_way()
    slept.clear()
    clock[0] += 2 * GUEST_SECONDS
    courtesy.give_way()
    assert slept == []


def test_somebody_may_be_in_a_hurry(slept: list[float], clock: list[float]) -> None:
    courtesy = Courtesy()
    courtesy.give_way()
    slept.clear()
    courtesy.give_way(at_once=True)
    assert slept == [0]
