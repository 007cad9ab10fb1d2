import numpy as np
import pytest

from deepnet.terminal.top.columns import Columns, order_of


@pytest.fixture
def columns() -> Columns:
    return Columns.of(
        {
            "dense_10.bias": np.array([5.0, 4.0]),
            "dense_2.bias": np.array([1.0, np.nan, 3.0]),
            "dense_2.delta": np.array([-9.0, 1.0, 2.0]),
            "dense_10.delta": np.array([0.5, np.nan]),
        },
        step=7,
    )


def sorted_addresses(columns: Columns, by: str, *, descending: bool = False) -> list[str]:
    places = order_of(columns, np.arange(len(columns)), by, descending=descending)
    return [columns.address(int(place)) for place in places]


def test_layers_stand_in_the_order_of_their_numbers(columns: Columns) -> None:
    assert columns.layers == (("dense_2", 3), ("dense_10", 2))
    assert [columns.address(place) for place in range(5)] == [
        "dense_2/0",
        "dense_2/1",
        "dense_2/2",
        "dense_10/0",
        "dense_10/1",
    ]


def test_every_address_is_found_where_it_is(columns: Columns) -> None:
    assert [columns.place(columns.address(place)) for place in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("address", ["dense_2/3", "dense_3/0", "dense_2/x", "dense_2", ""])
def test_an_address_that_is_not_there_has_no_place(columns: Columns, address: str) -> None:
    assert columns.place(address) is None


def test_a_field_that_a_layer_lacks_is_no_number_there() -> None:
    columns = Columns.of({"dense_0.bias": np.ones(2), "dense_1.output": np.ones(1), "dense_1.bias": np.ones(1)})
    assert np.isnan(columns.fields["output"]).tolist() == [True, True, False]


def test_sorting_puts_what_is_no_number_last_either_way(columns: Columns) -> None:
    assert sorted_addresses(columns, "bias")[-1] == "dense_2/1"
    assert sorted_addresses(columns, "bias", descending=True) == [
        "dense_10/0",
        "dense_10/1",
        "dense_2/2",
        "dense_2/0",
        "dense_2/1",
    ]


def test_deltas_are_sorted_by_their_size(columns: Columns) -> None:
    assert sorted_addresses(columns, "delta", descending=True)[0] == "dense_2/0"


def test_equal_ones_stay_in_the_order_of_addresses() -> None:
    columns = Columns.of({"dense_0.restarts": np.array([1, 0, 1, 0])})
    assert sorted_addresses(columns, "restarts", descending=True) == [
        "dense_0/0",
        "dense_0/2",
        "dense_0/1",
        "dense_0/3",
    ]


def test_newer_columns_take_the_place_of_those_of_their_name(columns: Columns) -> None:
    newer = Columns.of({"dense_2.delta": np.zeros(3), "dense_10.delta": np.zeros(2)}, step=8)
    joined = columns.joined(newer)
    assert set(joined.fields) == {"bias", "delta"}
    assert joined.fields["delta"].tolist() == [0.0] * 5
    assert joined.step == 8


def test_a_network_that_has_grown_has_other_columns(columns: Columns) -> None:
    assert columns.joined(Columns.of({"dense_2.delta": np.zeros(4)})).layers == (("dense_2", 4),)


def test_no_neurons_are_no_error() -> None:
    assert len(Columns()) == 0
    assert sorted_addresses(Columns(), "bias") == []
