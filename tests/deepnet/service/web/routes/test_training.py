import json
from typing import Any

import numpy as np
import pytest

from deepnet.wire.arrays import NPZ, arrays_to_npz

XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
UNTIL = {"epochs": 3}


def packed(options: Any, **arrays: Any) -> bytes:
    """Rows as an npz file, with the rest beside them."""
    said = np.frombuffer(json.dumps(options).encode(), np.uint8)
    return arrays_to_npz({**{name: np.array(array) for name, array in arrays.items()}, "options": said})


def finished(api: Any, run: str) -> Any:
    while (row := api.ask("GET", f"runs/{run}"))["state"] == "running":
        pass
    return row


def test_a_run_of_rows_learns_until_it_is_done(api: Any, network: str) -> None:
    plan = {"until": UNTIL, "optimizer": {"name": "adam", "learning_rate": 0.01}, "batch_size": 2, "metrics": ["r2"]}

    begun = api.ask("POST", f"networks/{network}/runs", 201, json={**XOR, **plan})

    assert (begun["id"], begun["network"]) == (f"{network}-1", network)
    assert begun["plan"]["optimizer"]["learning_rate"] == 0.01
    row = finished(api, begun["id"])
    assert (row["state"], row["epochs"], row["step"]) == ("finished", 3, 6)
    records = api.ask("GET", f"runs/{begun['id']}/history")["items"]
    assert [record["epoch"] for record in records] == [1, 2, 3]
    assert set(records[0]["metrics"]) == {"r2"}


def test_the_same_rows_as_npz_are_learnt_to_the_same_bits(api: Any, served: Any) -> None:
    parameters = []
    for name, how in (
        ("as-json", {"json": {**XOR, "until": UNTIL, "validation": XOR}}),
        (
            "as-npz",
            {
                "content": packed(
                    {"until": UNTIL},
                    **XOR,
                    validation_inputs=XOR["inputs"],
                    validation_targets=XOR["targets"],
                ),
                "headers": {"Content-Type": NPZ},
            },
        ),
    ):
        api.ask("POST", "networks", 201, json={"name": name, "layers": "2-3-1:tanh", "seed": 3})
        run = api.ask("POST", f"networks/{name}/runs", 201, **how)["id"]
        finished(api, run)
        assert api.ask("GET", f"runs/{run}/history")["items"][0]["validation"]["loss"] >= 0
        parameters.append(served.engine.network(name).parameters())
        api.ask("DELETE", f"networks/{name}", 204)

    for ours, theirs in zip(*parameters, strict=True):
        assert np.array_equal(ours.weights, theirs.weights)


def test_a_data_set_is_learnt_by_name(api: Any, network: str) -> None:
    rows = "".join(f"{x},{x * x},{x / 3:.3f}\n" for x in range(30))
    headers = {"Content-Type": "text/csv"}
    api.ask("PUT", "datasets/learnt?target=y", 201, content=f"a,b,y\n{rows}".encode(), headers=headers)

    begun = api.ask("POST", f"networks/{network}/runs", 201, json={"dataset": "learnt", "until": UNTIL})

    assert begun["dataset"] == "learnt"
    assert finished(api, begun["id"])["state"] == "finished"
    for wish, status in (({"dataset": "nobody"}, 404), ({"dataset": "learnt", "target": "q"}, 422)):
        api.problem("POST", f"networks/{network}/runs", status, json={**wish, "until": UNTIL})
    api.ask("DELETE", "datasets/learnt", 204)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "until"),
        ({"until": UNTIL}, "a run needs rows"),
        ({**XOR, "dataset": "xor", "until": UNTIL}, "and not both"),
        ({"inputs": [[0, 0]], "until": UNTIL}, "inputs and targets belong together"),
        ({**XOR, "until": {}}, "Until needs a condition"),
        ({**XOR, "until": {"epochs": 0}}, "until"),
        ({**XOR, "until": {"kind": "whenever"}}, "until"),
        ({**XOR, "until": {"below": {"nonsense": 1}}}, "nonsense"),
        ({**XOR, "until": {"below": {"validation_loss": 1}}}, "rows held out"),
        ({**XOR, "until": UNTIL, "optimizer": "nonsense"}, "unknown optimizer"),
        ({**XOR, "until": UNTIL, "optimizer": {"name": "adam", "speed": 1}}, "speed"),
        ({**XOR, "until": UNTIL, "optimizer": {"name": "adam", "learning_rate": "x"}}, "learning_rate"),
        ({**XOR, "until": UNTIL, "schedule": {"name": "warm_up", "length": 2, "then": {"name": "x"}}}, "schedule"),
        ({**XOR, "until": UNTIL, "loss": "nonsense"}, "unknown loss"),
        ({**XOR, "until": UNTIL, "metrics": ["nonsense"]}, "nonsense"),
        ({**XOR, "until": UNTIL, "batch_size": 0}, "batch_size"),
        ({**XOR, "until": UNTIL, "validation": 1.5}, "validation"),
        ({**XOR, "until": UNTIL, "clip_norm": 0}, "clip_norm"),
        ({**XOR, "until": UNTIL, "run_dir": "here"}, "there is no such thing here"),
        ({"inputs": [[0, 0], [1]], "targets": [[0], [1]], "until": UNTIL}, "same length"),
        ({"inputs": [[0]], "targets": [[0]], "until": UNTIL}, "inputs"),
        ({"inputs": [[0, 0]], "targets": [[0], [1]], "until": UNTIL}, "targets"),
        ({"inputs": [], "targets": [], "until": UNTIL}, "inputs"),
    ],
)
def test_what_makes_no_run_is_refused_and_nothing_is_begun(api: Any, resting: str, body: Any, said: str) -> None:
    assert said in api.problem("POST", f"networks/{resting}/runs", 422, json=body)["detail"]
    assert api.ask("GET", f"runs?network={resting}")["items"] == []


