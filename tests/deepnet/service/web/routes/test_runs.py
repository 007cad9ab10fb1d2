from typing import Any

import numpy as np
import pytest

from deepnet.errors import DataError, StorageError
from deepnet.wire.arrays import arrays_from_bytes
from deepnet.wire.records import change_from_dict, epoch_from_dict


def test_runs_are_listed_newest_first_and_by_network(api: Any, network: str, begin: Any) -> None:
    first = begin(until={"epochs": 1})
    while api.ask("GET", f"runs/{first}")["state"] == "running":
        pass
    second = begin()

    assert [row["id"] for row in api.ask("GET", f"runs?network={network}")["items"]] == [second, first]
    page = api.ask("GET", f"runs?network={network}&limit=1")
    assert [row["id"] for row in api.ask("GET", f"runs?network={network}&after={page['next']}")["items"]] == [first]
    assert api.ask("GET", f"networks/{network}")["run"]["id"] == second
    assert api.ask("GET", f"runs/{first}")["live"] is False
    assert "has begun" in api.problem("POST", f"runs/{first}/pause", 409)["detail"]
    assert "there is no run 'nobody-1'" in api.problem("GET", "runs/nobody-1", 404)["detail"]


def test_a_run_is_paused_played_on_and_resumed(api: Any, begin: Any) -> None:
    run = begin(batch_size=2)

    paused = change_from_dict(api.ask("POST", f"runs/{run}/pause"))
    place = api.ask("GET", f"runs/{run}")["position"]["step"]

    assert (paused.kind, paused.address, paused.new) == ("pause", "run", "paused")
    assert api.ask("GET", f"runs/{run}")["state"] == "paused"
    api.ask("POST", f"runs/{run}/step", json={"n": 3})
    assert api.ask("GET", f"runs/{run}")["position"]["step"] == place + 3
    messages = api.ask("POST", f"runs/{run}/step", json={"unit": "message", "n": 4})["messages"]
    assert [message["number"] for message in messages] == [1, 2, 3, 4]
    api.ask("POST", f"runs/{run}/step")
    api.ask("POST", f"runs/{run}/resume")
    assert api.ask("GET", f"runs/{run}")["state"] == "running"


def test_a_step_that_there_is_not_is_refused(api: Any, begin: Any) -> None:
    run = begin(paused=True)

    for body in ({"unit": "year"}, {"n": 0}, {"timeout": 0}, {"timeout": 61}, {"unit": "message", "n": 10**6}):
        api.problem("POST", f"runs/{run}/step", 422, json=body)

    assert api.ask("GET", f"runs/{run}")["position"]["step"] == 0


def test_a_step_that_takes_too_long_says_so(api: Any, begin: Any) -> None:
    run = begin(paused=True)

    problem = api.problem("POST", f"runs/{run}/step", 409, json={"unit": "epoch", "n": 10**9, "timeout": 0.05})

    assert problem["type"] == "/problems/timeout"


def test_a_plan_is_changed_while_it_is_carried_out(api: Any, begin: Any) -> None:
    run = begin(paused=True)

    change = api.ask("PATCH", f"runs/{run}", json={"learning_rate": 0.25, "batch_size": 2, "until": {"steps": 7}})

    assert change["new"]["learning_rate"] == 0.25
    plan = api.ask("GET", f"runs/{run}")["plan"]
    assert (plan["optimizer"]["learning_rate"], plan["batch_size"], plan["until"]["steps"]) == (0.25, 2, 7)
    wrong: list[dict[str, Any]] = [{}, {"learning_rate": 0}, {"learning_rate": True}, {"shuffle": False}]
    for body in (*wrong, {"optimizer": "sgd"}, {"pace": 0}, {"pace": "fast"}):
        api.problem("PATCH", f"runs/{run}", 422, json=body)


