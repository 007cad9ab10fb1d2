"""A row of numbers as a row of little bars."""

import math
from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """Return the last *width* of *values* as bars, the smallest lowest; what is not finite is a blank."""
    shown = [float(value) for value in values][-width:]
    finite = [value for value in shown if math.isfinite(value)]
    if not finite:
        return " " * len(shown)
    low, high = min(finite), max(finite)
    if high == low:
        return "".join(_BARS[3] if math.isfinite(value) else " " for value in shown)
    scale = (len(_BARS) - 1) / (high - low)
    return "".join(_BARS[round((value - low) * scale)] if math.isfinite(value) else " " for value in shown)
