import numpy as np
import pytest

from deepnet.terminal.top.columns import Columns
from deepnet.terminal.top.neuron_rows import number_text, treatment


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (float("nan"), "-"), (0.0, "0"), (-0.25, "-0.25"), (12345.0, "12,345"), (float("inf"), "inf")],
)
def test_a_number_fits_its_column(value: float | None, text: str) -> None:
    assert number_text(value, 10) == text.rjust(10)


@pytest.mark.parametrize("value", [-1.23456e-38, -1.23456e38, -0.000123456, 1234567.891, -999999.5])
def test_no_number_is_wider_than_its_column(value: float) -> None:
    assert len(number_text(value, 11)) == 11


def test_a_size_has_no_sign() -> None:
    assert number_text(-0.5, 4, size=True) == " 0.5"


def test_treatments_are_told_in_words() -> None:
    columns = Columns.of({"dense_0.frozen": np.array([True, False]), "dense_0.lesioned": np.array([0.0, np.nan])})
    assert [treatment(columns, place) for place in (0, 1)] == ["frozen lesioned", ""]
