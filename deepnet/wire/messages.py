"""Messages that were traced, or let through one by one, as plain data: `message_to_dict`, `message_from_dict`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from deepnet.actors.message_gate import Passed
from deepnet.actors.reading import Numbers
from deepnet.actors.tracing import TracedMessage
from deepnet.wire.numbers import array_to_list, list_to_array, number_from_plain, number_to_plain


def message_to_dict(message: TracedMessage | Passed) -> dict[str, Any]:
    """Return a message as plain data that `message_from_dict` takes back; one that was let through has no numbers."""
    data = {
        "number": message.number,
        "sender": message.sender,
        "receiver": message.receiver,
        "kind": message.kind,
        "text": message.text,
    }
    return data | {"numbers": _numbers(message.numbers)} if isinstance(message, TracedMessage) else data


def message_from_dict(data: Mapping[str, Any]) -> Any:
    """Return the `TracedMessage` or the `Passed` that `message_to_dict` described.

    Raises:
        KeyError, TypeError, ValueError: the data describe no message.
    """
    said = (int(data["number"]), str(data["sender"]), str(data["receiver"]), str(data["kind"]))
    if "numbers" not in data:
        return Passed(*said, str(data["text"]))
    return TracedMessage(*said, {name: _value(one) for name, one in data["numbers"].items()}, str(data["text"]))


def _numbers(numbers: Numbers) -> dict[str, Any]:
    return {name: _plain(value) for name, value in numbers.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"dtype": str(value.dtype), "shape": list(value.shape), "values": array_to_list(value)}
    return number_to_plain(value)


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return list_to_array(value["values"], value["dtype"]).reshape(value["shape"])
    return number_from_plain(value)
