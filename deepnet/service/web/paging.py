"""Lists come in pages: up to so many items, and a cursor that says where the next page begins."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

from fastapi import Query
from starlette.responses import Response

from deepnet.errors import InputError
from deepnet.service.web.answers import json_answer
from deepnet.service.web.schemas.common import LARGEST_INTEGER

MOST = 1000
_LONGEST_CURSOR = 128

Limit: TypeAlias = Annotated[int, Query(ge=1, le=MOST, description="how many items at most")]
After: TypeAlias = Annotated[
    str | None,
    Query(max_length=_LONGEST_CURSOR, description="the `next` of the page before; from the beginning if left out"),
]


def page_answer(items: Sequence[Any], following: str | int | None, **more: Any) -> Response:
    """Return a page.

    Args:
        items: of this page, as plain data.
        following: the cursor of the next page; None if this is the last one.
        more: whatever else there is to say of the list.
    """
    return json_answer({"items": items, "next": None if following is None else str(following), **more})


def following(items: Sequence[Any], limit: int, cursor: Any) -> Any:
    """Return the *cursor* of what comes after *items*, which were asked for with *limit*; None if nothing does."""
    return cursor if len(items) >= limit else None


def place_in(after: str | None) -> int:
    """Return how many items a cursor that counts them stands for.

    Raises:
        InputError: it is none of ours.
    """
    if after is None:
        return 0
    if not (after.isascii() and after.isdecimal()) or int(after[:20]) > LARGEST_INTEGER:
        raise InputError(f"after={after[:40]!r} is no cursor of this list: take the `next` of a page, or leave it out")
    return int(after)
