import threading
from typing import Any

import numpy as np
import pytest

from deepnet import events
from deepnet.service.store.event_log import TRIM_EVERY, EventLog
from deepnet.service.store.rows import EventRow
from deepnet.service.store.store import Store
from deepnet.service.store.throttle import MOST_A_SECOND
from deepnet.service.store.who import current_who

DIED = events.NeuronDied("xor", "dense_0/1", 3, "crash")


def _written(store: Store, **asked: Any) -> list[EventRow]:
    return store.events.page(limit=1000, **asked)


def test_what_a_network_tells_is_written_with_its_place_and_time(log: EventLog, store: Store) -> None:
    log.hear("xor", events.EpochEnded("xor", 2, 8, float("nan"), {"r2": 0.5}, {}))
    log.hear("xor", DIED)
    assert store.events.page() == []

    assert log.write() == 2

    epoch = {"epoch": 2, "loss": "nan", "metrics": {"r2": 0.5}, "validation": {}}
    assert store.events.page() == [
        EventRow(1, 1000.0, "epoch_ended", "xor", None, None, 8, None, epoch),
        EventRow(2, 1000.0, "neuron_died", "xor", None, "dense_0/1", 3, None, {"reason": "crash"}),
    ]
    assert log.write() == 0


@pytest.mark.parametrize(
    "event",
    [
        events.RunStarted("xor", 4, None),
        events.KernelsCompiling("xor", "float32"),
        events.KernelsCompiled("xor", "float32", 1.5),
        events.EpochEnded("xor", 1, 4, 0.5, {}, {}),
        DIED,
        events.NeuronsDead("xor", 3, tuple(f"dense_0/{number}" for number in range(1000))),
        events.NeuronRestarted("xor", "dense_0/1", 1),
        events.StepReplayed("xor", 3, 2),
        events.Intervened("xor", 3, "inject", "dense_0/1", {"fault": None}, {"fault": "noise"}),
        events.HealthChanged("xor", 1, (("dense_0/1", "dead", "0 of 4 rows"),)),
        events.CheckpointSaved("xor", 3, "/home/ada/run"),
        events.CheckpointFailed("xor", 3, "no space"),
        events.RunEnded("xor", "finished", "", 9, 36),
    ],
)
def test_every_kind_of_event_can_be_written(log: EventLog, store: Store, event: events.Event) -> None:
    log.hear("xor", event)

    assert log.write() == 1

    (row,) = _written(store)
    assert row.kind.replace("_", "") == type(event).__name__.lower()
    assert row.network == "xor"
    assert "/home" not in str(row)
    assert len(str(row.data)) < 300


def test_every_kind_of_event_is_among_those(log: EventLog) -> None:
    (parametrized,) = (
        mark for mark in test_every_kind_of_event_can_be_written.pytestmark if mark.name == "parametrize"
    )

    assert {type(event) for event in parametrized.args[1]} == set(events.Event.__args__)


def test_a_change_has_somebody_who_made_it(log: EventLog, store: Store) -> None:
    weights = np.arange(1000.0)
    change = events.Intervened("xor", 3, "set", "dense_0", {"weights": weights}, {"weights": weights + 1})
    token = current_who.set("admin@socket")
    try:
        log.hear("xor", change)
        log.hear("xor", DIED)
        log.note("network_created", network="xor")
    finally:
        current_who.reset(token)
    log.hear("xor", change)
    log.note("child_restarted", who="somebody", child="store")
    log.write()

    assert [row.who for row in _written(store)] == ["admin@socket", None, "admin@socket", "service", "somebody"]
    first = store.interventions.page()[0]
    assert (first.who, first.kind, first.step) == ("admin@socket", "set", 3)
    assert first.new == {"weights": {"shape": [1000], "first": list(range(1, 11))}}


def test_what_happens_in_a_run_belongs_to_it(log: EventLog, store: Store) -> None:
    log.hear("xor", DIED)
    log.follow_run("xor", "xor-1")
    log.hear("xor", DIED)
    log.note("run_resumed", network="xor")
    log.note("run_resumed", network="xor", run="xor-0")
    log.hear("and", DIED)
    log.follow_run("xor", None)
    log.hear("xor", DIED)
    log.write()

    assert [row.run for row in _written(store)] == [None, "xor-1", "xor-1", "xor-0", None, None]


def test_a_note_may_say_anything_also_what_kind_it_is_about(log: EventLog, store: Store) -> None:
    log.note("fault_seen", kind="noise", self="me", data={1: np.float32(0.5)})
    log.write()

    assert _written(store)[0].data == {"kind": "noise", "self": "me", "data": {"1": 0.5}}


def test_a_storm_is_told_in_one_event_when_its_second_is_over(log: EventLog, store: Store, clock: Any) -> None:
    log.follow_run("xor", "xor-1")
    for _ in range(MOST_A_SECOND + 30):
        log.hear("xor", DIED)
    log.hear("and", DIED)
    assert log.write() == MOST_A_SECOND + 1
    assert log.waiting == 1

    clock.now += 1
    assert log.write() == 1

    (told,) = _written(store, kinds=("events_left_out",))
    assert (told.network, told.run, told.data) == ("xor", "xor-1", {"count": 30, "kinds": {"neuron_died": 30}})
    assert log.waiting == 0


def test_a_storm_is_told_before_the_end_of_the_run_and_at_the_last_write(log: EventLog, store: Store) -> None:
    for network in ("xor", "and"):
        for _ in range(MOST_A_SECOND + 1):
            log.hear(network, DIED)
    log.hear("xor", events.RunEnded("xor", "failed", "", 1, 1))
    log.write()
    log.write(last=True)

    rows = _written(store, kinds=("events_left_out", "run_ended"))
    assert [(row.kind, row.network) for row in rows] == [
        ("events_left_out", "xor"),
        ("run_ended", "xor"),
        ("events_left_out", "and"),
    ]
    assert log.waiting == 0


