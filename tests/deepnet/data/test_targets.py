import numpy as np
import pytest

from deepnet.data.cells import Cell
from deepnet.data.table import Table
from deepnet.data.targets import class_counts, read_targets
from deepnet.errors import DataError, UnknownNameError


def table(*cells: Cell) -> Table:
    return Table("t.csv", ("t",), (cells,), tuple(range(2, 2 + len(cells))))


def test_numbers_are_a_regression() -> None:
    values, labels = read_targets(table("1", "2.5", "1"), "t")

    assert values.tolist() == [[1.0], [2.5], [1.0]]
    assert labels == ()


@pytest.mark.parametrize(
    ("cells", "labels"),
    [(("FALSE", "TRUE", "true", "TRUE"), ("false", "true")), (("no", "yes", "yes", " yes"), ("no", "yes"))],
)
def test_truths_and_two_texts_are_a_binary_task(cells: tuple[Cell, ...], labels: tuple[str, ...]) -> None:
    found = read_targets(table(*cells), "t")

    assert found.values.tolist() == [[0.0], [1.0], [1.0], [1.0]]
    assert found.labels == labels


def test_more_texts_are_a_multiclass_task() -> None:
    values, labels = read_targets(table("us", "eu", "jp", "jp", "us", "eu"), "t")

    assert labels == ("eu", "jp", "us")
    assert values[:3].tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


def test_numbers_as_classes_keep_their_order() -> None:
    values, labels = read_targets(table("10", "9", "9.0", "2", "10", "2"), "t", "multiclass")

    assert labels == ("2", "9", "10")
    assert values.argmax(axis=1).tolist() == [2, 1, 1, 0, 2, 0]


def test_two_numbers_are_a_binary_task_on_request() -> None:
    assert read_targets(table("0", "1", "1", "0"), "t", "binary").labels == ("0", "1")


def test_two_classes_have_two_columns_on_request() -> None:
    assert read_targets(table("a", "b", "b", "a"), "t", "multiclass").values.shape == (4, 2)


def test_truths_are_numbers_on_request() -> None:
    assert read_targets(table("TRUE", "FALSE"), "t", "regression").values.tolist() == [[1.0], [0.0]]


@pytest.mark.parametrize(
    ("cells", "task", "problem"),
    [
        (("7", "7"), None, "the target 't' is 7 in every row"),
        (("x", "x", "x"), None, "the target 't' is x in every row"),
        (("TRUE", "TRUE"), None, "the target 't' is true in every row"),
        (("1", "2", "many"), None, "line 4, column 't': 'many' is not a number"),
        (("1", "nan"), None, "line 3, column 't': 'nan' is not finite"),
        (("1", "nan", "1", "2"), "multiclass", "line 3, column 't': 'nan' is not finite"),
        (("a", "b"), "regression", "line 2, column 't': 'a' is not a number"),
        (("a", "b", "c") * 2, "binary", "'t' has 3 values, a binary task has 2: use --task multiclass"),
        (("a", "b", "c"), None, "'t' has 3 classes in 3 rows, and each needs 2 rows or more on average"),
        (("1", "2", "3"), "multiclass", "'t' has 3 classes in 3 rows"),
        (tuple(f"n{number}" for number in range(1001)) * 2, None, "'t' has 1001 classes, 1000 is the most"),
    ],
)
def test_what_teaches_nothing_or_does_not_fit_is_refused(cells: tuple[Cell, ...], task: str, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        read_targets(table(*cells), "t", task)

    assert problem in str(caught.value)
    assert str(caught.value).startswith("t.csv")
    assert "\n" not in str(caught.value)


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'clustering': use one of regression, binary, multiclass"):
        read_targets(table("1", "2"), "t", "clustering")


@pytest.mark.parametrize("targets", [[[0.0], [1.0], [0.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]])
def test_the_rows_of_each_class_are_counted(targets: list[list[float]]) -> None:
    assert class_counts(np.array(targets), ("a", "b")).tolist() == [2, 1]
