import numpy as np
import pytest

from deepnet.data.cells import Cell
from deepnet.data.gaps import gaps, settle_gaps
from deepnet.data.table import Table
from deepnet.errors import DataError, UnknownNameError


def table(*rows: tuple[Cell, ...], place: str = "line") -> Table:
    columns = tuple(map(list, zip(*rows, strict=True)))
    return Table("t.csv", ("a", "b", "c"), columns, tuple(range(2, 2 + len(rows))), place)


HOLED = table(("1", "2", "?"), ("", "3", "4"), ("5", "6", "7"))


def test_gaps_are_found_where_a_cell_says_nothing() -> None:
    found = gaps(table(("1", None, "NA"), ("0", 0.0, False)), ["c", "b", "a"])

    assert found.columns == ("c", "b", "a")
    assert found.holes.tolist() == [[True, True, False], [False, False, False]]


def test_rows_with_a_gap_are_dropped_on_request_and_only_for_the_columns_that_matter() -> None:
    kept = settle_gaps(HOLED, ["a", "b"], "drop")

    assert kept.lines == (2, 4)
    assert kept.column("a") == ["1", "5"]


def test_a_row_without_a_target_is_dropped_too() -> None:
    assert settle_gaps(HOLED, ["a"], "drop", target="c").lines == (4,)


def test_missing_values_are_counted_and_the_first_ten_lines_named() -> None:
    with pytest.raises(DataError) as caught:
        settle_gaps(table(*[("NA", "1", "1")] * 13), ["a"], "error", target="b")

    assert str(caught.value) == (
        "t.csv: 13 rows have no value in a (lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more): "
        "drop them with --missing drop, fill features with --missing mean, or fill them in"
    )


def test_a_single_gap_is_told_in_the_singular() -> None:
    with pytest.raises(DataError, match=r"1 row has no value in b, c \(row 3\)"):
        settle_gaps(table(("1", "1", "1"), ("1", "", "null"), place="row"), ["a", "b", "c"], "error")


def test_who_predicts_is_not_told_of_means() -> None:
    with pytest.raises(DataError) as caught:
        settle_gaps(HOLED, ["a"], "error")

    assert str(caught.value).endswith("(line 3): drop them with --missing drop, or fill them in")


def test_no_row_left_is_an_error_of_its_own() -> None:
    with pytest.raises(DataError, match="no row is left without the missing values in a, b"):
        settle_gaps(table(("", "1", "1"), ("1", "?", "1")), ["a", "b"], "drop")


def test_gaps_that_are_to_be_filled_stay() -> None:
    assert settle_gaps(HOLED, ["a", "b"], "mean") is HOLED


def test_a_target_is_never_filled() -> None:
    with pytest.raises(DataError, match=r"no value in c \(line 2\): a target is never filled"):
        settle_gaps(HOLED, ["a", "b"], "mean", target="c")


def test_a_table_without_gaps_is_left_as_it_is() -> None:
    whole = HOLED.keep(np.array([False, False, True]))

    for missing in ("error", "drop", "mean"):
        assert settle_gaps(whole, ["a", "b"], missing, target="c") is whole


def test_another_way_is_unknown() -> None:
    with pytest.raises(UnknownNameError, match="'median': use one of error, drop, mean"):
        settle_gaps(HOLED, ["a"], "median")
