from typing import Any

import numpy as np
import pytest

from deepnet.wire.arrays import NPZ, arrays_to_npz

CSV = b"a,b,y\n1,2,3\n4,5,6\n"
AS_CSV = {"Content-Type": "text/csv"}
AS_NPZ = {"Content-Type": NPZ}


def test_a_table_is_uploaded_listed_described_and_removed(api: Any) -> None:
    row = api.ask("PUT", "datasets/table?target=y", 201, content=CSV, headers=AS_CSV)

    assert (row["name"], row["kind"], row["rows"], row["columns"], row["target"]) == (
        "table",
        "csv",
        2,
        ["a", "b", "y"],
        "y",
    )
    assert api.ask("GET", "datasets/table") == row
    assert row in api.ask("GET", "datasets")["items"]
    assert "name-taken" in api.problem("PUT", "datasets/table", 409, content=CSV, headers=AS_CSV)["type"]
    api.ask("DELETE", "datasets/table", 204)
    assert "there is no data set 'table'" in api.problem("GET", "datasets/table", 404)["detail"]
    api.problem("DELETE", "datasets/table", 404)


def test_arrays_are_uploaded(api: Any) -> None:
    content = arrays_to_npz({"inputs": np.zeros((5, 2)), "targets": np.arange(5.0)})

    row = api.ask("PUT", "datasets/arrays", 201, content=content, headers=AS_NPZ)

    assert (row["kind"], row["rows"], row["columns"], row["bytes"]) == ("npz", 5, ["inputs", "targets"], len(content))
    api.ask("DELETE", "datasets/arrays", 204)


def test_those_that_are_built_in_are_known_by_name(api: Any) -> None:
    listed = api.ask("GET", "datasets")["builtin"]

    told = api.ask("GET", f"datasets/{listed[0]}")

    assert (told["name"], told["kind"], told["rows"]) == (listed[0], "builtin", None)


@pytest.mark.parametrize(
    ("name", "content", "headers", "status", "said"),
    [
        ("UP", CSV, AS_CSV, 422, "cannot be used"),
        ("bad", b"", AS_CSV, 422, "bad"),
        ("bad", b"\x00\x01", AS_NPZ, 422, "bad: is no NPZ file"),
        ("bad?target=q", CSV, AS_CSV, 422, "no column 'q'"),
        ("bad", CSV, {"Content-Type": "application/json"}, 415, "text/csv or application/x-npz"),
        ("bad", CSV, {}, 415, "no type"),
        ("iris", CSV, AS_CSV, 409, "iris"),
    ],
)
def test_what_is_no_data_set_is_refused_and_nothing_is_kept(
    api: Any, served: Any, name: str, content: bytes, headers: Any, status: int, said: str
) -> None:
    problem = api.problem("PUT", f"datasets/{name}", status, content=content, headers=headers)

    assert said in problem["detail"]
    assert str(served.engine.folder.path) not in problem["detail"]
    assert "bad" not in [row["name"] for row in api.ask("GET", "datasets")["items"]]


def test_what_becomes_far_more_when_it_is_read_is_refused(api: Any, monkeypatch: Any) -> None:
    archive = arrays_to_npz({"inputs": np.zeros((64, 2)), "targets": np.zeros(64)})
    monkeypatch.setattr("deepnet.service.web.uploads.MOST_UNPACKED", 1000)
    monkeypatch.setattr("deepnet.service.web.uploads.MOST_CELLS", 5)

    assert "unpacked" in api.problem("PUT", "datasets/bomb", 422, content=archive, headers=AS_NPZ)["detail"]
    assert "9 cells" in api.problem("PUT", "datasets/bomb", 422, content=CSV, headers=AS_CSV)["detail"]
    monkeypatch.setattr("deepnet.service.web.uploads.MOST_MEMBERS", 1)
    assert "2 members" in api.problem("PUT", "datasets/bomb", 422, content=archive, headers=AS_NPZ)["detail"]


def test_a_long_upload_is_received_in_pieces(api: Any) -> None:
    content = b"a,b,y\n" + b"1.2500000000000000000,2.5000000000000000000000000,3.7500000000000000000000000\n" * 30_000

    row = api.ask("PUT", "datasets/long", 201, content=content, headers=AS_CSV)

    assert (row["rows"], row["bytes"]) == (30_000, len(content))
    api.ask("DELETE", "datasets/long", 204)


def test_only_a_few_are_received_at_one_time(api: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("deepnet.service.web.uploads.AT_ONE_TIME", 0)

    assert "too many uploads" in api.problem("PUT", "datasets/late", 429, content=CSV, headers=AS_CSV)["detail"]
