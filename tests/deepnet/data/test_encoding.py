import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.encoding import Code, Encoder
from deepnet.data.table import Table
from deepnet.errors import DataError, InputError

HEADER = ("origin", "old", "weight", "cylinders")
CARS = Table(
    "cars.csv",
    HEADER,
    (
        ["usa", "japan", "usa", "europe", "japan", "europe"],
        ["TRUE", "FALSE"] * 3,
        ["1.5", "2", "3"] * 2,
        ["8", "4"] * 3,
    ),
    (2, 3, 4, 5, 6, 7),
)


def test_every_column_becomes_its_inputs_in_the_order_asked_for() -> None:
    encoder = Encoder.fit(CARS, ["weight", "origin", "old"])

    assert encoder.features == ("weight", "origin=europe", "origin=japan", "origin=usa", "old")
    assert encoder.columns == ("weight", "origin", "old")
    assert encoder.encode(CARS)[:2].tolist() == [[1.5, 0.0, 0.0, 1.0, 1.0], [2.0, 0.0, 1.0, 0.0, 0.0]]


def test_numbers_are_a_category_on_request() -> None:
    encoder = Encoder.fit(CARS, ["cylinders"], categorical=["cylinders"])

    assert encoder.features == ("cylinders=4", "cylinders=8")
    assert encoder.encode(CARS)[0].tolist() == [0.0, 1.0]


def test_one_hot_is_what_scikit_learn_makes_of_it() -> None:
    preprocessing = pytest.importorskip(
        "sklearn.preprocessing", reason="needs an oracle: run 'scripts/environment test oracle'"
    )
    cells = np.array([CARS.column("origin"), CARS.column("cylinders")]).T
    expected = preprocessing.OneHotEncoder(sparse_output=False).fit_transform(cells)

    encoder = Encoder.fit(CARS, ["origin", "cylinders"], categorical=["cylinders"])

    assert encoder.encode(CARS).tolist() == expected.tolist()


def test_a_gap_is_nan_in_every_input_of_its_column() -> None:
    holed = Table("t.csv", ("origin", "weight"), (["usa", "", "usa"], ["1", "2", "?"]), (2, 3, 4))

    inputs = Encoder.fit(holed, ["origin", "weight"]).encode(holed)

    assert np.isnan(inputs).tolist() == [[False, False], [True, False], [False, True]]


def test_another_table_is_encoded_the_same_way_whatever_it_holds() -> None:
    encoder = Encoder.fit(CARS, ["origin", "old", "weight"])
    other = Table("other.csv", ("old", "weight", "origin"), (["1"], ["TRUE"], ["japan"]), (2,))

    assert encoder.encode(other).tolist() == [[0.0, 1.0, 0.0, 1.0, 1.0]]


def test_a_category_of_numbers_is_known_however_they_are_written() -> None:
    encoder = Encoder.fit(CARS, ["cylinders"], categorical=["cylinders"])
    other = Table("other.parquet", ("cylinders",), ([8.0, 4],), (1, 2), "row")

    assert encoder.encode(other).tolist() == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("origin", "mars", "line 2, column 'origin': 'mars' is not a value that the model knows: use one of europe"),
        ("origin", "3", "'3' is not a value that the model knows"),
        ("old", "maybe", "line 2, column 'old': 'maybe' is not a number"),
        ("old", "7", "line 2, column 'old': '7' is neither TRUE nor FALSE"),
        ("weight", "heavy", "line 2, column 'weight': 'heavy' is not a number"),
        ("weight", "inf", "line 2, column 'weight': 'inf' is not finite"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(column: str, cell: str, message: str) -> None:
    encoder = Encoder.fit(CARS, [column])

    with pytest.raises(DataError) as caught:
        encoder.encode(Table("other.csv", (column,), ([cell],), (2,)))

    assert str(caught.value).startswith("other.csv, line 2")
    assert message in str(caught.value)


def test_a_column_without_any_value_is_refused() -> None:
    with pytest.raises(DataError, match=r"t\.csv, column 'a': holds no value in any row: leave it out with --ignore"):
        Encoder.fit(Table("t.csv", ("a",), (["", "NA"],), (2, 3)), ["a"])


def test_two_inputs_of_one_name_are_refused() -> None:
    table = Table("t.csv", ("a", "a=x"), (["x", "x", "y", "y"], ["1", "2", "3", "4"]), (2, 3, 4, 5))

    with pytest.raises(DataError, match="two inputs are named 'a=x': rename a column"):
        Encoder.fit(table, ["a", "a=x"])


TEXTS = st.text(max_size=4)
CODES = st.one_of(
    st.builds(Code, TEXTS, st.sampled_from(["number", "truth"])),
    st.builds(Code, TEXTS, st.just("category"), st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(tuple)),
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(CODES, min_size=1, max_size=4, unique_by=lambda code: code.column))
def test_an_encoder_makes_the_trip_through_json(codes: list[Code]) -> None:
    names = [feature for code in codes for feature in code.features]
    if len(set(names)) < len(names):
        return
    encoder = Encoder(tuple(codes))

    assert Encoder.from_dict(json.loads(json.dumps(encoder.to_dict()))) == encoder


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"columns": []},
        {"columns": ["a"]},
        {"columns": [{"name": "a", "kind": "number"}]},
        {"columns": [{"name": 1, "kind": "number", "values": []}]},
        {"columns": [{"name": "a", "kind": "colour", "values": []}]},
        {"columns": [{"name": "a", "kind": "number", "values": ["x"]}]},
        {"columns": [{"name": "a", "kind": "category", "values": []}]},
        {"columns": [{"name": "a", "kind": "category", "values": ["x", "x"]}]},
        {"columns": [{"name": "a", "kind": "category", "values": "xy"}]},
        {"columns": [{"name": "a", "kind": "category", "values": [1]}]},
        {"columns": [{"name": "a", "kind": ["number"], "values": []}]},
        {"columns": [{"name": "a", "kind": "number", "values": []}] * 2},
    ],
)
def test_data_that_describe_no_encoder_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        Encoder.from_dict(data)

    assert "\n" not in str(caught.value)
