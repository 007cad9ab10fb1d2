import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.maths.optimizers import Adam
from deepnet.persistence.plain_json import to_json
from deepnet.service.store.plain_data import LONGEST_TEXT, LONGEST_VALUE, plain_data
from deepnet.training.interventions.applied import NOT_GIVEN
from deepnet.training.until import Until

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=())),
    st.binary(),
    st.floats(width=32).map(np.float32),
    st.just(np.datetime64("2026-01-01")),
    st.lists(st.floats(), max_size=120).map(np.array),
    st.just(object),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.lists(parts, max_size=5),
        st.lists(parts, max_size=5).map(tuple),
        st.dictionaries(st.one_of(st.integers(), st.text(), st.none()), parts, max_size=5),
    ),
)


class Pair(NamedTuple):
    first: float
    second: Any


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1), ANYTHING, max_size=5))
def test_whatever_is_given_can_be_written_and_read_and_is_bounded(data: dict[str, Any]) -> None:
    plain = plain_data(data)

    text = to_json(plain).decode()  # so it is all in UTF-8
    assert json.loads(text) == plain
    assert all(len(json.dumps(value, ensure_ascii=False)) <= LONGEST_VALUE + LONGEST_TEXT for value in plain.values())


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (np.bool_(0), False),
        (3, 3),
        (2**63, "0x8000000000000000"),
        (-(2**63) + 1, -(2**63) + 1),
        (np.int64(-3), -3),
        (0.1, 0.1),
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (np.float32("inf"), "inf"),
        ("ünï\n", "ünï\n"),
        ("\ud800", "\\ud800"),
        ((1, [2.5, None]), [1, [2.5, None]]),
        ({2: 0.5, None: math.nan}, {"2": 0.5, "None": "nan"}),
        (np.array([[1.0, math.inf], [2.0, 3.0]], "float32"), [[1.0, "inf"], [2.0, 3.0]]),
        (Pair(1.0, (2,)), {"first": 1.0, "second": [2]}),
        (np.array(7), 7),
        (Adam(learning_rate=0.5), Adam(learning_rate=0.5).to_dict()),
        (NOT_GIVEN, str(NOT_GIVEN)),
    ],
)
def test_each_kind_of_value_becomes_its_plain_form(value: object, plain: object) -> None:
    found = plain_data({"value": value})["value"]

    assert found == plain
    assert type(found) is type(plain)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_an_array_of_more_than_100_numbers_is_told_by_its_shape_and_its_first_ones(dtype: str) -> None:
    whole, long = np.arange(100, dtype=dtype), np.arange(1010, dtype=dtype).reshape(10, 101)

    plain = plain_data({"whole": whole, "long": long, "within": {"weights": long}})

    summary = {"shape": [10, 101], "first": list(range(10))}
    assert plain == {"whole": list(range(100)), "long": summary, "within": {"weights": summary}}


def test_long_lists_maps_and_texts_are_cut() -> None:
    plain = plain_data(
        {"list": range(3), "tuple": tuple(range(101)), "map": {n: n for n in range(103)}, "text": "x" * 5000}
    )

    assert plain["tuple"] == {"shape": [101], "first": list(range(10))}
    assert plain["map"] == {str(n): n for n in range(100)} | {"...": 3}
    assert plain["text"] == "x" * LONGEST_TEXT
    assert plain["list"] == "range(0, 3)"


def test_what_is_long_by_its_many_parts_is_cut_too() -> None:
    matrix = np.random.default_rng(0).normal(size=(90, 90)).tolist()

    plain = plain_data({"old": matrix, "new": 1})

    assert plain["new"] == 1
    assert plain["old"] == {"characters": len(json.dumps(matrix)), "first": json.dumps(matrix)[:LONGEST_TEXT]}


def test_what_changes_afterwards_is_told_as_it_was() -> None:
    weights, options = np.zeros(3), {"rate": [0.5]}
    plain = plain_data({"weights": weights, "options": options})

    weights[0] = 9.0
    options["rate"].append(7.0)

    assert plain == {"weights": [0.0] * 3, "options": {"rate": [0.5]}}


def test_what_contains_itself_comes_to_an_end() -> None:
    circle: list[Any] = [1]
    circle.append(circle)

    assert plain_data({"circle": circle})["circle"][0] == 1


def test_something_whose_own_form_cannot_be_had_is_told_by_name() -> None:
    class Shy(Until):
        def to_dict(self) -> dict[str, Any]:
            raise RuntimeError

        def __str__(self) -> str:
            return "shy"

    assert plain_data({"until": Shy(epochs=3)}) == {"until": "shy"}


def test_mappings_of_all_kinds_are_maps() -> None:
    class Doubled(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return 2 * int(key)

        def __iter__(self) -> Any:
            return iter(("1", "2"))

        def __len__(self) -> int:
            return 2

    assert plain_data({"map": Doubled()}) == {"map": {"1": 2, "2": 4}}
