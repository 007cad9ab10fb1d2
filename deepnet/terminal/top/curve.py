"""A curve over epochs on a logarithmic axis, in braille: what a terminal has by way of fine dots."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from deepnet.terminal.ticks import Axis, linear_axis, logarithmic_axis

LABELS = 9
"""Columns left of the curve for the labels of its axis."""
FAR = 1000.0
"""A goal that many times below the lowest point is put at the lower end of the axis."""
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Of a braille character: bit of each dot, by row and column."""
_BLANK = 0x2800


@dataclass(frozen=True, slots=True)
class CurveLook:
    """The styles of its parts, as rich knows them."""

    line: str = "cyan"
    goal: str = "green"
    axis: str = "dim"


def draw_curve(
    points: Sequence[tuple[float, float]],
    width: int,
    height: int,
    *,
    goal: float | None = None,
    look: CurveLook | None = None,
) -> Text:
    """Return *points* (epoch, figure) as *height* lines that are *width* wide, the last two of them the axis of epochs.

    The axis of figures is logarithmic; what is not above 0, or not finite, is left out. *goal* is a line across, with
    an arrow at its label where it is so far below that it has no place on the axis.
    """
    look = look or CurveLook()
    kept = [(x, y) for x, y in points if y > 0 and math.isfinite(y)]
    across, down = width - LABELS, height - 2
    if not kept or across < 4 or down < 2:
        return Text("\n" * max(0, height // 2) + "no epoch is over yet".center(width), style=look.axis)
    y_axis = _powers([y for _, y in kept], goal, down)
    x_axis = _epochs(kept[0][0], kept[-1][0], across)
    dots = _Dots(across, down)
    for one, other in zip(kept, kept[1:] or kept, strict=False):
        dots.line(*(dots.place(x_axis, y_axis, x, math.log10(y)) for x, y in (one, other)))
    goal_row = None
    if goal is not None:
        goal_row = min(dots.height - 1, dots.place(x_axis, y_axis, x_axis.low, math.log10(goal))[1] // 4)
    return _joined(dots, x_axis, y_axis, goal, goal_row, look)


def _powers(ys: Sequence[float], goal: float | None, down: int) -> Axis:
    """Return the axis of figures: it holds all *ys* and the goal, and marks powers of ten, or its ends if none fits.

    A goal that is very far below would leave the curve no room: then the axis ends before it.
    """
    lowest = min(*ys, math.inf)
    low, high = min(lowest, max(goal or math.inf, lowest / FAR)), max(*ys, goal or 0.0, 0.0)
    if high / low < 1.5:
        low, high = low / 1.25, high * 1.25
    powers = [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
    if len(powers) < 2:
        powers = [low * 1.05, high / 1.05]
    return logarithmic_axis(low, high, powers, max(2, down // 2))


def _epochs(first: float, last: float, across: int) -> Axis:
    return linear_axis(first, last if last > first else first + 1, max(2, across // 12), whole=True)


class _Dots:
    """A canvas of braille characters, each two dots wide and four high."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._cells = [[0] * width for _ in range(height)]

    def place(self, x_axis: Axis, y_axis: Axis, x: float, y: float) -> tuple[int, int]:
        """Return the dot at *x* and *y*, from the upper left corner."""
        right = (x - x_axis.low) / (x_axis.high - x_axis.low) * (2 * self.width - 1)
        up = (y - y_axis.low) / (y_axis.high - y_axis.low) * (4 * self.height - 1)
        return round(right), 4 * self.height - 1 - round(up)

    def line(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Set all dots from *start* to *end*."""
        (x, y), (to_x, to_y) = start, end
        count = max(abs(to_x - x), abs(to_y - y), 1)
        for index in range(count + 1):
            self._set(x + round(index * (to_x - x) / count), y + round(index * (to_y - y) / count))

    def _set(self, x: int, y: int) -> None:
        if 0 <= x < 2 * self.width and 0 <= y < 4 * self.height:
            self._cells[y // 4][x // 2] |= _BITS[y % 4][x % 2]

    def row(self, number: int) -> list[int]:
        return self._cells[number]


def _joined(dots: _Dots, x_axis: Axis, y_axis: Axis, goal: float | None, goal_row: int | None, look: CurveLook) -> Text:
    labels = {}
    for mark, label in zip(y_axis.marks, y_axis.labels, strict=True):
        labels[dots.place(x_axis, y_axis, x_axis.low, mark)[1] // 4] = f"{float(label):.3g}"
    text = Text()
    for number in range(dots.height):
        is_goal = number == goal_row
        label = _goal_label(goal, y_axis) if is_goal else labels.get(number, "")
        text.append(f"{label:>{LABELS - 2}} ", look.goal if is_goal else look.axis)
        text.append("┤" if label else "│", look.axis)
        for cell in dots.row(number):
            if cell:
                text.append(chr(_BLANK + cell), look.line)
            else:
                text.append("╌" if is_goal else " ", look.goal)
        text.append("\n")
    text.append(f"{'epoch':>{LABELS - 2}} └{'─' * dots.width}\n", look.axis)
    text.append(_marks(x_axis, dots.width), look.axis)
    return text


def _goal_label(goal: float | None, axis: Axis) -> str:
    """Return what stands at the line of the goal; an arrow before it if it is further down than the axis goes."""
    below = goal is not None and math.log10(goal) < axis.low - 1e-9
    return f"{'↓' * below}{goal:.3g}"


def _marks(axis: Axis, width: int) -> str:
    """Return the labels below the axis of epochs, none over another."""
    line = [" "] * (LABELS + width)
    free = 0
    for mark, label in zip(axis.marks, axis.labels, strict=True):
        right = LABELS + round((mark - axis.low) / (axis.high - axis.low) * (width - 1))
        start = min(max(right - len(label) // 2, 0), len(line) - len(label))
        if start >= free:
            line[start : start + len(label)] = label
            free = start + len(label) + 1
    return "".join(line)
