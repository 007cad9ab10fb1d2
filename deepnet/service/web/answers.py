"""Answers: JSON made quickly, arrays as safetensors or npy, and what is too much for JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from starlette.responses import Response

from deepnet.errors import DeepnetError
from deepnet.service.web.problems import problem_response

JSON = "application/json"
MOST_NUMBERS = 200_000
"""Of arrays, in an answer of JSON: it takes long to write, and to read."""

_encoder = msgspec.json.Encoder()


class TooMuchError(DeepnetError):
    """The answer would be too long for JSON; the message says what to ask for instead."""


def require_few(numbers: int, advice: str) -> None:
    """Raise TooMuchError if an answer of JSON would have too many *numbers*; *advice* is what to do instead."""
    if numbers > MOST_NUMBERS:
        raise TooMuchError(
            f"the answer has {numbers:,} numbers, more than the {MOST_NUMBERS:,} that are sent as JSON: {advice}"
        )


def numbers_in(value: Any) -> int:
    """Count the numbers of all arrays in *value*: mappings, lists, tuples and arrays."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, Mapping):
        return sum(map(numbers_in, value.values()))
    return sum(map(numbers_in, value)) if isinstance(value, list | tuple) else 1


def too_much(error: TooMuchError, path: str) -> Response:
    """Return the answer for what is too much."""
    return problem_response(413, "too-large", str(error), instance=path)


def json_answer(data: Any, status: int = 200, **headers: str) -> Response:
    """Return *data*, which are strict JSON as `deepnet.wire` makes it; an underscore in a header is a hyphen."""
    return Response(_encoder.encode(data), status, _named(headers), JSON)


def bytes_answer(content: bytes, media_type: str, **headers: str) -> Response:
    """Return bytes of a type."""
    return Response(content, 200, _named(headers), media_type)


def file_answer(content: bytes, media_type: str, file_name: str) -> Response:
    """Return bytes to keep as *file_name*, which is of letters, digits, hyphens, underscores and dots."""
    return bytes_answer(content, media_type, Content_Disposition=f'attachment; filename="{file_name}"')


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
