import math
import time

import pytest

from deepnet.terminal.units import count, moment, number, plain, seconds, size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00123, "1.23 ms"),
        (3.44, "3.44 s"),
        (59.99, "60 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (10_920, "3 h 2 min"),
        (356_400, "4 d 3 h"),
        (math.nan, "-"),
        (None, "-"),
    ],
)
def test_a_time_has_its_unit(value: float | None, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_250_000, "1.25 MB"), (3e15, "3e+03 TB")]
)
def test_a_size_has_its_unit(value: float, text: str) -> None:
    assert size(value) == text


def test_what_was_today_is_an_hour_and_what_was_before_has_its_day() -> None:
    noon = time.mktime((2026, 11, 21, 12, 0, 5, 0, 0, -1))

    assert moment(noon, now=noon + 60) == "12:00:05"
    assert moment(noon, now=noon + 86_400) == "2026-11-21 12:00"


def test_numbers_are_short_and_what_is_not_there_is_a_dash() -> None:
    assert (count(12_345), count(None)) == ("12,345", "-")
    assert (number(0.123456), number(math.nan), number(None)) == ("0.1235", "nan", "-")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "-"),
        ({"array": [[1.5, 2.0]], "dtype": "float32", "shape": [1, 2]}, "((1.5, 2))"),
        ([0.5, 1, 2, 3, 4, 5, 6], "(0.5, 1, 2, 3, 4, 5, ...)"),
        ({"name": "adam", "learning_rate": 0.00100001}, "name adam, learning_rate 0.001"),
        ("a\x1b[31m", "'a\\x1b[31m'"),
        ("x" * 70, "x" * 57 + "..."),
    ],
)
def test_a_value_of_any_kind_is_one_line(value: object, text: str) -> None:
    assert plain(value) == text
