"""JSON that any program reads and that brings every number back bit for bit."""

import json
import math
from typing import Any


def to_json(data: object, *, indent: int | None = None) -> bytes:
    """Return *data* as JSON; a number that JSON does not know becomes ``"nan"``, ``"inf"`` or ``"-inf"``.

    Whoever reads it gets the number back with ``float``.

    Raises:
        TypeError: something is neither text, number, truth, None, list nor mapping.
    """
    try:
        text = json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:  # it is rare, and looking for it in a long history beforehand would take ten times as long
        text = json.dumps(_named(data), indent=indent, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _named(data: Any) -> Any:
    if isinstance(data, float) and not math.isfinite(data):
        return repr(float(data))
    if isinstance(data, dict):
        return {name: _named(value) for name, value in data.items()}
    return [_named(value) for value in data] if isinstance(data, list | tuple) else data