def test_a_run_keeps_its_pace_until_it_gets_another(api: Any, network: str, begin: Any) -> None:
    run = begin(pace=0.01)
    api.ask("POST", f"runs/{run}/step", json={"unit": "batch"})
    api.ask("POST", f"runs/{run}/resume")

    assert api.ask("GET", f"runs/{run}")["plan"]["pace"] == 0.01
    change = api.ask("PATCH", f"runs/{run}", json={"pace": None})
    assert (change["old"], change["new"]) == ({"pace": 0.01}, {"pace": None})
    undone = api.ask("POST", f"networks/{network}/undo", json={"n": 1})
    assert undone["new"] == {"pace": 0.01}
    assert api.ask("POST", f"runs/{run}/stop")["new"] == "stopped"


def test_a_run_is_stopped_and_stays_as_it_is(api: Any, begin: Any) -> None:
    run = begin()

    assert api.ask("POST", f"runs/{run}/stop")["new"] == "stopped"
    row = api.ask("GET", f"runs/{run}")
    assert (row["state"], row["ended"] is not None) == ("stopped", True)
    assert api.ask("POST", f"runs/{run}/stop")["old"] == "stopped"
    assert "over" in api.problem("POST", f"runs/{run}/resume", 409)["detail"]


def test_a_history_is_read_page_by_page(api: Any, served: Any, begin: Any) -> None:
    run = begin(paused=True)
    api.ask("POST", f"runs/{run}/step", json={"unit": "epoch", "n": 5})

    page = api.ask("GET", f"runs/{run}/history?limit=3")
    rest = api.ask("GET", f"runs/{run}/history?limit=3&after={page['next']}")

    records = [epoch_from_dict(record) for record in page["items"] + rest["items"]]
    assert records == list(served.engine.history(run))
    assert (page["next"], rest["next"]) == ("3", None)
    assert api.ask("GET", f"runs/{run}/history?after=5")["items"] == []


def test_a_long_history_is_given_in_a_few_records_with_the_last(api: Any, served: Any, begin: Any) -> None:
    run = begin(paused=True)
    api.ask("POST", f"runs/{run}/step", json={"unit": "epoch", "n": 25})

    page = api.ask("GET", f"runs/{run}/history?most=10&limit=3")
    rest = api.ask("GET", f"runs/{run}/history?most=10&after=20")

    assert [record["epoch"] for record in page["items"]] == [1, 4, 7, 10, 13, 16, 19, 22, 25]
    assert [record["epoch"] for record in rest["items"]] == [21, 22, 23, 24, 25]
    assert (page["next"], rest["next"]) == (None, None)
    assert epoch_from_dict(page["items"][-1]) == served.engine.history(run)[-1]
    assert [record["epoch"] for record in api.ask("GET", f"runs/{run}/history?most=1")["items"]] == [25]
    for most in (0, 1001, "x"):
        api.problem("GET", f"runs/{run}/history?most={most}", 422)


def test_the_rows_of_a_run_are_given(api: Any, network: str, begin: Any) -> None:
    run = begin(paused=True)

    arrays, _ = arrays_from_bytes(api.ask("GET", f"runs/{run}/data"))

    assert arrays["inputs"].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert arrays["targets"].tolist() == [[0], [1], [1], [0]]


def test_of_many_rows_some_are_given(viewer: Any, begin: Any) -> None:
    run = begin()
    whole, about = arrays_from_bytes(viewer.ask("GET", f"runs/{run}/data"))

    part, told = arrays_from_bytes(viewer.ask("GET", f"runs/{run}/data?first=1&rows=2"))
    beyond, _ = arrays_from_bytes(viewer.ask("GET", f"runs/{run}/data?first=9&rows=2"))

    assert part["inputs"].tolist() == whole["inputs"][1:3].tolist()
    assert part["targets"].tolist() == whole["targets"][1:3].tolist()
    assert (about, told) == ({"rows": "4"}, {"rows": "4"})
    assert beyond["inputs"].shape == (0, 2)


