from typing import Any

import numpy as np
import pytest

from deepnet.wire.records import neuron_from_dict


def test_a_neuron_is_told_whole(api: Any, served: Any, network: str) -> None:
    told = neuron_from_dict(api.ask("GET", f"networks/{network}/neurons/dense_0/3"))

    live = served.engine.network(network).neuron("dense_0/3")
    assert (told.address, told.bias, told.activation, told.step) == ("dense_0/3", live.bias, "tanh", live.step)
    assert np.array_equal(told.weights, live.weights)


def test_a_neuron_that_is_watched_tells_what_it_did(api: Any, served: Any, network: str, begin: Any) -> None:
    run = begin(paused=True)
    with served.engine.network(network).watch("dense_0/3"):
        api.ask("POST", f"runs/{run}/step", json={"n": 5})

        def told(query: str) -> Any:
            return api.ask("GET", f"networks/{network}/neurons/dense_0/3{query}")["history"]

        assert [activity["step"] for activity in told("")] == [1, 2, 3, 4, 5]
        assert [activity["step"] for activity in told("?history=2")] == [4, 5]
        assert told("?history=0") == []
        api.problem("GET", f"networks/{network}/neurons/dense_0/3?history=101", 422)


def test_of_a_wide_neuron_older_steps_give_way(api: Any, served: Any) -> None:
    api.ask("POST", "networks", 201, json={"name": "wide", "layers": "4000-1"})
    rows = {"inputs": [[0] * 4000], "targets": [[0]], "until": {"epochs": 10**6}, "paused": True}
    run = api.ask("POST", "networks/wide/runs", 201, json=rows)["id"]
    with served.engine.network("wide").watch("dense_0/0"):
        api.ask("POST", f"runs/{run}/step", json={"n": 20})

        told = api.ask("GET", "networks/wide/neurons/dense_0/0")["history"]

    assert told[-1]["step"] == 20
    assert 5 < len(told) < 20
    api.ask("DELETE", "networks/wide", 204)


def test_a_neuron_is_set_in_part(api: Any, served: Any, network: str) -> None:
    before = served.engine.network(network).neuron("dense_0/1")

    change = api.ask(
        "PATCH",
        f"networks/{network}/neurons/dense_0/1",
        json={"weights": {"1": 0.5}, "bias": -2, "activation": "relu", "frozen": True, "lesioned": True},
    )

    after = served.engine.network(network).neuron("dense_0/1")
    assert (change["kind"], change["address"], change["step"]) == ("set", "dense_0/1", 0)
    assert after.weights.tolist() == [before.weights[0], 0.5]
    assert (after.bias, after.activation, after.frozen, after.lesioned) == (-2, "relu", True, 0)


def test_null_takes_away_what_a_neuron_has_of_its_own(api: Any, served: Any, network: str) -> None:
    path = f"networks/{network}/neurons/dense_0/1"
    api.ask("PATCH", path, json={"activation": "relu", "lesioned": 0.25})

    api.ask("PATCH", path, json={"activation": None, "lesioned": None})

    after = served.engine.network(network).neuron("dense_0/1")
    assert (after.activation, after.lesioned) == ("tanh", None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "nothing is to be set"),
        ({"weights": [1, 2, 3]}, "has shape (3,)"),
        ({"weights": {"x": 1}}, "weights"),
        ({"weights": {"9": 1}}, "9"),
        ({"weights": None}, "weights"),
        ({"bias": "1"}, "bias"),
        ({"frozen": 1}, "frozen"),
        ({"granularity": "layer"}, "there is no such thing here"),
    ],
)
def test_what_does_not_fit_a_neuron_changes_nothing(api: Any, resting: str, body: Any, said: str) -> None:
    problem = api.problem("PATCH", f"networks/{resting}/neurons/dense_0/1", 422, json=body)

    assert said in problem["detail"]
    assert problem["instance"] == f"/api/v1/networks/{resting}/neurons/dense_0/1"
    assert api.ask("GET", f"networks/{resting}/changes")["items"] == []


def test_numbers_that_are_not_finite_are_refused(api: Any, network: str) -> None:
    for word in ("NaN", "Infinity", "1e999"):
        how = {"content": f'{{"bias": {word}}}', "headers": {"Content-Type": "application/json"}}
        assert "bias" in api.problem("PATCH", f"networks/{network}/neurons/dense_0/1", 422, **how)["detail"]


@pytest.mark.parametrize("place", ["dense_0/4", "dense_9/0", "dropout_0/0", "trainer/0"])
def test_a_neuron_that_is_not_there_is_not_found_and_those_that_are_are_told(
    api: Any, network: str, place: str
) -> None:
    path = f"networks/{network}/neurons/{place}"
    for method, more, body in (("GET", "", None), ("PATCH", "", {"bias": 1.0}), ("POST", "/prune", None)):
        assert (
            "there are dense_0/0 to dense_0/3, dense_1/0" in api.problem(method, path + more, 404, json=body)["detail"]
        )


def test_a_neuron_is_pruned_and_the_last_of_a_layer_is_not(api: Any, network: str) -> None:
    assert api.ask("POST", f"networks/{network}/neurons/dense_0/0/prune")["kind"] == "prune"
    assert api.ask("GET", f"networks/{network}/neurons")["total"] == 4
    api.problem("POST", f"networks/{network}/neurons/dense_1/0/prune", 422)


def test_neurons_are_listed_by_layer_and_in_the_order_asked_for(api: Any, served: Any, network: str) -> None:
    for index, bias in enumerate((0.5, -1, 2, 0.5)):
        api.ask("PATCH", f"networks/{network}/neurons/dense_0/{index}", json={"bias": bias})

    page = api.ask("GET", f"networks/{network}/neurons?layer=dense_0&sort=bias&descending=true&limit=3")

    assert [row["index"] for row in page["items"]] == [2, 0, 3]
    assert (page["total"], page["next"]) == (4, "3")
    rest = api.ask("GET", f"networks/{network}/neurons?layer=dense_0&sort=bias&descending=true&limit=3&after=3")
    assert [row["address"] for row in rest["items"]] == ["dense_0/1"]
    assert rest["next"] is None
    row = page["items"][0]
    weights = served.engine.network(network).neuron("dense_0/2").weights
    assert row["norm"] == pytest.approx(float(np.linalg.norm(weights)))
    assert (row["activation"], row["frozen"], row["lesioned"], row["rate"]) == ("tanh", False, None, 1)


def test_neurons_may_be_listed_by_activation_and_those_without_a_number_come_last(api: Any, network: str) -> None:
    api.ask("PATCH", f"networks/{network}/neurons/dense_0/2", json={"activation": "relu", "lesioned": 0.1})

    def order(query: str) -> list[str]:
        return [row["address"] for row in api.ask("GET", f"networks/{network}/neurons?{query}")["items"]]

    assert order("sort=activation")[:2] == ["dense_1/0", "dense_0/2"]
    assert order("sort=lesioned")[0] == order("sort=lesioned&descending=true")[0] == "dense_0/2"
    assert order("")[0] == "dense_0/0"
    assert order("descending=true")[0] == "dense_1/0"


def test_what_cannot_be_listed_says_why(api: Any, network: str) -> None:
    start = f"networks/{network}/neurons"

    assert "dense_0, dense_1" in api.problem("GET", f"{start}?layer=dense_5", 404)["detail"]
    assert "sort" in api.problem("GET", f"{start}?sort=colour", 422)["detail"]
    assert "limit" in api.problem("GET", f"{start}?limit=1001", 422)["detail"]
    assert "is no cursor of this list" in api.problem("GET", f"{start}?after=x", 422)["detail"]
