import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.maths.losses import LOSSES
from deepnet.maths.optimizers import SGD, Adam
from deepnet.training.differences import differences
from deepnet.training.patience import Patience
from deepnet.training.plan import Plan
from deepnet.training.until import Until

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(st.text(), plain, max_size=4)
PLAN = Plan(until=Until(epochs=40) | Patience(5), optimizer=Adam(0.001))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"optimizer": Adam(0.01)}, ("optimizer.learning_rate was 0.001, is 0.01",)),
        ({"optimizer": Adam(0.01, beta_1=0.8), "seed": 3, "shuffle": False}, (
            "optimizer.learning_rate was 0.001, is 0.01",
            "optimizer.beta_1 was 0.9, is 0.8",
            "shuffle was true, is false",
            "seed was 0, is 3",
        )),
        ({"loss": LOSSES["huber"]}, ('loss was "mean_squared_error", is "huber"',)),
        ({"until": Until(epochs=40) | Patience(6)}, ("until.rules[1].epochs was 5, is 6",)),
        ({"metrics": ["r2"]}, ('metrics[0] was not there, is "r2"',)),
        ({"until": Until(epochs=40, below={"loss": 0.1}) | Patience(5)}, (
            "until.rules[0].below.loss was not there, is 0.1",
        )),
    ],
)  # fmt: skip
def test_each_difference_is_told_with_its_place(changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    options = {"until": PLAN.until, "optimizer": PLAN.optimizer, **changes}

    assert differences(PLAN.to_dict(), Plan(**options).to_dict()) == expected


def test_another_kind_is_one_difference_in_full() -> None:
    old, new = PLAN.to_dict(), Plan(until=PLAN.until, optimizer=SGD(0.5)).to_dict()

    (phrase,) = differences(old, new)

    assert phrase.startswith('optimizer was {"name": "adam", "learning_rate": 0.001,')
    assert ', is {"name": "sgd", "learning_rate": 0.5,' in phrase


def test_what_is_gone_is_told() -> None:
    assert differences({"a": [1, 2]}, {"a": [1]}) == ("a[1] was 2, is not there",)
    assert differences({"a": {"b": "x"}}, {"a": {}}) == ('a.b was "x", is not there',)
    assert differences({"a": {"b": "x"}}, {"a": 1}) == ('a was {"b": "x"}, is 1',)


def test_truth_is_no_number_and_nothing_is_no_zero() -> None:
    assert differences({"a": True}, {"a": 1}) == ("a was true, is 1",)
    assert differences({"a": None}, {"a": 0}) == ("a was null, is 0",)
    assert differences({"a": (1, 2.0), "b": float("nan")}, {"a": [1.0, 2], "b": float("nan")}) == ()


@given(data=mappings)
@deterministic
def test_nothing_differs_from_itself_after_a_file(data: dict[str, Any]) -> None:
    assert differences(data, json.loads(json.dumps(data))) == ()


@given(old=mappings, new=mappings)
@deterministic
def test_what_differs_is_told_in_lines_and_from_both_sides(old: dict[str, Any], new: dict[str, Any]) -> None:
    told = differences(old, new)

    assert all(phrase.isprintable() for phrase in told)
    assert len(told) == len(differences(new, old))
    assert bool(told) == (json.dumps(_alike(old), sort_keys=True) != json.dumps(_alike(new), sort_keys=True))


def _alike(data: Any) -> Any:
    """The same data, in which what counts as the same number is written the same way."""
    if isinstance(data, dict):
        return {name: _alike(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_alike(value) for value in data]
    whole = isinstance(data, float) and data.is_integer()
    return int(data) if whole else data
