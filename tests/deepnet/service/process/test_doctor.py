import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deepnet.service.process.doctor import examine
from deepnet.service.process.findings import Finding, examine_clock, guarded
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.runtime_file import Runtime, write_runtime
from deepnet.service.store.store import Store
from deepnet.service.web.security.token import read_or_make_token


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory as a service leaves it."""
    with DataFolder.open(tmp_path / "data") as folder:
        Store.open(folder.database).close()
        read_or_make_token(folder.path, {})
    return tmp_path / "data"


def found(data_dir: Path, environ: Mapping[str, str] | None = None) -> dict[str, Finding]:
    """Return what is found, by its subject; whatever is wrong has advice, and all are single lines."""
    findings = examine(data_dir, environ or {})
    for finding in findings:
        assert bool(finding.advice) == (finding.verdict != "ok"), finding
        assert "\n" not in finding.detail + finding.advice
    return {finding.subject: finding for finding in findings}


def wrong(findings: dict[str, Finding]) -> dict[str, str]:
    """Return what is wrong, but for what is so of this machine."""
    return {
        name: each.verdict for name, each in findings.items() if each.verdict != "ok" and name not in {"port", "disk"}
    }


def test_nothing_is_wrong_where_there_is_nothing_yet(tmp_path: Path) -> None:
    findings = found(tmp_path / "data")

    assert wrong(findings) == {}
    assert "'deepnet serve --data-dir" in findings["service"].detail
    assert not (tmp_path / "data").exists()


def test_nothing_is_wrong_with_what_a_service_left(data: Path) -> None:
    findings = found(data)

    assert wrong(findings) == {}
    assert findings["database"].detail.endswith("is whole")


def test_a_service_that_answers_is_found(shared_service: Any) -> None:
    findings = found(shared_service.data_dir)

    assert wrong(findings) == {}
    assert f"process {shared_service.pid}" in findings["service"].detail
    assert findings["service"].detail.endswith("answers")


def test_a_service_that_does_not_answer_is_found(shared_service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deepnet.service.process.doctor._ANSWER_SECONDS", 0.1)
    shared_service.send(signal.SIGSTOP)
    try:
        finding = found(shared_service.data_dir)["service"]
    finally:
        shared_service.send(signal.SIGCONT)

    assert finding.verdict == "fail"
    assert f"kill {shared_service.pid}" in finding.advice


def test_a_socket_that_has_gone_is_found(data: Path) -> None:
    gone = str(data / "gone.sock")
    write_runtime(data, Runtime.of_this_process(socket=gone, host="127.0.0.1", port=1, version="1"))

    assert found(data)["socket"].verdict == "fail"


def test_a_service_that_was_killed_is_no_problem(data: Path) -> None:
    (data / "service.json").write_text(json.dumps({"pid": 1, "started": 0.0}))
    findings = found(data)

    assert wrong(findings) == {}
    assert "was killed" in findings["service"].detail


@pytest.mark.parametrize(("name", "mode", "subject"), [(".", 0o755, "data directory"), ("token", 0o644, "token")])
def test_what_others_can_read_is_found(data: Path, name: str, mode: int, subject: str) -> None:
    (data / name).chmod(mode)
    finding = found(data)[subject]

    assert finding.verdict == "fail"
    assert "chmod" in finding.advice


def test_a_newer_data_directory_is_found(data: Path) -> None:
    (data / "version").write_text("999\n")

    assert [each.verdict for each in examine(data, {}) if each.subject == "data directory"] == ["fail", "ok"]


def test_a_file_in_its_place_is_found(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    assert found(tmp_path / "data")["data directory"].verdict == "fail"


def test_a_token_that_is_not_where_it_is_said_to_be_is_found(data: Path) -> None:
    assert found(data, {"DEEPNET_TOKEN_FILE": str(data / "none")})["token"].verdict == "fail"
    assert found(data, {"DEEPNET_TOKEN": "x"})["token"].verdict == "ok"


def test_a_damaged_database_is_found(data: Path) -> None:
    path = data / "service.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))

    assert found(data)["database"].verdict == "fail"
    path.write_bytes(b"no database at all" * 1000)
    assert found(data)["database"].verdict == "fail"


def test_a_damaged_checkpoint_is_found(data: Path) -> None:
    checkpoint = data / "networks" / "cars" / "rest" / "step-000000001"
    checkpoint.mkdir(parents=True)
    (checkpoint / "state.json").write_text("{}")
    finding = found(data)["checkpoints"]

    assert finding.verdict == "fail"
    assert "step-000000001" in finding.detail


@pytest.mark.parametrize(("free", "verdict"), [(1 << 20, "fail"), (100 << 20, "warn"), (1 << 40, "ok")])
def test_how_much_room_there_is(data: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))

    assert found(data)["disk"].verdict == verdict


def test_a_clock_that_runs_behind_is_found(data: Path) -> None:
    written = (data / "service.sqlite3").stat().st_mtime

    assert next(iter(examine_clock(data, lambda: written + 1))).verdict == "ok"
    assert next(iter(examine_clock(data, lambda: written - 3600))).verdict == "warn"
    assert next(iter(examine_clock(data / "none", lambda: 0.0))).verdict == "warn"


def test_a_check_that_fails_is_a_finding() -> None:
    def check() -> list[Finding]:
        raise OSError(5, "Input/output error")

    [finding] = guarded("disk", check)
    assert finding.verdict == "fail"
    assert "Input/output error" in finding.detail
