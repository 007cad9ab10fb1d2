import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from deepnet.wire.runtime import FILE, Runtime, default_data_dir, read_runtime


@pytest.fixture
def runtime() -> Runtime:
    return Runtime.of_this_process(socket=None, host="127.0.0.1", port=7077, version="0.1.0")


def test_a_service_that_runs_is_found(tmp_path: Path, runtime: Runtime) -> None:
    (tmp_path / FILE).write_text(json.dumps(asdict(runtime)))

    assert read_runtime(tmp_path) == runtime
    assert runtime.pid == os.getpid()


def test_another_process_of_the_same_number_is_not_it(tmp_path: Path, runtime: Runtime) -> None:
    (tmp_path / FILE).write_text(json.dumps(asdict(replace(runtime, started=runtime.started - 60))))

    assert read_runtime(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "1"}', '{"pid": -1, "started": 0}', "\x00"])
def test_where_nothing_or_something_else_is_written_there_is_none(tmp_path: Path, content: str) -> None:
    assert read_runtime(tmp_path) is None
    (tmp_path / FILE).write_text(content)

    assert read_runtime(tmp_path) is None


def test_data_are_where_the_environment_says() -> None:
    home = {"HOME": "/home/ada"}

    assert default_data_dir(home | {"DEEPNET_DATA_DIR": "here", "XDG_DATA_HOME": "/x"}) == Path("here")
    assert default_data_dir(home | {"XDG_DATA_HOME": "/x"}) == Path("/x/deepnet")
    assert default_data_dir(home | {"XDG_DATA_HOME": "x"}) == Path("/home/ada/.local/share/deepnet")
