from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, ShapeError, UnknownNameError
from deepnet.maths.labels import batch, onecold, onehot, onehotbatch

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
A_LIST: Any = ["a"]
some_labels = st.lists(st.integers() | st.text(max_size=5), min_size=1, max_size=9, unique=True)


def test_a_label_is_1_at_its_place() -> None:
    np.testing.assert_array_equal(onehot("b", ["a", "b", "c"]), [0, 1, 0])
    np.testing.assert_array_equal(onehot("b", "abc"), [0, 1, 0])
    np.testing.assert_array_equal(onehot(np.int64(3), range(3, 6)), [1, 0, 0])
    assert onehot("b", "abc").dtype == np.float64


def test_each_label_of_a_batch_is_a_row() -> None:
    found = onehotbatch([5, 7, 5], [7, 5])

    np.testing.assert_array_equal(found, [[0, 1], [1, 0], [0, 1]])
    assert found.dtype == np.float64
    assert onehotbatch([], [7, 5]).shape == (0, 2)


def test_the_largest_column_gives_the_label_and_of_equal_ones_the_first() -> None:
    outputs: list[list[float]] = [[0.1, 0.7, 0.2], [0.4, 0.4, 0.2], [-3, -2, -1]]

    assert onecold(outputs, ["cat", "dog", "owl"]) == ["dog", "cat", "owl"]
    assert onecold(outputs) == [1, 0, 2]
    assert onecold(outputs[0], ["cat", "dog", "owl"]) == "dog"
    assert onecold(np.zeros((0, 3))) == []


@given(labels=some_labels, data=st.data())
@deterministic
def test_there_and_back_again_is_where_it_began(labels: list[Any], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(labels), max_size=20))

    assert onecold(onehotbatch(rows, labels), labels) == rows
    for label in labels:
        assert onecold(onehot(label, labels), labels) == label


@given(labels=some_labels, data=st.data())
@deterministic
def test_a_batch_of_onehots_is_the_onehotbatch(labels: list[Any], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(labels), min_size=1, max_size=20))

    np.testing.assert_array_equal(batch([onehot(label, labels) for label in rows]), onehotbatch(rows, labels))


def test_vectors_become_the_rows_of_a_batch() -> None:
    found = batch([[1, 2, 3], np.array([4, 5, 6], dtype="float32")])

    np.testing.assert_array_equal(found, [[1, 2, 3], [4, 5, 6]])
    assert found.dtype == np.float64


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: onehot("d", "abc"), UnknownNameError, "unknown label 'd': use one of a, b, c"),
        (lambda: onehot(A_LIST, "abc"), UnknownNameError, "unknown label"),
        (lambda: onehotbatch("abd", "abc"), UnknownNameError, "unknown label of row 2 'd': use one of a, b, c"),
        (lambda: onehotbatch([1, 2], [1, 3]), UnknownNameError, "unknown label of row 1 '2': use one of 1, 3"),
        (lambda: onehot("a", ""), InputError, "one label or more is needed"),
        (lambda: onehot("a", "aba"), InputError, "labels must differ from one another, 'a' is there twice"),
        (lambda: onecold(np.eye(2), "abc"), ShapeError, "3 labels for outputs with 2 columns: give one for each"),
        (lambda: onecold(np.zeros((2, 0))), ShapeError, "outputs has shape (2, 0), expected (rows, classes) or"),
        (lambda: onecold(3.0), ShapeError, "outputs has shape (), expected (rows, classes) or (classes,)"),
        (
            lambda: onecold(np.array([[0, 1], [np.nan, 1]])),
            InputError,
            "row 1 of outputs holds a nan: it has no largest column",
        ),
        (lambda: onecold([0, np.nan]), InputError, "row 0 of outputs holds a nan"),
        (lambda: batch([]), InputError, "a batch needs one vector or more"),
        (lambda: batch([[1, 2], [1]]), ShapeError, "vector 1 of a batch has 1 numbers, expected 2 as vector 0"),
        (lambda: batch([[[1, 2]]]), ShapeError, "vector 0 of a batch has shape (1, 2), expected (size,)"),
        (lambda: batch([[1], ["x"]]), InputError, "vector 1 of a batch must be made of numbers"),
    ],
)
def test_what_has_no_place_is_refused(call: Callable[[], Any], kind: type[InputError], message: str) -> None:
    with pytest.raises(kind) as caught:
        call()

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
