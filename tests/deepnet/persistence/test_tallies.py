import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.metrics import METRICS, metric_named
from deepnet.maths.metrics.distances import Mean
from deepnet.persistence.plain_json import to_json
from deepnet.persistence.tallies import KINDS, from_tallies, to_tallies

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
NAMES = [name for name in METRICS if name != "binary_accuracy"]


def through_a_file(tallies: Any) -> tuple[Any, ...]:
    facts, arrays = from_tallies(tallies)
    return to_tallies(json.loads(to_json(facts)), {name: array.copy() for name, array in arrays.items()})


@given(seed=st.integers(0, 2**32), scale=st.sampled_from([1.0, 1e-300, 1e200, float("inf"), float("nan")]))
@deterministic
def test_the_tallies_of_all_metrics_come_back_and_go_on_as_they_would_have(
    seed: int, scale: float, bits: Callable[[Any], Any]
) -> None:
    rng = np.random.default_rng(seed)
    rows = [(rng.random((5, 6)) * scale, np.eye(6)[rng.integers(0, 6, 5)]) for _ in range(2)]
    first, second = (tuple(metric_named(name).tally(*pair) for name in NAMES) for pair in rows)

    back = through_a_file(first)

    assert bits(back) == bits(first)
    assert [type(tally) for tally in back] == [type(tally) for tally in first]
    with np.errstate(all="ignore"):
        merged, expected = ([a.merge(b) for a, b in zip(one, second, strict=True)] for one in (back, first))
        assert bits(merged) == bits(expected)
        assert bits([tally.value() for tally in merged]) == bits([tally.value() for tally in expected])


def test_every_metric_that_there_is_can_be_kept() -> None:
    ones = np.ones((2, 1))

    kinds = {type(metric.tally(ones, ones)) for name, metric in METRICS.items() if name != "top_5_accuracy"}
    kinds.add(type(metric_named("top_5_accuracy").tally(np.eye(6), np.eye(6))))

    assert kinds == set(KINDS.values())


@dataclass
class Own:
    total: float = 1.0


class SubtleMean(Mean):
    __slots__ = ()


SubtleMean.__name__ = "Mean"


@pytest.mark.parametrize("tally", [Own(), SubtleMean(1.0, 2)])
def test_a_tally_of_ones_own_is_refused(tally: Any) -> None:
    with pytest.raises(InputError, match=r"a tally of your own, .*, cannot be kept in a file"):
        from_tallies([tally])


@pytest.mark.parametrize("value", [np.float32(1), np.int64(1), "1", None, True])
def test_a_number_that_would_come_back_as_another_kind_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="the total of a Mean must be a number of Python's"):
        from_tallies([Mean(value, 1)])


def test_a_file_cannot_name_anything_else_to_be_made() -> None:
    with pytest.raises(UnknownNameError, match="unknown tally 'Popen'"):
        to_tallies([{"kind": "Popen"}], {})


def test_a_missing_number_or_array_is_found() -> None:
    with pytest.raises(KeyError):
        to_tallies([{"kind": "Mean", "total": 1.0}], {})
    with pytest.raises(KeyError):
        to_tallies([{"kind": "Recall"}], {"tallies.1.right": np.ones(2)})
