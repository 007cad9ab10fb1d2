import itertools
import math

from deepnet.terminal.top.curve import draw_curve

Points = list[tuple[float, float]]
FALLING: Points = [(epoch, math.exp(-epoch / 40)) for epoch in range(1, 201)]


def lines(points: Points, width: int = 60, height: int = 14, goal: float | None = None) -> list[str]:
    return draw_curve(points, width, height, goal=goal).plain.split("\n")


def braille(text: str) -> int:
    return sum(0x2800 < ord(character) <= 0x28FF for character in text)


def test_it_is_as_wide_and_as_high_as_asked_for() -> None:
    drawn = lines(FALLING)
    assert len(drawn) == 14
    assert {len(line) for line in drawn} == {60}


def test_an_exponential_is_a_straight_line_on_its_axis() -> None:
    drawn = lines(FALLING, goal=None)[:-2]
    rights = [max(i for i, character in enumerate(line) if braille(character)) for line in drawn if braille(line)]
    steps = [b - a for a, b in itertools.pairwise(rights)]
    assert max(steps) - min(steps) <= 2


def test_the_goal_is_a_line_across_with_its_value() -> None:
    goal = next(line for line in lines(FALLING, goal=0.003) if "0.003" in line)
    assert goal.count("╌") > 40


def test_a_goal_far_below_the_curve_is_in_sight() -> None:
    assert any("↓1e-09" in line and "╌" in line for line in lines(FALLING, goal=1e-9))
    assert sum(braille(line) > 0 for line in lines(FALLING, goal=1e-9)) >= 4


def test_one_epoch_is_a_dot() -> None:
    assert sum(braille(line) for line in lines([(1, 0.5)])) == 1


def test_without_an_epoch_it_says_so() -> None:
    assert "no epoch is over yet" in draw_curve([], 60, 10).plain


def test_what_has_no_place_on_a_logarithmic_axis_is_left_out() -> None:
    odd = [(1, math.nan), (2, 0.0), (3, math.inf), (4, -1.0)]
    assert "no epoch is over yet" in draw_curve(odd, 60, 10).plain
    assert lines([*odd, *((epoch + 10, y) for epoch, y in FALLING)]) == lines([(epoch + 10, y) for epoch, y in FALLING])


def test_a_constant_figure_can_be_drawn() -> None:
    assert sum(braille(line) for line in lines([(1, 0.25), (2, 0.25), (3, 0.25)])) > 20


def test_a_screen_too_small_for_a_curve_is_no_error() -> None:
    assert draw_curve(FALLING, 10, 3).plain