def test_a_run_is_rewound_to_its_first_weights(api: Any, served: Any, network: str, begin: Any) -> None:
    before = served.engine.network(network).parameters()
    run = begin(paused=True)
    api.ask("POST", f"runs/{run}/step", json={"n": 5})

    assert api.ask("POST", f"runs/{run}/rewind")["kind"] == "rewind"

    after = served.engine.network(network).parameters()
    assert all(np.array_equal(one.weights, other.weights) for one, other in zip(before, after, strict=True))


def test_a_run_that_is_over_is_begun_again_and_learns_the_same(api: Any, network: str, begin: Any) -> None:
    run = begin(until={"epochs": 3})
    while api.ask("GET", f"runs/{run}")["state"] == "running":
        pass

    again = api.ask("POST", f"runs/{run}/again", 201)
    while api.ask("GET", f"runs/{again['id']}")["state"] == "running":
        pass

    assert (again["network"], again["id"] != run) == (network, True)
    losses = [
        [record["loss"] for record in api.ask("GET", f"runs/{one}/history")["items"]] for one in (run, again["id"])
    ]
    assert losses[0] == losses[1]
    assert "has begun" in api.problem("POST", f"runs/{run}/again", 409)["detail"]


def test_a_checkpoint_is_made_listed_downloaded_and_restored(api: Any, served: Any, network: str, begin: Any) -> None:
    run = begin(paused=True)
    api.ask("POST", f"runs/{run}/step", json={"n": 3})

    made = api.ask("POST", f"runs/{run}/checkpoints", 201)

    kept = served.engine.network(network).parameters()
    assert made["step"] == 3
    assert [one["step"] for one in api.ask("GET", f"runs/{run}/checkpoints")["items"]] == [0, 3]
    assert set(made) == {"step", "change", "time", "bytes"}
    arrays, _ = arrays_from_bytes(api.ask("GET", f"runs/{run}/checkpoints/3"))
    assert arrays
    api.ask("POST", f"runs/{run}/step", json={"n": 2})
    assert api.ask("POST", f"runs/{run}/checkpoints/3/restore")["address"] in {"run", "network"}
    after = served.engine.network(network).parameters()
    assert all(np.array_equal(one.weights, other.weights) for one, other in zip(kept, after, strict=True))
    for method, more in (("GET", ""), ("POST", "/restore")):
        assert "no checkpoint of step 77" in api.problem(method, f"runs/{run}/checkpoints/77{more}", 404)["detail"]


def test_a_branch_goes_on_from_here_and_is_paused(api: Any, network: str, begin: Any) -> None:
    run = begin(paused=True)
    api.ask("POST", f"runs/{run}/step", json={"n": 3})

    branch = api.ask("POST", f"runs/{run}/branch", 201, json={"name": f"{network}-b"})

    assert (branch["name"], branch["state"], branch["step"]) == (f"{network}-b", "paused", 3)
    assert api.ask("GET", f"runs?network={network}-b")["items"][0]["id"] == f"{network}-b-1"
    api.problem("POST", f"runs/{run}/branch", 409, json={"name": network})
    api.problem("POST", f"runs/{run}/branch", 404, json={"step": 77})
    api.ask("DELETE", f"networks/{network}-b", 204)


def test_checkpoints_of_a_run_that_is_being_deleted_are_not_there(
    viewer: Any, served: Any, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(paused=True)

    def is_gone(*_: object) -> None:
        raise DataError(f"{served.engine.folder.path}/runs/{run}: cannot be read")

    monkeypatch.setattr(type(served.engine), "kept", is_gone)

    assert f": runs/{run}: cannot be read" in viewer.problem("GET", f"runs/{run}/checkpoints", 404)["detail"]


def test_what_was_done_and_could_not_be_written_is_told_without_where_it_lies(
    api: Any, served: Any, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = begin(paused=True), served.engine.folder.path

    def is_full(*_: object) -> None:
        raise StorageError(f"it is done, but not on the disk yet: {folder}/runs/{run}: no space left")

    monkeypatch.setattr(type(served.engine), "change_run", is_full)

    problem = api.problem("POST", f"runs/{run}/stop", 507)
    assert problem["detail"] == f"it is done, but not on the disk yet: runs/{run}: no space left"
