import time
from typing import Any


def written(api: Any, query: str, count: int) -> Any:
    end = time.monotonic() + 5
    while len(found := api.ask("GET", f"events?{query}")["items"]) < count:
        assert time.monotonic() < end, found
        time.sleep(0.01)
    return found


def test_events_are_listed_in_either_order_page_by_page(api: Any, network: str) -> None:
    for bias in (1.0, 2.0, 3.0):
        api.ask("PATCH", f"networks/{network}/neurons/dense_0/0", json={"bias": bias})
    query = f"network={network}&kind=intervened"

    oldest = written(api, query, 3)

    numbers = [row["id"] for row in oldest]
    assert numbers == sorted(numbers)
    newest = api.ask("GET", f"events?{query}&order=desc&limit=2")
    assert [row["id"] for row in newest["items"]] == [numbers[2], numbers[1]]
    rest = api.ask("GET", f"events?{query}&order=desc&limit=2&after={newest['next']}")
    assert [row["id"] for row in rest["items"]] == [numbers[0]]
    assert rest["next"] is None
    assert [row["id"] for row in api.ask("GET", f"events?{query}&after={numbers[0]}")["items"]] == numbers[1:]
    assert [row["id"] for row in api.ask("GET", f"events?{query}&before={numbers[1]}")["items"]] == numbers[:1]


def test_events_are_chosen_by_kind_and_by_whom_they_are_about(api: Any, network: str) -> None:
    api.ask("PATCH", f"networks/{network}/neurons/dense_0/0", json={"bias": 1.0})
    api.ask("PATCH", f"networks/{network}/neurons/dense_0/1", json={"bias": 1.0})

    assert len(written(api, f"network={network}&address=dense_0/1", 1)) == 1
    both = written(api, f"network={network}&kind=intervened&kind=network_created", 3)
    assert [row["kind"] for row in both] == ["network_created", "intervened", "intervened"]
    assert {row["who"] for row in both} == {"admin@token"}


def test_what_cannot_be_listed_says_why(api: Any) -> None:
    for query in (
        "limit=0",
        "limit=1001",
        "after=-1",
        "after=x",
        "before=-1",
        "order=up",
        f"after={10**20}",
    ):
        api.problem("GET", f"events?{query}", 422)
