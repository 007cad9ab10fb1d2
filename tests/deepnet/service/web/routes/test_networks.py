from typing import Any

import numpy as np
import pytest

from deepnet.wire.arrays import arrays_from_bytes
from deepnet.wire.cuts import cut_from_bytes

MODEL = {
    "layers": [
        {"kind": "dense", "inputs": 3, "neurons": 8, "activation": "relu"},
        {"kind": "dropout", "rate": 0.25},
        {"kind": "dense", "inputs": 8, "neurons": 1},
    ]
}


def test_a_network_is_created_listed_described_and_deleted(api: Any) -> None:
    about = {"rows": [1, 2.5, None], "who": "me"}
    made = api.ask("POST", "networks", 201, json={"name": "one", "layers": "3-8-1:relu", "seed": 5, "about": about})

    assert (made["name"], made["up"], made["state"], made["seed"], made["run"]) == ("one", True, "idle", 5, None)
    assert [(layer["neurons"], layer["activation"]) for layer in made["layers"]] == [(8, "relu"), (1, "identity")]
    assert made["about"] == about
    assert made in api.ask("GET", "networks")["items"]
    assert api.ask("GET", "networks/one") == made

    api.ask("DELETE", "networks/one", 204)

    assert "there is no network 'one'" in api.problem("GET", "networks/one", 404)["detail"]
    assert api.problem("DELETE", "networks/one", 404)["type"] == "/problems/not-found"


def test_a_model_is_given_whole_or_in_short_and_a_name_is_made_up(api: Any) -> None:
    made = api.ask("POST", "networks", 201, json={"model": MODEL, "granularity": "layer", "dtype": "float64"})

    assert made["model"]["layers"][1] == {"kind": "dropout", "rate": 0.25}
    assert (made["granularity"], made["dtype"]) == ("layer", "float64")
    api.ask("DELETE", f"networks/{made['name']}", 204)


def test_a_shorthand_may_name_the_activation_of_the_last_layer(api: Any) -> None:
    made = api.ask("POST", "networks", 201, json={"name": "two", "layers": "4-3-2:relu:softmax"})

    assert [layer["activation"] for layer in made["layers"]] == ["relu", "softmax"]
    api.ask("DELETE", "networks/two", 204)


def test_a_name_that_is_taken_is_refused(api: Any, network: str) -> None:
    problem = api.problem("POST", "networks", 409, json={"name": network, "layers": "3-1"})

    assert problem["type"] == "/problems/name-taken"
    assert network in problem["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "a network needs a model, or layers"),
        ({"layers": "3-1", "model": MODEL}, "and not both"),
        ({"layers": "3"}, "layers"),
        ({"layers": "3-0-1"}, "layers"),
        ({"layers": "3-2-1:nonsense"}, "unknown activation 'nonsense': use one of"),
        ({"layers": "9000-9000-1"}, "is too large"),
        ({"layers": "3-1", "name": "Up"}, "name"),
        ({"layers": "3-1", "name": "a" * 49}, "name"),
        ({"layers": "3-1", "name": "../x"}, "name"),
        ({"layers": "3-1", "seed": -1}, "seed"),
        ({"layers": "3-1", "seed": "1"}, "seed"),
        ({"layers": "3-1", "seed": True}, "seed"),
        ({"layers": "3-1", "colour": "red"}, "there is no such thing here"),
        ({"layers": "3-1", "about": {"a": [[[[[[[[[1]]]]]]]]]}}, "nested no deeper"),
        ({"layers": "3-1", "about": {"a": 2**60}}, "no whole number beyond"),
        ({"model": {"layers": [{"kind": "dropout", "rate": 0.5}]}}, "the last layer of a Chain must be a Dense"),
        ({"model": {"layers": [{"kind": "dense", "inputs": 1, "neurons": 1e9}]}}, "neurons"),
        ({"model": {"layers": [{"kind": "conv"}]}}, "kind"),
        ([], "dictionary"),
    ],
)
def test_what_makes_no_network_is_refused_with_its_reason(api: Any, body: Any, said: str) -> None:
    before = api.ask("GET", "networks")

    problem = api.problem("POST", "networks", 422, json=body)

    assert said in problem["detail"]
    assert api.ask("GET", "networks") == before


def test_text_that_is_no_unicode_is_refused(api: Any) -> None:
    how = {"content": b'{"layers": "3-1", "about": {"\\ud800": 1}}', "headers": {"Content-Type": "application/json"}}

    assert "Unicode" in api.problem("POST", "networks", 422, **how)["detail"]


def test_parameters_are_those_of_the_network_bit_for_bit(api: Any, served: Any, network: str) -> None:
    answer = api.get(f"/api/v1/networks/{network}/parameters")

    cut, live = cut_from_bytes(answer.content), served.engine.network(network).cut()
    assert answer.headers["content-type"] == "application/x-safetensors"
    assert answer.headers["content-disposition"] == f'attachment; filename="{network}.safetensors"'
    assert cut.step == live.step
    for ours, theirs in zip(cut.parameters, live.parameters, strict=True):
        assert np.array_equal(ours.weights, theirs.weights)
        assert np.array_equal(ours.bias, theirs.bias)


def test_columns_are_those_that_are_asked_for(api: Any, network: str) -> None:
    api.ask("PATCH", f"networks/{network}/neurons/dense_0/2", json={"frozen": True})

    arrays, about = arrays_from_bytes(api.ask("GET", f"networks/{network}/columns?fields=bias,frozen"))

    assert set(arrays) == {"dense_0.bias", "dense_0.frozen", "dense_1.bias", "dense_1.frozen"}
    assert arrays["dense_0.frozen"].tolist() == [False, False, True, False]
    assert about["step"] == "0"
    assert "unknown field 'colour'" in api.problem("GET", f"networks/{network}/columns?fields=colour", 422)["detail"]


def test_the_tree_has_everybody(api: Any, network: str) -> None:
    def names(node: Any) -> list[str]:
        return [node["name"], *(name for child in node["children"] for name in names(child))]

    tree = api.ask("GET", f"networks/{network}/tree")

    assert tree["name"] == f"network:{network}"
    assert {"vault", "trainer", "dense_0/3", "dense_1/0"} <= set(names(tree))


def test_health_is_judged_on_the_rows_of_the_run(api: Any, network: str, begin: Any) -> None:
    assert "has never been trained" in api.problem("GET", f"networks/{network}/health", 409)["detail"]
    run = begin(until={"epochs": 3})

    health = api.ask("GET", f"networks/{network}/health")

    assert health["rows"] == 4
    assert [layer["address"] for layer in health["layers"]] == ["dense_0", "dense_1"]
    assert set(api.ask("GET", f"runs/{run}/health")) == set(health)


def test_networks_come_in_pages(api: Any) -> None:
    for name in ("page-a", "page-b", "page-c"):
        api.ask("POST", "networks", 201, json={"name": name, "layers": "1-1"})

    first = api.ask("GET", "networks?limit=2&after=page")
    second = api.ask("GET", f"networks?limit=2&after={first['next']}")

    assert [row["name"] for row in first["items"]] == ["page-a", "page-b"]
    assert second["items"][0]["name"] == "page-c"
    for name in ("page-a", "page-b", "page-c"):
        api.ask("DELETE", f"networks/{name}", 204)
