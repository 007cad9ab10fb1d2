"""Numbers for people: each with its unit, and no more digits than anyone reads."""

import math
import time
from typing import Any

from deepnet.data.files import one_line

_SIZES = ("kB", "MB", "GB", "TB")


def count(value: int | None) -> str:
    """Write how many there are: 12,345."""
    return "-" if value is None else f"{value:,}"


def number(value: float | str | None) -> str:
    """Write a number with four digits; ``nan`` as it is, and a dash for one that is not there."""
    if value is None or isinstance(value, str):
        return value or "-"
    if not math.isfinite(value):
        return str(value)
    return f"{value:.4g}"


def seconds(value: float | None) -> str:
    """Write how long something takes, with its unit: 1.2 ms, 3.4 s, 2 min 5 s, 3 h 2 min, 4 d 3 h."""
    if value is None or not math.isfinite(value):
        return "-"
    if value < 1:
        return f"{1000 * value:.3g} ms"
    if value < 60:
        return f"{value:.3g} s"
    whole = round(value)
    for size, name, less, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // less
            return f"{whole // size} {name}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def size(value: float | None) -> str:
    """Write how many bytes: 512 B, 1.2 MB."""
    if value is None:
        return "-"
    if value < 1000:
        return f"{value:.0f} B"
    power = min(int(math.log(value, 1000)), len(_SIZES))
    return f"{value / 1000**power:.3g} {_SIZES[power - 1]}"


def moment(value: float | None, now: float | None = None) -> str:
    """Write when something was, in the time of this place: the hour if that is today, or the day too."""
    if value is None:
        return "-"
    then, today = time.localtime(value), time.localtime(time.time() if now is None else now)
    return time.strftime("%H:%M:%S" if then[:3] == today[:3] else "%Y-%m-%d %H:%M", then)


_WRAPPED = ("array", "tuple", "numbered")


def bare(value: Any) -> Any:
    """Return a value of a change as `deepnet.wire.changes` writes it, without what says of which kind it is."""
    if isinstance(value, dict):
        kind = next((name for name in _WRAPPED if name in value), "")
        return value[kind] if kind and value.keys() <= {kind, "dtype", "shape"} else value
    return value


def plain(value: Any, longest: int = 60) -> str:
    """Write a value of any kind on one line: numbers with four digits, of many the first ones."""
    value = bare(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (list, tuple)):
        shown = ", ".join(plain(one) for one in value[:6])
        return f"({shown}{', ...' * (len(value) > 6)})"
    if isinstance(value, dict):
        text = ", ".join(f"{name} {plain(one)}" for name, one in value.items())
    else:
        text = "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = one_line(text) if text else text
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
