import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from deepnet.errors import StorageError
from deepnet.service.store.runtime_file import Runtime, read_runtime, remove_runtime, write_runtime


@pytest.fixture
def runtime() -> Runtime:
    return Runtime.of_this_process(socket="/run/deepnet.sock", host="127.0.0.1", port=7077, version="0.1.0")


def test_a_service_that_runs_is_found(tmp_path: Path, runtime: Runtime) -> None:
    write_runtime(tmp_path, replace(runtime, port=1))
    write_runtime(tmp_path, runtime)

    assert read_runtime(tmp_path) == runtime
    assert runtime.pid == os.getpid()
    assert [path.name for path in tmp_path.iterdir()] == ["service.json"]


def test_only_its_owner_may_read_it_and_it_holds_no_more_than_this(tmp_path: Path, runtime: Runtime) -> None:
    write_runtime(tmp_path, runtime)

    path = tmp_path / "service.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())) == {"pid", "started", "socket", "host", "port", "version"}


def test_one_whose_process_has_ended_is_none(tmp_path: Path, runtime: Runtime) -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()

    write_runtime(tmp_path, replace(runtime, pid=ended.pid))

    assert read_runtime(tmp_path) is None


def test_one_that_has_ended_and_whom_nobody_has_asked_how_is_none(tmp_path: Path, runtime: Runtime) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ended:
        assert ended.stdin is not None
        assert ended.stdout is not None
        pid = replace(runtime, pid=ended.pid)
        write_runtime(tmp_path, replace(pid, started=runtime.started + _younger(ended.pid, runtime)))
        assert read_runtime(tmp_path) is not None
        ended.stdin.close()
        ended.stdout.read()  # to its end: the process has none left
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)

        assert read_runtime(tmp_path) is None


def _younger(pid: int, runtime: Runtime) -> float:
    return float(psutil.Process(pid).create_time() - runtime.started)


def test_another_process_that_was_given_its_number_is_not_it(tmp_path: Path, runtime: Runtime) -> None:
    write_runtime(tmp_path, replace(runtime, started=runtime.started - 60))

    assert read_runtime(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"pid": -1}', b'{"pid": "1"}'])
def test_a_file_that_says_nothing_is_no_service(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "service.json").write_bytes(content)

    assert read_runtime(tmp_path) is None


@pytest.mark.parametrize(("name", "value"), [("socket", 7), ("pid", 0), ("started", "x"), ("port", None)])
def test_a_file_that_says_something_else_is_no_service(
    tmp_path: Path, runtime: Runtime, name: str, value: object
) -> None:
    write_runtime(tmp_path, runtime)
    path = tmp_path / "service.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))

    assert read_runtime(tmp_path) is None


def test_it_can_be_taken_away_and_need_not_be_there(tmp_path: Path, runtime: Runtime) -> None:
    write_runtime(tmp_path, runtime)
    remove_runtime(tmp_path)
    remove_runtime(tmp_path)

    assert read_runtime(tmp_path) is None


def test_where_it_cannot_be_written_is_said(tmp_path: Path, runtime: Runtime) -> None:
    with pytest.raises(StorageError, match=r"service.json: could not be written \(No such file or directory\)"):
        write_runtime(tmp_path / "none", runtime)
