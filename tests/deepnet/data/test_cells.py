import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.cells import (
    Cell,
    as_label,
    as_number,
    as_truth,
    is_meant_as_number,
    is_missing,
    plain_numbers,
    short,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), (" -2.5e3 ", -2500.0), ("TRUE", 1.0), ("false", 0.0), ("True", 1.0), ("0x10", None), ("", None)],
)
def test_a_cell_is_a_number_a_truth_or_text(text: str, number: float | None) -> None:
    assert as_number(text) == number


@pytest.mark.parametrize("text", ["1_000", "١٢", "1,5", "1 2", "yes", "tRUE", "--1"])
def test_what_only_python_or_nobody_takes_for_a_number_is_text(text: str) -> None:
    assert as_number(text) is None


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "Infinity"])
def test_numbers_that_are_not_finite_are_seen_as_such_and_not_as_missing(text: str) -> None:
    number = as_number(text)

    assert number is not None
    assert not math.isfinite(number)
    assert not is_missing(text)


@pytest.mark.parametrize("text", ["", "  ", "NA", "N/A", "?", "null", "NULL"])
def test_what_stands_for_nothing_is_missing_and_no_number(text: str) -> None:
    assert is_missing(text)
    assert as_number(text) is None


@pytest.mark.parametrize("text", ["0", "FALSE", "none", "-", "NaN"])
def test_nothing_else_is_missing(text: str) -> None:
    assert not is_missing(text)


def test_a_cell_that_is_no_text_is_what_it_is() -> None:
    assert as_number(2) == 2.0
    assert [(as_number(cell), as_truth(cell)) for cell in (True, False)] == [(1.0, 1.0), (0.0, 0.0)]
    assert as_number(None) is None
    assert is_missing(None)
    assert not is_missing(0.0)
    assert as_truth(1.0) is None


@pytest.mark.parametrize("text", ["1", "-1.5e3", "1,5", "1.234,5", "1_000", "1 000", "1'000", "١٢", "TRUE"])
def test_what_a_person_takes_for_a_number_is_meant_as_one(text: str) -> None:
    assert is_meant_as_number(text)


@pytest.mark.parametrize("text", ["usa", "10-20", "2020-01-31", "v1", "1.2.3", "127.0.0.1", "12:30", "-", ""])
def test_other_text_is_not(text: str) -> None:
    assert not is_meant_as_number(text)


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (("3", " 3", "3.0", "03", "3e0", 3, 3.0), "3"),
        (("-0.5", -0.5, "-.5"), "-0.5"),
        (("0", "-0", -0.0), "0"),
        (("TRUE", "true", True), "true"),
        ((" usa ", "usa"), "usa"),
        (("1e300", 1e300), "1e+300"),
    ],
)
def test_a_value_has_one_label_however_it_is_written(cells: tuple[Cell, ...], label: str) -> None:
    assert {as_label(cell) for cell in cells} == {label}


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_short_number_is_read_back_as_it_was(number: float) -> None:
    assert float(short(number)) == number


CELLS = st.sampled_from(["1", " 2.5 ", "x", "", "TRUE", "1_0", "nan", "1e999", "\u0661", 3, 0.5, True, None])


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(CELLS, max_size=4))
def test_a_column_of_plain_numbers_is_read_as_its_cells_are(cells: list[Cell]) -> None:
    expected = [as_number(cell) for cell in cells]
    is_plain = all(
        number is not None and math.isfinite(number) and as_truth(cell) is None
        for cell, number in zip(cells, expected, strict=True)
    )

    values = plain_numbers(cells)

    assert (values is not None) == is_plain
    if values is not None:
        assert values.tolist() == expected
        assert values.dtype == np.float64
