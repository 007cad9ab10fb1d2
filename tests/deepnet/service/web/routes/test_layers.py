from typing import Any

import numpy as np
import pytest

from deepnet.wire.looks import tile_from_bytes


def test_layers_are_listed_with_those_that_have_no_neurons(api: Any) -> None:
    layers = [
        {"kind": "dense", "inputs": 2, "neurons": 3, "activation": "tanh"},
        {"kind": "dropout", "rate": 0.5},
        {"kind": "dense", "inputs": 3, "neurons": 1},
    ]
    api.ask("POST", "networks", 201, json={"name": "layered", "model": {"layers": layers}})

    listed = api.ask("GET", "networks/layered/layers")["items"]

    assert [layer["address"] for layer in listed] == ["dense_0", "dropout_0", "dense_1"]
    assert listed[0]["granularity"] == "neuron"
    assert api.ask("GET", "networks/layered/layers/dropout_0")["rate"] == 0.5
    api.problem("PATCH", "networks/layered/layers/dropout_0", 404, json={"frozen": True})
    api.ask("DELETE", "networks/layered", 204)


def test_a_layer_is_told_with_its_figures(api: Any, served: Any, network: str) -> None:
    api.ask("PATCH", f"networks/{network}/neurons/dense_0/1", json={"lesioned": 0.5})

    layer = api.ask("GET", f"networks/{network}/layers/dense_0")

    weights = served.engine.network(network).parameters()[0].weights
    assert layer["norm"] == pytest.approx(np.linalg.norm(weights))
    assert (layer["neurons"], layer["frozen"], layer["lesioned"], layer["restarts"]) == (4, 0, 1, 0)


def test_a_layer_is_set_and_the_change_can_be_undone(api: Any, served: Any, network: str) -> None:
    weights = [[1, 2], [3, 4], [5, 6], [7.5, 8]]

    change = api.ask(
        "PATCH", f"networks/{network}/layers/dense_0", json={"weights": weights, "bias": 1, "granularity": "layer"}
    )

    live = served.engine.network(network)
    assert (change["kind"], change["address"]) == ("set", "dense_0")
    assert live.parameters()[0].weights.tolist() == weights
    assert live.summary().granularity == "mixed"
    api.ask("POST", f"networks/{network}/undo", json={"n": 1})
    assert live.summary().granularity == "neuron"


def test_a_layer_grows_and_the_outputs_stay(api: Any, network: str) -> None:
    before = api.ask("POST", f"networks/{network}/predict", json={"inputs": [[0.5, -1]]})["outputs"]

    change = api.ask("POST", f"networks/{network}/layers/dense_0/grow", json={"neurons": 2})

    assert change["kind"] == "grow"
    assert api.ask("GET", f"networks/{network}/layers/dense_0")["neurons"] == 6
    assert api.ask("POST", f"networks/{network}/predict", json={"inputs": [[0.5, -1]]})["outputs"] == before


def test_the_weights_of_a_layer_are_given_as_a_picture(viewer: Any, served: Any, resting: str) -> None:
    weights = served.engine.network(resting).parameters()[0].weights

    whole = tile_from_bytes(viewer.ask("GET", f"networks/{resting}/layers/dense_0/weights"))
    part = tile_from_bytes(viewer.ask("GET", f"networks/{resting}/layers/dense_0/weights?window=1,3,0,99"))

    np.testing.assert_array_equal(whole.tile, weights)
    assert (whole.address, whole.rows, whole.columns, whole.window) == ("dense_0", 4, 2, (0, 4, 0, 2))
    assert (whole.low, whole.high) == (weights.min(), weights.max())
    assert whole.histogram.sum() == 8
    np.testing.assert_array_equal(part.tile, weights[1:3])
    assert part.window == (1, 3, 0, 2)


def test_the_weights_of_a_layer_are_held_against_those_of_a_checkpoint(
    api: Any, served: Any, network: str, begin: Any
) -> None:
    path = f"networks/{network}/layers/dense_0/weights"
    assert "never been trained" in api.problem("GET", f"{path}?against=0", 404)["detail"]
    before = served.engine.network(network).parameters()[0].weights
    run = begin(paused=True)
    api.ask("POST", f"runs/{run}/step", json={"n": 5})

    tile = tile_from_bytes(api.ask("GET", f"{path}?against=0"))

    change = served.engine.network(network).parameters()[0].weights - before
    np.testing.assert_array_equal(tile.tile, change)
    assert (tile.step, tile.against) == (5, 0)
    assert "there are those of 0" in api.problem("GET", f"{path}?against=3", 404)["detail"]
    api.ask("POST", f"runs/{run}/stop")
    np.testing.assert_array_equal(tile_from_bytes(api.ask("GET", f"{path}?against=0")).tile, change)
    api.ask("POST", f"networks/{network}/layers/dense_0/grow", json={"neurons": 1})
    assert "choose a step after" in api.problem("GET", f"{path}?against=0", 422)["detail"]


@pytest.mark.parametrize("window", ["", "1,2,3", "0,1,0,x", "0,1,0,-1", "4,5,0,1", "0,1,0,9999999999"])
def test_a_window_that_shows_nothing_is_refused(viewer: Any, resting: str, window: str) -> None:
    viewer.problem("GET", f"networks/{resting}/layers/dense_0/weights?window={window}", 422)


def test_a_layer_that_is_not_there_is_not_found(api: Any, network: str) -> None:
    for method, path, body in (("GET", "dense_7", None), ("PATCH", "dense_7", {"frozen": True})):
        detail = api.problem(method, f"networks/{network}/layers/{path}", 404, json=body)["detail"]
        assert "dense_0, dense_1" in detail
    api.problem("POST", f"networks/{network}/layers/dense_7/grow", 404, json={"neurons": 1})
    assert "dense_0, dense_1" in api.problem("GET", f"networks/{network}/layers/dense_7/weights", 404)["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "nothing is to be set"),
        ({"weights": [[1, 2], [3]]}, "weights"),
        ({"weights": [[1, 2]]}, "(4, 2)"),
        ({"bias": None}, "bias"),
        ({"rate": -1}, "rate"),
        ({"granularity": "atom"}, "granularity"),
        ({"activation": "nonsense"}, "unknown activation"),
    ],
)
def test_what_does_not_fit_a_layer_changes_nothing(api: Any, resting: str, body: Any, said: str) -> None:
    assert said in api.problem("PATCH", f"networks/{resting}/layers/dense_0", 422, json=body)["detail"]
    assert api.ask("GET", f"networks/{resting}/changes")["items"] == []


def test_a_network_does_not_grow_beyond_all_bounds(api: Any, network: str) -> None:
    api.problem("POST", f"networks/{network}/layers/dense_0/grow", 422, json={"neurons": 10_001})
    for _ in range(2):
        api.ask("POST", "networks", 201, json={"name": "wide", "layers": "3000-1000-2000", "granularity": "layer"})
        detail = api.problem("POST", "networks/wide/layers/dense_0/grow", 422, json={"neurons": 9000})["detail"]
        assert "let it grow less" in detail
        api.ask("DELETE", "networks/wide", 204)
