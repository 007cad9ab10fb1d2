"""A change as plain data: `change_to_dict` and `change_from_dict`, and the values in it.

What was replaced and what has taken its place may be of any kind: a number, a word, an array, a mapping of several.
Three kinds of value have no form of their own in JSON and are written as an object with a name that says so:
an array is ``{"array": [[1.0, 2.0]], "dtype": "float32", "shape": [1, 2]}``, a tuple ``{"tuple": [true, false]}``, and
a mapping with numbers for names ``{"numbered": {"2": 0.5}}``.
"""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np

from deepnet.runs.states import Change
from deepnet.wire.messages import message_from_dict, message_to_dict
from deepnet.wire.numbers import NOT_FINITE, array_to_list, list_to_array, number_to_plain


def change_to_dict(change: Change) -> dict[str, Any]:
    """Return a change as plain data that `change_from_dict` takes back; ``text`` is the same for people."""
    return {
        "kind": change.kind,
        "address": change.address,
        "step": change.step,
        "old": value_to_plain(change.old),
        "new": value_to_plain(change.new),
        "messages": [message_to_dict(message) for message in change.messages],
        "text": str(change),
    }


def change_from_dict(data: Mapping[str, Any]) -> Change:
    """Return the change that `change_to_dict` described.

    Raises:
        KeyError, TypeError, ValueError: the data describe no change.
    """
    return Change(
        str(data["kind"]),
        str(data["address"]),
        int(data["step"]),
        value_from_plain(data["old"]),
        value_from_plain(data["new"]),
        tuple(message_from_dict(message) for message in data["messages"]),
    )


def value_to_plain(value: Any) -> Any:  # noqa: PLR0911 - a row for each kind of value
    """Return a value of a change as plain data; of a kind that is not known, its text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return number_to_plain(value)
        case np.ndarray():
            return {"array": array_to_list(value), "dtype": str(value.dtype), "shape": list(value.shape)}
        case np.generic():
            return value_to_plain(value.item())
        case tuple():
            return {"tuple": [value_to_plain(part) for part in value]}
        case list():
            return [value_to_plain(part) for part in value]
        case Mapping():
            return _mapping_to_plain(value)
    if is_dataclass(value) and not isinstance(value, type):
        return value_to_plain(asdict(value))
    return str(value)


def _mapping_to_plain(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    named = {str(name): value_to_plain(part) for name, part in mapping.items()}
    return {"numbered": named} if mapping and all(isinstance(name, int) for name in mapping) else named


def value_from_plain(value: Any) -> Any:  # noqa: PLR0911 - as above
    """Return the value that `value_to_plain` gave."""
    match value:
        case str() if value in NOT_FINITE:
            return float(value)
        case {"array": numbers, "dtype": str(dtype), "shape": [*shape], **others} if not others:
            return list_to_array(numbers, dtype).reshape(shape)
        case {"tuple": [*parts], **others} if not others:
            return tuple(value_from_plain(part) for part in parts)
        case {"numbered": dict(mapping), **others} if not others:
            return {int(name): value_from_plain(part) for name, part in mapping.items()}
        case dict():
            return {name: value_from_plain(part) for name, part in value.items()}
        case list():
            return [value_from_plain(part) for part in value]
    return value
