"""What an event says as plain data of a bounded size, taken at once: what it is about may change afterwards."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

import numpy as np

MOST = 100
"""So many numbers of an array, or entries of a list, stand there as they are; of more only the first FIRST do."""
FIRST = 10
LONGEST_TEXT = 1000
LONGEST_VALUE = 8192
"""Characters of JSON that one value may have."""
DEEPEST = 6


def plain_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return *data* as what JSON knows; ``"nan"`` and ``"inf"`` stand for numbers that it does not.

    An array or a list of more than 100 entries becomes ``{"shape", "first"}``. A value that is still too long becomes
    ``{"characters", "first"}``.
    """
    return {_text(name): _bounded(_plain(value, DEEPEST)) for name, value in data.items()}


def _bounded(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    shown = json.dumps(value, ensure_ascii=False)
    return value if len(shown) <= LONGEST_VALUE else {"characters": len(shown), "first": shown[:LONGEST_TEXT]}


def _plain(value: Any, depth: int) -> Any:  # noqa: PLR0911 - a row for each kind of thing
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int():
            return int(value) if value.bit_length() <= 63 else _text(f"{value:#x}")
        case float():
            return float(value) if math.isfinite(value) else repr(float(value))
        case np.generic():
            return _plain(value.item(), depth) if not isinstance(value.item(), np.generic) else _text(str(value))
        case np.ndarray() if value.size > MOST:
            return {"shape": list(value.shape), "first": _plain(value.flat[:FIRST].tolist(), depth)}
        case np.ndarray():
            return _plain(value.tolist(), depth)
    return _plain_whole(value, depth - 1) if depth else _text(str(value))


def _plain_whole(value: Any, depth: int) -> Any:
    """Return something that is made of parts."""
    if callable(getattr(value, "to_dict", None)):
        try:
            value = value.to_dict()
        except Exception:  # noqa: BLE001 - of somebody's own making, and of no use to a file
            return _text(str(value))
    elif callable(getattr(value, "_asdict", None)):
        value = value._asdict()
    elif is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        kept = {_text(str(name)): _plain(part, depth) for name, part in islice(value.items(), MOST)}
        return kept if len(value) <= MOST else kept | {"...": len(value) - MOST}
    if isinstance(value, list | tuple | set | frozenset):
        if len(value) > MOST:
            return {"shape": [len(value)], "first": _listed(islice(value, FIRST), depth)}
        return _listed(value, depth)
    return _text(str(value))


def _listed(values: Iterable[Any], depth: int) -> list[Any]:
    return [_plain(value, depth) for value in values]


def _text(text: str) -> str:
    """Return *text*, cut, in letters that can be written in UTF-8."""
    return text[:LONGEST_TEXT].encode("utf-8", "backslashreplace").decode()
