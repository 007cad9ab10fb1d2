from collections.abc import Callable
from dataclasses import replace

import pytest

from deepnet.errors import NameTakenError, NotFoundError
from deepnet.service.store.rows import NetworkRow, RunRow
from deepnet.service.store.store import Store

Make = Callable[..., NetworkRow]


def test_a_network_is_as_it_was_written(store: Store, network_row: Make) -> None:
    model = {"layers": [{"neurons": 3, "rate": 1e-300}, None], "ünï": [True, 0.1 + 0.2]}
    row = network_row("xor", seed=2**62, model=model, about={"a": "b"}, at_rest=True, state="down", reason="why")

    store.networks.add(row)

    assert store.networks.get("xor") == row
    assert store.networks.get("and") is None


def test_a_name_is_given_once(store: Store, network_row: Make) -> None:
    store.networks.add(network_row("xor"))

    with pytest.raises(NameTakenError, match="there is a network 'xor' already: take another name"):
        store.networks.add(network_row("xor", seed=8))

    assert store.networks.page() == [network_row("xor")]


def test_pages_go_by_name_and_join_without_gap(store: Store, network_row: Make) -> None:
    for name in ("c", "a", "e", "b", "d"):
        store.networks.add(network_row(name))

    names, after = [], None
    while page := store.networks.page(after, limit=2):
        names.append([row.name for row in page])
        after = page[-1].name

    assert names == [["a", "b"], ["c", "d"], ["e"]]
    assert store.networks.count() == 5


def test_some_fields_of_one_are_changed(store: Store, network_row: Make) -> None:
    store.networks.add(network_row("and"))
    store.networks.add(network_row("xor"))

    store.networks.update("xor", at_rest=True, current_run="xor-1", about={"x": 1})

    changed = replace(network_row("xor"), at_rest=True, current_run="xor-1", about={"x": 1})
    assert store.networks.page() == [network_row("and"), changed]


def test_what_is_not_there_cannot_be_changed(store: Store, network_row: Make) -> None:
    with pytest.raises(NotFoundError, match="there is no network 'xor'"):
        store.networks.update("xor", state="up")
    store.networks.add(network_row("xor"))
    with pytest.raises(TypeError, match=r"NetworkRow has the fields name, .*, not colour"):
        store.networks.update("xor", colour="red")
    with pytest.raises(TypeError, match="not none"):
        store.networks.update("xor")


def test_one_goes_with_its_runs_and_no_other(store: Store, network_row: Make) -> None:
    for name in ("and", "xor"):
        store.networks.add(network_row(name))
        store.runs.add(RunRow(store.runs.new_id(name), name, created=1.0))

    store.networks.remove("xor")
    store.networks.remove("xor")

    assert store.networks.page() == [network_row("and")]
    assert [row.id for row in store.runs.page()] == ["and-1"]
    assert store.runs.new_id("xor") == "xor-2"  # what is told of xor-1 is told of no other run
