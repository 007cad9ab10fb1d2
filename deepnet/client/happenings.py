"""The event log of a service: what is kept, page by page, and what happens from now on."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from deepnet.client.link import Link
from deepnet.errors import ServiceError

PAGE = 1000
_BACK_SECONDS = 30.0
"""How long a service that goes away while it is followed may take to come back."""


def kept_events(link: Link, after: int, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events numbered above *after* that are kept, oldest first."""
    place: Any = after
    while place is not None:
        page = link.ask("GET", "/events", params={**wanted, "after": place, "limit": PAGE}).json()
        yield from page["items"]
        place = page["next"]


def followed_events(link: Link, after: int | None, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield events as they happen, those after *after* first; a connection that breaks is taken up where it was.

    It ends when the service ends it.

    Raises:
        ServiceError: the service has gone and does not come back within half a minute.
    """
    while True:
        try:
            for name, row in _stream(link, after, wanted):
                if name == "bye":
                    return
                after = int(row["id"])
                yield row
        except (ServiceError, TimeoutError) as error:
            if getattr(error, "status", None) is not None or not link.wait_until_back(_BACK_SECONDS):
                raise
        time.sleep(0.05)  # it was ended without a word: not again and again without a pause


def _stream(link: Link, after: int | None, wanted: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the data of each server-sent event.

    Source: WHATWG, HTML standard, section 9.2.6, interpreting an event stream.
    """
    name, data = "message", ""
    with link.stream("/events/stream", {**wanted, "after": after}, {"Accept": "text/event-stream"}) as response:
        for line in response.iter_lines():
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not line and data:
                yield name, json.loads(data)
                name, data = "message", ""
            elif field == "event":
                name = value
            elif field == "data":
                data += value
