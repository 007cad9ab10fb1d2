import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.plots.figures import LARGEST, Panel, Scatter, Series, finite, needs_logarithm

numbers = st.floats(-LARGEST, LARGEST)


def panel(*values: float) -> Panel:
    return Panel("loss", (Series("training", tuple(enumerate(values))),))


def test_what_no_axis_can_hold_is_left_out() -> None:
    points = [(1, 0.5), (2, math.nan), (3, math.inf), (4, -1e308), (5, 2)]

    assert finite(points) == ((1.0, 0.5), (5.0, 2.0))


@pytest.mark.parametrize(
    ("values", "needed"),
    [
        ([1000.0, 1.0], True),
        ([100.0, 1.0], False),
        ([1000.0, 0.0], False),
        ([1000.0, -1.0], False),
        ([5.0], False),
        ([], False),
    ],
)
def test_a_logarithmic_axis_is_for_positive_values_that_spread_over_more_than_two_powers_of_ten(
    values: list[float], needed: bool
) -> None:
    assert needs_logarithm([Series("loss", tuple(enumerate(values)))]) is needed


@given(st.lists(numbers, min_size=1))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_the_ends_hold_all_values_and_are_apart(values: list[float]) -> None:
    low, high = panel(*values).ends

    assert low <= min(values) <= max(values) <= high
    assert high - low > 0


def test_equal_values_stand_in_the_middle() -> None:
    assert panel(3.0, 3.0).ends == (1.5, 4.5)
    assert panel(0.0).ends == (-0.5, 0.5)


def test_the_marks_of_a_logarithmic_axis_are_powers_of_ten_between_its_ends() -> None:
    assert panel(0.02, 300.0).powers == (0.1, 1.0, 10.0, 100.0)
    assert 2 <= len(panel(1e-290, 1e290).powers) <= 13


def test_both_axes_of_a_scatter_have_the_ends_of_all_numbers() -> None:
    scatter = Scatter("", "", "true", "predicted", (Series("rows", ((1.0, 7.0), (-2.0, 3.0))),))

    assert scatter.ends == (-2.0, 7.0)
