from collections.abc import Iterator

import pytest

from deepnet import Chain, Dense, Network, start
from deepnet.service.web.columns import Table, fields_of


@pytest.fixture
def network() -> Iterator[Network]:
    with start(Chain(Dense(2, 3, "tanh"), Dense(3, 2)), seed=1, name="small") as network:
        yield network


def test_fields_are_named_once_each_and_are_all_if_none_is_named() -> None:
    assert fields_of("bias, norm,bias") == ("bias", "norm")
    assert "restarts" in fields_of(None)


def test_a_table_has_all_neurons_or_those_of_a_layer(network: Network) -> None:
    assert len(Table(network, None)) == 5
    rows = Table(network, "dense_1").rows("address", descending=False, first=0, limit=10)
    assert [row["address"] for row in rows] == ["dense_1/0", "dense_1/1"]


def test_rows_that_are_equal_are_in_order_of_address_whichever_way(network: Network) -> None:
    network.set("dense_0/1", bias=5.0)
    table = Table(network, None)

    for descending, order in ((True, ["dense_0/1", "dense_0/0"]), (False, ["dense_0/0", "dense_0/2"])):
        rows = table.rows("bias", descending=descending, first=0, limit=2)
        assert [row["address"] for row in rows] == order


def test_a_neuron_shows_the_activation_that_it_has_of_its_own(network: Network) -> None:
    network.set("dense_0/1", activation="relu")

    rows = Table(network, "dense_0").rows("activation", descending=True, first=0, limit=2)

    assert [row["activation"] for row in rows] == ["tanh", "tanh"]