def test_nothing_is_remembered_of_a_network_whose_run_has_ended_or_that_is_followed_no_more(
    log: EventLog, store: Store
) -> None:
    for network in ("xor", "and"):
        log.follow_run(network, f"{network}-1")
        for _ in range(MOST_A_SECOND + 1):
            log.hear(network, DIED)
    log.hear("xor", events.RunEnded("xor", "finished", "", 1, 1))
    log.follow_run("and", None)
    log.write()

    assert log._throttles == {}
    told = _written(store, kinds=("events_left_out",))
    assert [(row.run, row.data["count"]) for row in told] == [("xor-1", 1), ("and-1", 1)]


def test_something_that_begins_to_wait_is_announced_once_until_it_is_written(log: EventLog) -> None:
    announced = []
    log.on_waiting = lambda: announced.append(log.waiting)

    for _ in range(3):
        log.hear("xor", DIED)
    log.write()
    log.note("a")

    assert announced == [1, 1]


def test_nothing_that_is_heard_raises(log: EventLog, store: Store) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    class Rude(dict[str, int]):
        def items(self) -> Any:
            raise ZeroDivisionError

    log.on_waiting = fail
    log.hear("xor", DIED)
    log.hear("xor", "no event")  # type: ignore[arg-type]  # that is what is wrong with it
    log.note("a", rude=Rude())

    assert log.write() == 2
    assert [row.kind for row in _written(store)] == ["neuron_died", "events_lost"]
    assert _written(store)[1].data == {"count": 2}
    assert log.waiting == 0


def test_those_who_want_to_know_are_woken_with_the_newest_number(log: EventLog) -> None:
    first: list[int] = []
    second: list[int] = []
    end = log.subscribe(first.append)
    log.subscribe(second.append)

    log.note("a")
    log.note("b")
    log.write()
    log.write()
    end()
    log.note("c")
    log.write()

    assert (first, second) == ([2], [2, 3])


def test_who_cannot_be_woken_keeps_nobody_from_it_and_is_not_woken_again(log: EventLog) -> None:
    calls: list[int] = []

    def fail(number: int) -> None:
        calls.append(number)
        raise RuntimeError

    log.subscribe(fail)
    woken: list[int] = []
    log.subscribe(woken.append)
    for _ in range(2):
        log.note("a")
        log.write()

    assert (calls, woken) == ([1], [1, 2])


def test_whoever_is_woken_may_ask_the_log_for_more(log: EventLog) -> None:
    written: list[int] = []

    def again(number: int) -> None:
        if number < 3:
            log.note("again")
            written.append(log.write())

    log.subscribe(again)
    log.note("a")
    log.write()

    assert written == [1, 1]


def test_many_threads_are_heard_while_it_is_written(log: EventLog, store: Store) -> None:
    def tell(network: str) -> None:
        for number in range(500):
            log.note("told", network=network, number=number)

    threads = [threading.Thread(target=tell, args=(f"network-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        log.write()
    log.write()

    assert store.events.last_id() == 3000
    for number in range(6):
        rows = store.events.page(network=f"network-{number}", limit=1000)
        assert [row.data["number"] for row in rows] == list(range(500))


def test_a_store_that_is_away_is_waited_for(log: EventLog, store: Store) -> None:
    log.note("a")
    store.close()
    assert log.write() == 0
    assert "is closed" in log.problem
    log.note("b")
    assert (log.write(), log.waiting) == (0, 2)

    store.reopen()

    assert (log.write(), log.waiting, log.problem) == (2, 0, "")
    assert [row.kind for row in _written(store)] == ["a", "b"]


def test_more_than_can_wait_is_counted_and_told(store: Store, clock: Any) -> None:
    log = EventLog(store, clock, most_waiting=5)
    store.close()
    for number in range(4):
        log.note("told", number=number)
    log.write()
    for number in range(4, 9):
        log.note("told", number=number)

    log.write()
    store.reopen()
    log.write()
    log.note("told", number=9)
    log.write()

    rows = _written(store)
    assert [row.data.get("number") for row in rows if row.kind == "told"] == [0, 1, 2, 3, 4, 9]
    assert [row.data for row in rows if row.kind == "events_lost"] == [{"count": 4}]


def test_old_events_make_room_for_new_ones_and_interventions_stay(store: Store, clock: Any) -> None:
    log = EventLog(store, clock, keep=10)
    log.hear("xor", events.Intervened("xor", 1, "kill", "dense_0/0", "alive", "killed"))
    for _ in range(TRIM_EVERY + 5):
        log.note("told")
    log.write()

    assert [row.id for row in _written(store)] == list(range(TRIM_EVERY - 3, TRIM_EVERY + 7))
    assert len(store.interventions.page()) == 1


def test_where_the_service_keeps_its_things_is_not_told(log: EventLog, store: Store) -> None:
    folder = store.path.parent
    log.hear("xor", events.CheckpointFailed("xor", 3, f"{folder}/runs/xor-1: no space left"))
    log.note("child_restarted", reason=f"'{folder}' is full")
    log.write()

    assert [row.data["reason"] for row in _written(store)] == [
        "runs/xor-1: no space left",
        "'the data directory' is full",
    ]


def test_interventions_are_trimmed_with_the_events(store: Store) -> None:
    log = EventLog(store, keep=10)
    for _ in range(TRIM_EVERY):
        log.note("intervened", kind="set", old=None, new=None)
    log.write()

    assert store.interventions.count() == 10
