import math

import pytest

from deepnet.data.cells import as_number, is_missing


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
