import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.terminal.ticks import linear_axis, logarithmic_axis


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (-6.0, 6.0, 8, ("-6", "-4", "-2", "0", "2", "4", "6")),
        (0.0, 1.0, 6, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
        (0.11, 0.29, 6, ("0.15", "0.20", "0.25")),
        (0.0, 3e6, 3, ("0", "1e+06", "2e+06", "3e+06")),
        (0.0, 2e-8, 2, ("0", "1e-08", "2e-08")),
    ],
)
def test_marks_stand_at_round_numbers(low: float, high: float, most: int, labels: tuple[str, ...]) -> None:
    assert linear_axis(low, high, most).labels == labels


def test_what_is_counted_is_marked_at_whole_numbers_only() -> None:
    assert linear_axis(1, 3, 8, whole=True).labels == ("1", "2", "3")
    assert linear_axis(1, 3, 8).labels == ("1.0", "1.5", "2.0", "2.5", "3.0")


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.integers(2, 12))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_there_are_few_marks_and_all_lie_on_the_axis(one: float, other: float, most: int) -> None:
    low, high = min(one, other), max(one, other) + 1 + abs(one) * 1e-9
    axis = linear_axis(low, high, most)

    assert len(axis.marks) == len(axis.labels) <= most + 1
    assert all(low <= mark <= high for mark in axis.marks)


def test_a_logarithmic_axis_is_measured_in_powers_of_ten() -> None:
    axis = logarithmic_axis(0.05, 2000.0, (0.1, 1.0, 10.0, 100.0, 1000.0), 3)

    assert axis.labels == ("0.1", "10", "1000")
    assert axis.marks == pytest.approx((-1, 1, 3))
    assert (axis.low, axis.high) == pytest.approx((math.log10(0.05), math.log10(2000)))
