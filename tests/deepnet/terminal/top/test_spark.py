import math

from deepnet.terminal.top.spark import sparkline


def test_the_smallest_is_lowest_and_the_largest_highest() -> None:
    assert sparkline([0, 1, 2, 7], 10) == "▁▂▃█"


def test_the_last_ones_are_shown_where_there_are_too_many() -> None:
    assert sparkline([9, 9, 0, 7], 2) == "▁█"


def test_equal_ones_are_a_level_line() -> None:
    assert sparkline([3, 3, 3], 10) == "▄▄▄"


def test_what_is_not_finite_is_a_blank() -> None:
    assert sparkline([0, math.nan, 7, math.inf], 10) == "▁ █ "
    assert sparkline([math.nan], 10) == " "
    assert sparkline([], 10) == ""
