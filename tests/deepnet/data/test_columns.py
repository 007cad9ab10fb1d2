from collections.abc import Sequence

import numpy as np
import pytest

from deepnet.data.cells import Cell
from deepnet.data.columns import category_values, codes, kind_of, labels_of, numbers, truths
from deepnet.data.table import Table
from deepnet.errors import DataError


def table(*cells: Cell, place: str = "line") -> Table:
    return Table("t.csv", ("a",), (cells,), tuple(range(2, 2 + len(cells))), place)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2.5", ""], "number"),
        (["1", "TRUE"], "number"),
        ([1.0, None, 3], "number"),
        (["TRUE", "false", "NA"], "truth"),
        ([True, False], "truth"),
        (["usa", "japan", "?"], "category"),
        (["usa", "japan", "3"], "category"),
        (["usa", "3"], "number"),
        (["1", "2", "blue"], "number"),
        (["1,5", "2,5"], "number"),
        (["2020-01-01", "2020-01-02"], "category"),
        (["nan", "inf"], "number"),
    ],
)
def test_more_than_half_must_be_text_to_make_a_category(cells: Sequence[Cell], kind: str) -> None:
    assert kind_of(cells) == kind


def test_cells_become_numbers_and_gaps_nan() -> None:
    values = numbers(table("1", "TRUE", "", 2.5, None), "a")

    assert values.tolist()[:2] == [1.0, 1.0]
    assert np.isnan(values).tolist() == [False, False, True, False, True]
    assert values.dtype == np.float64


def test_text_is_named_with_its_line_column_and_the_way_out() -> None:
    with pytest.raises(DataError) as caught:
        numbers(table("1", "blue"), "a", optional=True)

    assert str(caught.value) == (
        "t.csv, line 3, column 'a': 'blue' is not a number: write a finite number there, "
        "or nothing where the value is missing, or leave the column out with --ignore a"
    )


def test_a_row_of_a_frame_is_called_a_row() -> None:
    with pytest.raises(DataError, match=r"t\.csv, row 3, column 'a': 'inf' is not finite"):
        numbers(table("1", float("inf"), place="row"), "a")


def test_a_column_that_is_needed_is_not_advised_to_be_left_out() -> None:
    with pytest.raises(DataError) as caught:
        numbers(table("blue"), "a")

    assert "--ignore" not in str(caught.value)


def test_long_text_is_cut() -> None:
    with pytest.raises(DataError) as caught:
        numbers(table("x" * 10_000), "a")

    assert len(str(caught.value)) < 200


def test_truths_may_be_written_as_one_and_zero_and_as_nothing_else() -> None:
    assert truths(table("TRUE", "0", "1.0", "False"), "a").tolist() == [1.0, 0.0, 1.0, 0.0]
    with pytest.raises(DataError, match="line 3, column 'a': '2' is neither TRUE nor FALSE"):
        truths(table("TRUE", "2"), "a")


def test_labels_are_numbers_by_size_then_text_by_letters() -> None:
    assert labels_of(table("10", "b", "9", "", "a", "9.0"), "a") == ("9", "10", "a", "b")


def test_a_cell_has_the_place_of_its_value() -> None:
    found = codes(table("b", "", " a"), "a", ("a", "b"))

    assert found[[0, 2]].tolist() == [1.0, 0.0]
    assert np.isnan(found[1])


def test_a_value_that_is_not_known_is_named_with_those_that_are() -> None:
    with pytest.raises(DataError) as caught:
        codes(table("usa", "mars"), "a", ("europe", "usa"))

    assert str(caught.value) == (
        "t.csv, line 3, column 'a': 'mars' is not a value that the model knows: use one of europe, usa"
    )


def test_fifty_values_are_a_category_and_one_more_is_not() -> None:
    cells = [f"v{number:02}" for number in range(51)] * 2

    assert len(category_values(table(*(cell for cell in cells if cell != "v50")), "a", asked_for=False)) == 50
    with pytest.raises(DataError, match=r"column 'a': 51 values are too many .* --ignore a, or .* --categorical a"):
        category_values(table(*cells), "a", asked_for=False)


def test_a_column_that_is_said_to_be_a_category_may_have_a_thousand_values() -> None:
    cells = [str(number) for number in range(1001)]

    assert category_values(table(*cells[:1000]), "a", asked_for=True)[:3] == ("0", "1", "2")
    with pytest.raises(DataError, match=r"1001 values are too many for a category \(1000 at most\)"):
        category_values(table(*cells), "a", asked_for=True)


def test_a_category_has_two_rows_for_a_value() -> None:
    assert category_values(table("x", "y", "y", "x"), "a", asked_for=False) == ("x", "y")
    with pytest.raises(DataError, match=r"text with 2 values in 3 rows is no category.* --ignore a"):
        category_values(table("x", "y", "y", ""), "a", asked_for=False)


def test_a_number_that_is_not_finite_is_no_category() -> None:
    with pytest.raises(DataError, match="line 3, column 'a': 'nan' is not finite"):
        category_values(table("1", "nan"), "a", asked_for=True)
