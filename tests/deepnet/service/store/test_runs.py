import math

import pytest

from deepnet.errors import InputError, NameTakenError, NotFoundError
from deepnet.service.store.rows import RunRow
from deepnet.service.store.store import Store


@pytest.fixture
def five(store: Store) -> Store:
    """Begun in this order: xor-1, and-1, xor-2, xor-3, and-2."""
    for network in ("xor", "and", "xor", "xor", "and"):
        store.runs.add(RunRow(store.runs.new_id(network), network, created=1.0))
    return store


def _ids(rows: list[RunRow]) -> list[str]:
    return [row.id for row in rows]


def test_a_run_is_as_it_was_written(store: Store) -> None:
    row = RunRow("xor-1", "xor", 1.0, 2.5, "failed", "why", 7, "autompg", {"until": {"epochs": 3}}, 3, 12, 0.1 + 0.2)

    store.runs.add(row)

    assert store.runs.get("xor-1") == row
    assert store.runs.get("xor-2") is None
    with pytest.raises(NameTakenError, match="there is a run 'xor-1' already"):
        store.runs.add(row)


@pytest.mark.parametrize("loss", [None, 0.0, 5e-324, math.inf, -math.inf, math.nan])
def test_every_loss_comes_back_and_none_is_none(store: Store, loss: float | None) -> None:
    store.runs.add(RunRow("xor-1", "xor", 1.0, loss=loss))
    store.runs.add(RunRow("xor-2", "xor", 1.0))
    store.runs.update("xor-2", loss=loss)

    for row in store.runs.page():
        assert repr(row.loss) == repr(loss)


def test_pages_begin_with_the_newest_and_join_without_gap(five: Store) -> None:
    pages, after = [], None
    while page := five.runs.page(after=after, limit=2):
        pages.append(_ids(page))
        after = page[-1].id

    assert pages == [["and-2", "xor-3"], ["xor-2", "and-1"], ["xor-1"]]
    assert five.runs.count() == 5


def test_those_of_one_network_are_paged_alike(five: Store) -> None:
    assert _ids(five.runs.page("xor", limit=2)) == ["xor-3", "xor-2"]
    assert _ids(five.runs.page("xor", after="xor-2")) == ["xor-1"]
    assert five.runs.page("or") == []


def test_a_page_after_no_run_is_refused(five: Store) -> None:
    with pytest.raises(InputError, match="there is no run 'or-1' to go on after: begin with the first page"):
        five.runs.page(after="or-1")


def test_those_that_are_not_over_are_found_oldest_first(five: Store) -> None:
    five.runs.update("xor-1", state="finished", ended=2.0)
    five.runs.update("xor-2", state="paused")
    five.runs.update("and-2", state="stopped", ended=2.0)

    assert _ids(five.runs.unfinished()) == ["and-1", "xor-2", "xor-3"]


def test_what_is_not_there_cannot_be_changed(store: Store) -> None:
    with pytest.raises(NotFoundError, match="there is no run 'xor-1'"):
        store.runs.update("xor-1", step=3)


def test_a_number_is_given_once_whatever_becomes_of_it(store: Store) -> None:
    assert [store.runs.new_id(network) for network in ("xor", "xor", "and", "xor")] == [
        "xor-1",
        "xor-2",
        "and-1",
        "xor-3",
    ]
