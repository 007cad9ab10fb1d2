from typing import Any

import numpy as np
import pytest

from deepnet.wire.arrays import NPY, SAFETENSORS, array_from_npy, array_to_npy, arrays_from_bytes
from deepnet.wire.records import activations_from_dict, message_from_dict

OBJECTS = (
    b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n\x80\x04."
)
ROWS = [[0.5, -1.0], [2.0, 0.25]]


def test_predictions_are_those_of_the_network(viewer: Any, served: Any, network: str) -> None:
    expected = served.engine.network(network).predict(ROWS)

    for _ in range(2):  # the first one loads what computes
        answered = viewer.ask("POST", f"networks/{network}/predict", json={"inputs": ROWS})
        assert answered == {"outputs": expected.tolist(), "step": 0}
    flat = viewer.ask("POST", f"networks/{network}/predict", json={"inputs": ROWS[0]})
    assert flat["outputs"] == [expected[0].tolist()]


def test_arrays_come_and_go_as_npy(viewer: Any, served: Any, network: str) -> None:
    headers = {"Content-Type": NPY, "Accept": NPY}

    answer = viewer.post(f"/api/v1/networks/{network}/predict", content=array_to_npy(np.array(ROWS)), headers=headers)

    assert answer.headers["content-type"] == NPY
    assert answer.headers["deepnet-step"] == "0"
    assert np.array_equal(array_from_npy(answer.content), served.engine.network(network).predict(ROWS))


def test_many_rows_go_as_npy_and_are_too_many_as_json(viewer: Any, network: str) -> None:
    rows = np.zeros((100_001, 2), np.uint8)
    path, sent = f"/api/v1/networks/{network}/predict", {"Content-Type": NPY}

    assert viewer.post(path, content=array_to_npy(rows), headers={**sent, "Accept": NPY}).status_code == 200
    wide = viewer.problem("POST", path, 413, content=array_to_npy(np.zeros((200_001, 2), np.uint8)), headers=sent)
    assert f"send Accept: {NPY}" in wide["detail"]


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, "no npy file"),
        (b"\x93NUMPY", 422, "no npy file"),
        (array_to_npy(np.zeros((2, 3))), 422, "(2, 3)"),
        (array_to_npy(np.full((1, 2), np.nan)), 422, "finite"),
        (array_to_npy(np.zeros((1, 1, 2))), 422, "inputs"),
        (array_to_npy(np.zeros(())), 422, "inputs"),
        (OBJECTS, 422, "no npy file"),
    ],
)
def test_npy_that_cannot_be_predicted_is_refused(
    viewer: Any, network: str, content: bytes, status: int, said: str
) -> None:
    how = {"content": content, "headers": {"Content-Type": NPY}}
    assert said in viewer.problem("POST", f"networks/{network}/predict", status, **how)["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "body, inputs: it is missing"),
        ({"inputs": [[1, 2], [3]]}, "same length"),
        ({"inputs": [[1]]}, "(1, 1)"),
        ({"inputs": [["1", 2]]}, "inputs"),
        ({"inputs": [[None, 2]]}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [[1e39, 2]]}, "finite"),
        ({"inputs": ROWS, "outputs": 1}, "there is no such thing here"),
    ],
)
def test_json_that_cannot_be_predicted_is_refused(viewer: Any, network: str, body: Any, said: str) -> None:
    assert said in viewer.problem("POST", f"networks/{network}/predict", 422, json=body)["detail"]


def test_a_body_of_another_type_is_refused(viewer: Any, network: str) -> None:
    for headers in ({"Content-Type": "text/csv"}, {}):
        how = {"content": b"1,2", "headers": headers}
        problem = viewer.problem("POST", f"networks/{network}/predict", 415, **how)
        assert "send it as application/json or application/x-npy" in problem["detail"]


def test_a_network_predicts_while_it_learns(api: Any, network: str, begin: Any) -> None:
    begin()

    steps = [api.ask("POST", f"networks/{network}/predict", json={"inputs": ROWS})["step"] for _ in range(20)]

    assert steps == sorted(steps)
    assert steps[-1] > steps[0]


def test_activations_are_computed_by_the_actors(viewer: Any, served: Any, network: str) -> None:
    answered = viewer.ask("POST", f"networks/{network}/activations", json={"inputs": ROWS})

    layers, outputs = activations_from_dict(answered), served.engine.network(network).predict(ROWS)
    assert list(layers) == ["dense_0", "dense_1"]
    assert np.allclose(layers["dense_1"].outputs, outputs)
    how = {"json": {"inputs": ROWS}, "headers": {"Accept": SAFETENSORS}}
    arrays, _ = arrays_from_bytes(viewer.ask("POST", f"networks/{network}/activations", **how))
    assert np.array_equal(arrays["dense_0.sums"], layers["dense_0"].sums)


def test_activations_of_many_rows_are_too_many_as_json(viewer: Any, network: str) -> None:
    many = {"inputs": [[0, 0]] * 20_001}

    assert "safetensors" in viewer.problem("POST", f"networks/{network}/activations", 413, json=many)["detail"]


def test_a_row_is_traced_there_and_back(viewer: Any, network: str) -> None:
    path = f"networks/{network}/trace"

    there = viewer.ask("POST", path, json={"inputs": ROWS[0]})["items"]
    back = viewer.ask("POST", path, json={"inputs": ROWS[0], "targets": [1], "loss": "mean_squared_error"})["items"]

    assert len(back) > len(there)
    assert message_from_dict(back[0]).number == 1
    assert "dense_0" in there[0]["text"]
    viewer.problem("POST", path, 422, json={"inputs": ROWS})
    assert "unknown loss" in viewer.problem("POST", path, 422, json={"inputs": ROWS[0], "loss": "x"})["detail"]


def test_dead_neurons_are_found(api: Any, network: str) -> None:
    change = {"weights": [0, 0], "bias": -1, "activation": "relu"}
    api.ask("PATCH", f"networks/{network}/neurons/dense_0/3", json=change)

    assert api.ask("POST", f"networks/{network}/dead-neurons", json={"inputs": ROWS})["items"] == ["dense_0/3"]
