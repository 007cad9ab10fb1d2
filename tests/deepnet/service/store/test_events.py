from typing import Any

import pytest

from deepnet.service.store.rows import EventRow, InterventionRow, NewEvent
from deepnet.service.store.store import Store


def _died(network: str, neuron: int, run: str | None = None) -> NewEvent:
    return NewEvent(2.0, "neuron_died", network, run, f"dense_0/{neuron}", neuron, None, {"reason": "crash"})


@pytest.fixture
def twelve(store: Store) -> Store:
    """Of the numbers 1 to 12 those that 3 divides are of ``and``; even ones died, odd ones were restarted."""
    rows = []
    for number in range(1, 13):
        network = "xor" if number % 3 else "and"
        kind = "neuron_restarted" if number % 2 else "neuron_died"
        rows.append(NewEvent(float(number), kind, network, f"{network}-1", f"dense_0/{number % 4}"))
    store.events.append(rows)
    return store


def _ids(rows: list[EventRow]) -> list[int]:
    return [row.id for row in rows]


def test_events_get_the_next_numbers_and_are_as_they_were_written(store: Store) -> None:
    assert store.events.last_id() == 0
    assert store.events.append([_died("xor", 1), _died("xor", 2, "xor-1")]) == [1, 2]
    assert store.events.append([]) == []
    assert store.events.append([NewEvent(3.0, "service_started", who="service")]) == [3]

    assert store.events.last_id() == 3
    assert store.events.page() == [
        EventRow(1, 2.0, "neuron_died", "xor", None, "dense_0/1", 1, None, {"reason": "crash"}),
        EventRow(2, 2.0, "neuron_died", "xor", "xor-1", "dense_0/2", 2, None, {"reason": "crash"}),
        EventRow(3, 3.0, "service_started", None, None, None, None, "service", {}),
    ]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, list(range(1, 13))),
        ({"after": 9}, [10, 11, 12]),
        ({"before": 4}, [1, 2, 3]),
        ({"after": 3, "before": 9, "limit": 3}, [4, 5, 6]),
        ({"after": 3, "before": 9, "limit": 3, "newest_first": True}, [8, 7, 6]),
        ({"network": "and"}, [3, 6, 9, 12]),
        ({"run": "xor-1", "limit": 3}, [1, 2, 4]),
        ({"kinds": ("neuron_died",), "network": "and"}, [6, 12]),
        ({"kinds": ("neuron_died", "neuron_restarted"), "after": 10}, [11, 12]),
        ({"kinds": ("run_ended",)}, []),
        ({"address": "dense_0/2"}, [2, 6, 10]),
        ({"address": "dense_0/2", "network": "xor", "newest_first": True}, [10, 2]),
        ({"network": "' OR 1 = 1 --"}, []),
    ],
)
def test_a_page_holds_what_was_asked_for(twelve: Store, asked: dict[str, Any], ids: list[int]) -> None:
    assert _ids(twelve.events.page(**asked)) == ids


def test_a_change_is_kept_among_the_interventions_too(store: Store) -> None:
    data = {"kind": "set", "old": {"bias": 0.5}, "new": {"bias": float("nan")}}
    change = NewEvent(4.0, "intervened", "xor", "xor-1", "dense_0/1", 9, "admin@socket", data)

    store.events.append([_died("xor", 1), change])

    new = {"bias": "nan"}
    assert store.events.page(after=1)[0].data == data | {"new": new}
    assert store.interventions.page() == [
        InterventionRow(2, 4.0, "xor", "xor-1", "admin@socket", "set", "dense_0/1", 9, {"bias": 0.5}, new)
    ]


def test_trimming_leaves_the_newest_and_every_intervention(store: Store) -> None:
    change = NewEvent(4.0, "intervened", "xor", None, "dense_0/1", 9, "me", {"kind": "kill", "old": "a", "new": "b"})
    store.events.append([change, *(_died("xor", neuron) for neuron in range(9))])

    assert store.events.trim(3) == 7
    assert store.events.trim(3) == 0

    assert _ids(store.events.page()) == [8, 9, 10]
    assert [row.id for row in store.interventions.page()] == [1]


def test_a_number_is_given_once_also_after_all_were_trimmed(store: Store) -> None:
    store.events.append([_died("xor", 1), _died("xor", 2)])

    assert store.events.trim(0) == 2
    assert store.events.page() == []
    assert store.events.last_id() == 2
    assert store.events.append([_died("xor", 3)]) == [3]


def test_of_rows_of_which_one_cannot_be_written_none_is_and_no_number_is_lost(store: Store) -> None:
    broken = NewEvent(2.0, "neuron_died", step="ten")  # type: ignore[arg-type]  # that is what is wrong with it

    with pytest.raises(Exception, match="cannot store TEXT value in INTEGER column"):
        store.events.append([_died("xor", 1), broken])

    assert store.events.append([_died("xor", 1)]) == [1]


def test_what_is_often_asked_for_is_found_without_reading_everything(twelve: Store) -> None:
    with twelve._database.read() as connection:
        for condition in ("network = 'a'", "run = 'a'", "address = 'a' AND network = 'b'", "id > 5"):
            plan = connection.execute(
                f"EXPLAIN QUERY PLAN SELECT * FROM events WHERE id > 0 AND {condition} ORDER BY id LIMIT 5"  # noqa: S608 - ours
            ).fetchall()
            assert len(plan) == 1, plan  # so it is sorted by the index
            assert plan[0][3].startswith("SEARCH events USING"), plan
