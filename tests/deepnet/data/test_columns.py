import numpy as np
import pytest

from deepnet.data.columns import numbers
from deepnet.data.table import Table
from deepnet.errors import DataError


def table(*rows: tuple[str, ...]) -> Table:
    return Table("t.csv", ("a", "b", "c"), rows, tuple(range(2, 2 + len(rows))))


def test_columns_come_in_the_order_asked_for_with_their_lines() -> None:
    values, lines = numbers(table(("1", "x", "TRUE"), ("2", "y", "false")), ["c", "a"])

    assert values.tolist() == [[1.0, 1.0], [0.0, 2.0]]
    assert lines.tolist() == [2, 3]
    assert values.dtype == np.float64


def test_rows_with_a_gap_are_dropped_on_request_and_only_for_the_columns_that_matter() -> None:
    values, lines = numbers(table(("1", "2", "?"), ("", "3", "4"), ("5", "6", "7")), ["a", "b"], drop_missing=True)

    assert values.tolist() == [[1.0, 2.0], [5.0, 6.0]]
    assert lines.tolist() == [2, 4]


def test_missing_values_are_counted_and_the_first_ten_lines_named() -> None:
    gaps = table(*[("NA", "1", "1")] * 13)

    with pytest.raises(DataError) as caught:
        numbers(gaps, ["a", "b"])

    assert str(caught.value) == (
        "t.csv: 13 rows have no value in a (lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more): "
        "drop them with --drop-missing, or fill them in"
    )


def test_a_single_gap_is_told_in_the_singular() -> None:
    with pytest.raises(DataError, match=r"1 row has no value in b, c \(line 3\)"):
        numbers(table(("1", "1", "1"), ("1", "", "null")), ["a", "b", "c"])


def test_text_is_named_with_its_line_column_and_the_way_out() -> None:
    with pytest.raises(DataError) as caught:
        numbers(table(("1", "1", "1"), ("1", "blue", "1")), ["a", "b"], optional=["b"])

    assert str(caught.value) == (
        "t.csv, line 3, column 'b': 'blue' is not a number: write a finite number there, "
        "or nothing where the value is missing, or leave the column out with --ignore b"
    )


def test_a_column_that_is_needed_is_not_advised_to_be_left_out() -> None:
    with pytest.raises(DataError) as caught:
        numbers(table(("1", "blue", "1")), ["b"])

    assert "--ignore" not in str(caught.value)


def test_long_text_is_cut() -> None:
    with pytest.raises(DataError) as caught:
        numbers(table(("1", "x" * 10_000, "1")), ["b"])

    assert len(str(caught.value)) < 200


def test_no_row_left_is_an_error_of_its_own() -> None:
    with pytest.raises(DataError, match="no row is left without the missing values in a, b"):
        numbers(table(("", "1", "1"), ("1", "?", "1")), ["a", "b"], drop_missing=True)
