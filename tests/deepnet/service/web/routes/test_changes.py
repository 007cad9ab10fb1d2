import time
from typing import Any

import pytest


def test_a_kill_heals_and_is_written_down_with_who_did_it(api: Any, served: Any, network: str, operator: Any) -> None:
    change = operator.ask("POST", f"networks/{network}/kill", json={"address": "dense_0/1"})

    assert (change["kind"], change["address"], change["new"]) == ("kill", "dense_0/1", "killed")
    end = time.monotonic() + 5
    while not api.ask("GET", f"networks/{network}/neurons/dense_0/1")["restarts"]:
        assert time.monotonic() < end, "it has not come back"
    while not (rows := api.ask("GET", f"events?network={network}&kind=intervened")["items"]):
        assert time.monotonic() < end, "nobody has written it down"
        time.sleep(0.01)
    assert rows[0]["who"].startswith("operator@session:")
    assert rows[0]["address"] == "dense_0/1"


def test_whom_nobody_knows_cannot_be_killed(api: Any, network: str) -> None:
    assert (
        "there are dense_0/0" in api.problem("POST", f"networks/{network}/kill", 422, json={"address": "x"})["detail"]
    )


def test_changes_are_listed_and_taken_back_newest_first(api: Any, served: Any, network: str) -> None:
    before = served.engine.network(network).neuron("dense_0/0").bias
    for bias in (1.0, 2.0, 3.0):
        api.ask("PATCH", f"networks/{network}/neurons/dense_0/0", json={"bias": bias})

    assert [change["new"]["bias"] for change in api.ask("GET", f"networks/{network}/changes")["items"]] == [1, 2, 3]
    assert api.ask("POST", f"networks/{network}/undo")["kind"] == "undo"
    assert served.engine.network(network).neuron("dense_0/0").bias == 2
    api.ask("POST", f"networks/{network}/undo", json={"n": 2})
    assert served.engine.network(network).neuron("dense_0/0").bias == before
    api.problem("POST", f"networks/{network}/undo", 422, json={"n": 1})


def test_changes_come_in_pages_and_not_too_many_numbers_at_once(api: Any, network: str, monkeypatch: Any) -> None:
    for bias in (1.0, 2.0, 3.0):
        api.ask("PATCH", f"networks/{network}/layers/dense_0", json={"bias": bias, "weights": [[bias] * 2] * 4})

    page = api.ask("GET", f"networks/{network}/changes?limit=2")
    rest = api.ask("GET", f"networks/{network}/changes?limit=2&after={page['next']}")
    monkeypatch.setattr("deepnet.service.web.answers.MOST_NUMBERS", 40)
    problem = api.problem("GET", f"networks/{network}/changes", 413)

    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert "ask for fewer" in problem["detail"]


def test_a_fault_is_injected_until_it_is_undone(api: Any, served: Any, network: str) -> None:
    fault = {"fault": "stuck_at", "address": "dense_0/2", "amount": 0.5, "first": 3, "last": 9, "seed": 1}

    change = api.ask("POST", f"networks/{network}/inject", json=fault)

    assert change["kind"] == "inject"
    assert [one["kind"] for one in api.ask("GET", f"networks/{network}/neurons/dense_0/2")["faults"]] == ["stuck_at"]
    api.ask("POST", f"networks/{network}/undo")
    assert api.ask("GET", f"networks/{network}/neurons/dense_0/2")["faults"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"fault": "gremlins"},
        {"fault": "noise", "share": 0},
        {"fault": "noise", "rate": 2},
        {"fault": "noise", "first": 0},
    ],
)
def test_a_fault_that_there_is_not_is_refused(api: Any, network: str, body: Any) -> None:
    api.problem("POST", f"networks/{network}/inject", 422, json=body)
