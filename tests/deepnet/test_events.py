import threading

import pytest

from deepnet import events
from deepnet.events import Watchers

STARTED = events.RunStarted("cars", 4, 2)
REPLAYED = events.StepReplayed("cars", 3, 2)


def test_everyone_who_asked_is_told_in_the_order_in_which_they_asked() -> None:
    watchers = Watchers()
    told: list[tuple[str, events.Event]] = []
    watchers.add(lambda event: told.append(("first", event)))
    watchers.add(lambda event: told.append(("second", event)))

    watchers.tell(STARTED)

    assert told == [("first", STARTED), ("second", STARTED)]


def test_whoever_leaves_is_told_no_more_and_may_leave_twice() -> None:
    watchers = Watchers()
    told: list[events.Event] = []
    leave = watchers.add(told.append)
    assert watchers
    watchers.tell(STARTED)
    leave()
    leave()
    watchers.tell(REPLAYED)

    assert told == [STARTED]
    assert not watchers


def test_who_asks_twice_is_told_twice_and_can_take_back_one_of_the_two() -> None:
    watchers = Watchers()
    told: list[events.Event] = []
    watcher = told.append
    watchers.add(watcher)
    leave = watchers.add(watcher)
    watchers.tell(STARTED)
    leave()
    watchers.tell(REPLAYED)

    assert told == [STARTED, STARTED, REPLAYED]


def test_whoever_raises_is_not_told_again_and_the_others_are() -> None:
    watchers = Watchers()
    told: list[events.Event] = []
    error = ZeroDivisionError("no")

    def fail(_event: events.Event) -> None:
        raise error

    watchers.add(fail)
    watchers.add(told.append)
    watchers.tell(STARTED)
    watchers.tell(REPLAYED)

    assert told == [STARTED, REPLAYED]
    assert watchers.dropped == [(fail, error)]


def test_what_is_no_error_gets_out() -> None:
    watchers = Watchers()

    def interrupt(_event: events.Event) -> None:
        raise KeyboardInterrupt

    watchers.add(interrupt)
    with pytest.raises(KeyboardInterrupt):
        watchers.tell(STARTED)
    assert watchers.dropped == []


def test_many_may_come_and_go_while_others_are_told() -> None:
    watchers = Watchers()
    told: list[events.Event] = []
    watchers.add(told.append)

    def come_and_go() -> None:
        for _ in range(200):
            watchers.add(lambda _event: None)()

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        watchers.tell(STARTED)
    for thread in threads:
        thread.join()

    assert len(told) == 200
    assert len(watchers._entries) == 1
