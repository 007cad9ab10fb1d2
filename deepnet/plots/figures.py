"""What is drawn, whatever draws it: plain frozen values, with finite numbers only."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
"""(x, y), both finite."""

LARGEST = 1e300
"""Beyond this, the arithmetic of an axis overflows."""
FINEST = 1e-12
"""Numbers that differ by a smaller share than this are drawn as equal: an axis could not label them."""
DECADES = 2
"""Values that spread over more powers of ten than this are drawn on a logarithmic axis."""


@dataclass(frozen=True, slots=True)
class Series:
    """Points that belong together, under the name they have in the legend."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines that share both axes.

    Attributes:
        title: of the vertical axis.
        series: the lines.
        heading: what stands above the panel, if anything.
        logarithmic: whether the vertical axis is; then every y is above 0.
    """

    title: str
    series: tuple[Series, ...]
    heading: str = ""
    logarithmic: bool = False

    @property
    def ends(self) -> Point:
        """The smallest and the largest y; some way apart if all are equal."""
        return _ends([y for series in self.series for _, y in series.points])

    @property
    def powers(self) -> tuple[float, ...]:
        """The powers of ten that mark a logarithmic axis: not more than a dozen of those between the ends."""
        first, last = math.ceil(math.log10(self.ends[0])), math.floor(math.log10(self.ends[1]))
        return tuple(10.0**power for power in range(first, last + 1, 1 + (last - first) // 12))


@dataclass(frozen=True, slots=True)
class Lines:
    """Panels of lines over the same horizontal axis.

    Attributes:
        title: what there is to see.
        subtitle: what has to be known besides; may be empty.
        x_title: of the horizontal axis.
        panels: row by row.
        columns: how many panels stand side by side.
        whole: whether x counts something, so that ticks between whole numbers mean nothing.
    """

    title: str
    subtitle: str
    x_title: str
    panels: tuple[Panel, ...]
    columns: int = 1
    whole: bool = False

    @property
    def is_grid(self) -> bool:
        """Whether there are several rows of several panels, which then are small."""
        return len(self.panels) > self.columns > 1

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all series, each once, in the order in which they come."""
        return tuple(dict.fromkeys(series.name for panel in self.panels for series in panel.series))


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points about the diagonal y = x; both axes have the same ends."""

    title: str
    subtitle: str
    x_title: str
    y_title: str
    series: tuple[Series, ...]

    @property
    def ends(self) -> Point:
        """The smallest and the largest number on either axis; some way apart if all are equal."""
        return _ends([number for series in self.series for point in series.points for number in point])


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many rows of each true class were put out as each class.

    Attributes:
        title: what there is to see.
        subtitle: what has to be known besides.
        labels: the names of the classes.
        counts: a row a true class, a column a predicted one.
    """

    title: str
    subtitle: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


Figure: TypeAlias = Lines | Scatter | Matrix


def _ends(numbers: list[float]) -> Point:
    low, high = min(numbers), max(numbers)
    size = max(abs(low), abs(high))
    if high - low > max(1 / LARGEST, size * FINEST):
        return low, high
    return low - max(0.5, size / 2), high + max(0.5, size / 2)


def finite(points: Iterable[Point]) -> tuple[Point, ...]:
    """Return *points* as Python floats, without those that no axis can hold."""
    plain = ((float(x), float(y)) for x, y in points)
    return tuple((x, y) for x, y in plain if abs(x) <= LARGEST and abs(y) <= LARGEST)


def needs_logarithm(series: Iterable[Series]) -> bool:
    """Whether all values are above 0 and spread so far that the small ones would look like 0."""
    values = [y for one in series for _, y in one.points]
    return bool(values) and min(values) >= 1 / LARGEST and math.log10(max(values)) - math.log10(min(values)) > DECADES
