import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from deepnet.service.web.streams import sse


def read(response: Any) -> Iterator[dict[str, str]]:
    """The events of a stream, by the names of their fields; comments are left out."""
    event: dict[str, str] = {}
    for line in response.iter_lines():
        if line.startswith(":"):
            continue
        if not line and event:
            yield event
            event = {}
        elif line:
            name, _, value = line.partition(": ")
            event[name] = value


def happen(served: Any, *numbers: int, network: str = "made-up") -> None:
    for number in numbers:
        served.engine.log.note("happened", network=network, number=number)


def numbers(events: list[dict[str, str]]) -> list[int]:
    return [json.loads(event["data"])["data"]["number"] for event in events]


def test_a_stream_that_broke_off_is_taken_up_where_it_was(served: Any) -> None:
    with served.http() as http:
        with http.stream("GET", "/api/v1/events/stream", params={"network": "made-up"}) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            events = read(response)
            served.wait(lambda: served.hub.feed._task is not None)
            happen(served, 1, 2, 3)
            first = [next(events) for _ in range(2)]
        happen(served, 4)
        happen(served, 0, network="another")
        headers = {"Last-Event-ID": first[-1]["id"]}
        with http.stream("GET", "/api/v1/events/stream?network=made-up&after=0", headers=headers) as response:
            events = read(response)
            second = [next(events) for _ in range(2)]
            happen(served, 5)
            second.append(next(events))

    assert numbers(first) == [1, 2]
    assert numbers(second) == [3, 4, 5]
    assert {event["event"] for event in first + second} == {"happened"}
    rows = served.engine.store.events.page(network="made-up")
    assert [int(event["id"]) for event in first + second] == [row.id for row in rows]


def test_from_the_beginning_all_come_that_the_filters_let_through_however_many(served: Any) -> None:
    happen(served, *range(1200), network="many")
    served.engine.log.note("another_kind", network="many")
    served.wait(lambda: served.engine.store.events.page(network="many", kinds=("another_kind",)))
    with served.http() as http:
        url = "/api/v1/events/stream?after=0&network=many&kind=happened&kind=unheard"
        with http.stream("GET", url) as response:
            events = read(response)
            assert numbers([next(events) for _ in range(1200)]) == list(range(1200))
            happen(served, 1200, network="many")
            assert numbers([next(events)]) == [1200]


@pytest.mark.parametrize("after", ["-1", "x", str(2**63), "1e3"])
def test_a_number_that_no_event_has_is_refused(served: Any, after: str) -> None:
    with served.http() as http:
        assert http.get("/api/v1/events/stream", params={"after": after}).status_code == 422


@pytest.mark.parametrize("resume", ["x", "-5", "9" * 30, "²"])
def test_an_id_that_is_none_of_ours_counts_as_if_it_were_not_there(served: Any, resume: str) -> None:
    with (
        served.http() as http,
        http.stream("GET", "/api/v1/events/stream", headers={"Last-Event-ID": resume.encode()}) as response,
    ):
        served.wait(lambda: served.hub.feed._task is not None)
        served.engine.log.note("awaited", network="nobody")
        assert response.status_code == 200
        assert next(event for event in read(response) if event["event"] == "awaited")


def test_a_client_that_goes_is_forgotten(served: Any) -> None:
    served.wait(lambda: served.hub.streams == 0)
    with served.http() as http, http.stream("GET", "/api/v1/events/stream") as response:
        lines = response.iter_lines()
        next(lines)
        assert served.hub.streams == 1
    served.wait(lambda: served.hub.streams == 0)
    served.wait(lambda: served.hub.feed._task is None)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("AnyIO")]


def test_a_client_that_reads_nothing_for_long_is_dropped(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "UNREAD_SECONDS", 0.2)
    served.wait(lambda: served.hub.streams == 0)
    happen(served, *range(2000), network="full")
    with served.narrow_socket() as raw:
        raw.sendall(served.request("/api/v1/events/stream?after=0"))
        served.wait(lambda: served.hub.streams == 1)
        served.wait(lambda: served.hub.streams == 0)
