"""What `deepnet serve` refuses to begin with: one clear line, an exit code, and nothing left behind."""

import fcntl
import logging
import os
import shutil
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

Refused = Callable[..., str]


@pytest.fixture
def _as_before() -> Iterator[None]:
    root, interval = logging.getLogger(), sys.getswitchinterval()
    handlers, level, show = list(root.handlers), root.level, warnings.showwarning
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    warnings.showwarning = show
    sys.setswitchinterval(interval)


@pytest.fixture
def refused(deepnet: Callable[..., Any], tmp_path: Path, _as_before: None, monkeypatch: pytest.MonkeyPatch) -> Refused:
    """Run `deepnet serve`, which must refuse; return the one line that it says."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

    def run(*options: str | Path, data_dir: Path | None = None, code: int = 2) -> str:
        outcome = deepnet("serve", "--data-dir", data_dir or tmp_path / "data", "--port", "0", *options)
        assert outcome.out == ""
        assert outcome.code == code, outcome.err
        lines: list[str] = outcome.err.splitlines()
        assert len(lines) == 1, lines
        return lines[0].removeprefix("deepnet: ")

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that a service of this version would take."""
    from deepnet.service.store.data_folder import DataFolder  # noqa: PLC0415 - heavy, and not needed by all

    DataFolder.open(tmp_path / "data").close()
    return tmp_path / "data"


def test_a_port_that_is_taken(refused: Refused, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused("--port", str(port))

    assert said == f"port {port} of 127.0.0.1 is taken: give another one with --port, or --port 0 for any"
    assert not (data / "service.sock").exists()
    assert not (data / "service.json").exists()


def test_a_data_directory_that_another_service_has(refused: Refused, data: Path) -> None:
    with (data / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()}\n")
        lock.flush()

        assert f"is in use by process {os.getpid()}" in refused()


def test_a_data_directory_of_a_newer_version(refused: Refused, data: Path) -> None:
    (data / "version").write_text("999\n")

    assert "was made by a newer deepnet" in refused()


def test_a_database_of_a_newer_version(refused: Refused, data: Path) -> None:
    import sqlite3  # noqa: PLC0415 - only here
    from contextlib import closing  # noqa: PLC0415

    from deepnet.service.store.store import Store  # noqa: PLC0415

    Store.open(data / "service.sqlite3").close()
    with closing(sqlite3.connect(data / "service.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 999")

    assert "newer" in refused()
    assert not (data / "service.sock").exists()


def test_a_directory_that_is_something_else(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()

    assert "is no data folder of deepnet" in refused(data_dir=tmp_path)


def test_a_path_where_no_directory_can_be_made(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "cannot be used as a data folder" in refused(data_dir=tmp_path / "file" / "data")


def test_a_disk_without_room_which_is_nobodys_mistake(
    refused: Refused, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(total=1 << 30, used=1 << 30, free=1 << 20))

    assert "the disk is full (1 MiB are free" in refused(code=1)


def test_a_socket_that_somebody_answers_at(refused: Refused, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    with socket.create_server(str(folder / "s"), family=socket.AF_UNIX):
        assert "another process answers there" in refused("--socket", folder / "s")
        assert (folder / "s").exists()


def test_a_socket_where_others_may_write(refused: Refused, tmp_path: Path) -> None:
    folder = tmp_path / "everybody"
    folder.mkdir()
    folder.chmod(0o777)

    assert "others may write there" in refused("--socket", folder / "s")


def test_a_certificate_that_is_none(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("none")

    assert "give PEM files with --certfile and --keyfile" in refused("--certfile", tmp_path / "cert.pem")


def test_an_address_that_other_machines_reach(refused: Refused) -> None:
    said = refused("--host", "0.0.0.0")  # noqa: S104 - it is what is refused

    assert "lets other machines in: give --certfile" in said
    assert "--allowed-host" in said


def test_nobody_is_asked_only_on_the_loopback(refused: Refused) -> None:
    given = ("--host", "::", "--behind-proxy", "--allowed-host", "net.example")

    assert "--insecure-no-auth is for the loopback only" in refused("--insecure-no-auth", *given)


def test_a_token_that_others_can_read(refused: Refused, data: Path) -> None:
    (data / "token").write_text("0123456789abcdef" * 4)
    (data / "token").chmod(0o644)

    said = refused()
    assert "can be read by others" in said
    assert "0123456789abcdef" not in said


def test_a_log_level_that_there_is_not(refused: Refused, data: Path) -> None:
    (data / "service.log-level").write_text("chatty")

    assert "must be one of debug, info, warning, error" in refused()


@pytest.mark.parametrize("option", [("--port", "70000"), ("--checkpoint-seconds", "0"), ("--log-format", "xml")])
def test_an_option_that_cannot_be_used(refused: Refused, option: tuple[str, str]) -> None:
    assert option[0] in refused(*option)
