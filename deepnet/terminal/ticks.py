"""Where the marks of an axis stand, and what is written at them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a chart.

    Attributes:
        low: where it begins; on a logarithmic axis, as everywhere here, the power of ten.
        high: where it ends.
        marks: where it has a mark.
        labels: what is written there.
    """

    low: float
    high: float
    marks: tuple[float, ...]
    labels: tuple[str, ...]


def linear_axis(low: float, high: float, most: int, *, whole: bool = False) -> Axis:
    """Return an axis from *low* to *high* > *low* with up to *most* marks at round numbers, whole ones if asked.

    The marks are 1, 2 or 5 times a power of ten apart.
    """
    rough = high / most - low / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= rough)
    if whole:
        step = max(1.0, step)
    marks = tuple(index * step for index in range(math.ceil(low / step), math.floor(high / step) + 1))
    return Axis(low, high, marks, tuple(_label(mark, step) for mark in marks))


def logarithmic_axis(low: float, high: float, powers: Iterable[float], most: int) -> Axis:
    """Return an axis from *low* > 0 to *high* with marks at *powers* of ten, up to *most* of them."""
    chosen = tuple(powers)
    chosen = chosen[:: math.ceil(len(chosen) / most)]
    return Axis(math.log10(low), math.log10(high), tuple(map(math.log10, chosen)), tuple(f"{at:g}" for at in chosen))


def _label(mark: float, step: float) -> str:
    # Rounded to the step's last digit, so that 3 * 0.1 is not written as 0.30000000000000004.
    digits = max(0, -math.floor(math.log10(step)))
    return f"{mark:.6g}" if digits > 6 or abs(mark) >= 1e6 else f"{mark:.{digits}f}"