def test_rules_are_joined_and_not_too_deeply(api: Any, network: str) -> None:
    rule = {"kind": "any_of", "rules": [UNTIL, {"kind": "all_of", "rules": [{"kind": "plateau", "epochs": 2}, UNTIL]}]}

    begun = api.ask("POST", f"networks/{network}/runs", 201, json={**XOR, "until": rule})

    assert begun["plan"]["until"]["kind"] == "any_of"
    text = json.dumps({**XOR, "until": UNTIL}).replace(
        json.dumps(UNTIL), '{"kind":"any_of","rules":[' * 9 + "{}" + "]}" * 9
    )
    how = {"content": text.encode(), "headers": {"Content-Type": "application/json"}}
    api.problem("POST", f"networks/{network}/runs", 422, **how)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no npz file"),
        (b"PK\x03\x04 nonsense", "no npz file"),
        (packed({"until": UNTIL}, inputs=[[0, 0]]), "no member targets"),
        (packed({"until": UNTIL}, **XOR, more=[1]), "a member 'more'"),
        (packed({}, **XOR), "until"),
        (packed({"until": UNTIL, "dataset": "xor"}, **XOR), "dataset"),
        (packed({"until": UNTIL}, **XOR, validation_inputs=[[0, 0]]), "belong together"),
        (arrays_to_npz({"inputs": np.zeros((1, 2)), "targets": np.zeros((1, 1)), "options": np.zeros(3)}), "uint8"),
        (packed({"until": UNTIL}, inputs=np.zeros((2, 3)), targets=np.zeros((2, 1))), "inputs"),
    ],
)
def test_npz_that_makes_no_run_is_refused(api: Any, resting: str, content: bytes, said: str) -> None:
    how = {"content": content, "headers": {"Content-Type": NPZ}}
    assert said in api.problem("POST", f"networks/{resting}/runs", 422, **how)["detail"]


def test_an_npz_that_unpacks_to_far_more_is_refused(api: Any, resting: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("deepnet.service.web.uploads.MOST_UNPACKED", 1000)
    how = {"content": packed({"until": UNTIL}, inputs=np.zeros((64, 2)), targets=np.zeros((64, 1)))}

    problem = api.problem("POST", f"networks/{resting}/runs", 422, headers={"Content-Type": NPZ}, **how)

    assert "when they are unpacked" in problem["detail"]


def test_another_media_type_a_network_that_is_not_there_and_a_run_under_way_are_refused(
    api: Any, network: str, begin: Any
) -> None:
    how = {"content": b"x", "headers": {"Content-Type": "text/plain"}}
    assert "application/x-npz" in api.problem("POST", f"networks/{network}/runs", 415, **how)["detail"]
    api.problem("POST", "networks/nobody/runs", 404, json={**XOR, "until": UNTIL})
    begin()
    assert (
        "is learning already"
        in api.problem("POST", f"networks/{network}/runs", 409, json={**XOR, "until": UNTIL})["detail"]
    )
