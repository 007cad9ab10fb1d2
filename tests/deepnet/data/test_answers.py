from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from deepnet.data.answers import learn_answers, read_answers
from deepnet.errors import DataError

LABELS = st.lists(st.sampled_from(["a", "b", "cc", "\u00e9"]), min_size=8, max_size=30)


@given(labels=LABELS.filter(lambda labels: len(set(labels)) > 1))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_every_label_can_be_read_back_from_its_code(labels: list[str]) -> None:
    answers = learn_answers("y", np.array(labels), np.float64)

    assert [answers.labels[code] for code in answers.codes] == labels
    assert answers.labels == tuple(sorted(set(labels)))


@given(numbers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=3, unique=True))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_integers_of_any_size_are_told_apart(numbers: list[int]) -> None:
    training, test = np.array(numbers * 2), np.array(numbers[::-1])

    answers = learn_answers("y", training, np.float64)
    read = read_answers("y_test", test, answers)

    assert [int(read.labels[code]) for code in read.codes] == numbers[::-1]


@pytest.mark.parametrize(
    "array", [np.array([0.5, 2, 1]), np.array(["a", "b", "a"]), np.eye(3), np.array([[4], [5], [4]])]
)
def test_the_training_targets_read_as_test_targets_are_the_same(array: NDArray[Any]) -> None:
    answers = learn_answers("y", array, np.float32)

    read = read_answers("y", array, answers)

    assert read.targets.tolist() == answers.targets.tolist()
    assert read.targets.dtype == np.float32
    assert read.labels == answers.labels


def test_two_classes_may_be_rare_but_three_need_two_rows_each() -> None:
    assert learn_answers("y", np.array([0, 1]), np.float64).labels == ("0", "1")
    assert learn_answers("y", np.array([0, 1, 2, 0, 1, 2]), np.float64).labels == ("0", "1", "2")
    with pytest.raises(DataError, match="3 different integers in 5 rows are too many for classes"):
        learn_answers("y", np.array([0, 1, 2, 0, 1]), np.float64)
