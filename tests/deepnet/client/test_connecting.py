import json
import re
import shutil
import threading
from dataclasses import asdict
from pathlib import Path

import pytest

from deepnet import connect
from deepnet.client import Service
from deepnet.client.place import place_of_folder
from deepnet.errors import InputError, ServiceError
from deepnet.persistence.folder_lock import FolderLock
from deepnet.wire.runtime import FILE, read_runtime


@pytest.fixture
def url(data_dir: Path) -> str:
    runtime = read_runtime(data_dir)
    assert runtime is not None
    return f"http://{runtime.host}:{runtime.port}"


def test_a_service_is_found_by_its_data_folder(data_dir: Path) -> None:
    with connect(data_dir) as service, connect(str(data_dir)) as again:
        assert service.status()["pid"] == again.status()["pid"]
        assert repr(service) == f"<Service: the service of {data_dir}>"


def test_without_a_word_it_is_that_of_the_environment(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPNET_DATA_DIR", str(data_dir))

    with connect() as service:
        assert service.name == f"the service of {data_dir}"


def test_one_that_has_no_socket_is_reached_over_the_network(data_dir: Path, tmp_path: Path) -> None:
    runtime = read_runtime(data_dir)
    assert runtime is not None
    (tmp_path / FILE).write_text(json.dumps({**asdict(runtime), "socket": None}))
    with pytest.raises(InputError, match=r"token: the token cannot be read \(No such file"):
        connect(tmp_path)
    (tmp_path / "token").write_bytes((data_dir / "token").read_bytes())

    with connect(tmp_path) as service:
        assert service.status()["pid"] == runtime.pid


def test_where_none_runs_it_is_said_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(
        ServiceError, match=rf"^no service runs for {re.escape(str(tmp_path))}: start one with 'deepnet s"
    ):
        connect(tmp_path)


def test_a_service_is_reached_over_the_network_with_its_token(
    url: str, token: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody in between is to see the token
    with connect(url=url, token=token) as service:
        assert service.status()["version"]
        with service.live() as live:
            live.subscribe("service")
            assert next(live).data["pid"] == service.status()["pid"]
    monkeypatch.setenv("DEEPNET_TOKEN_FILE", str(data_dir / "token"))
    with connect(url=f"{url}/") as service:
        assert service.status()["version"]
    monkeypatch.setenv("DEEPNET_TOKEN", "of another one")
    with pytest.raises(ServiceError):
        connect(url=url)


def test_a_wrong_token_is_told_at_once_and_never_shown(url: str) -> None:
    with pytest.raises(ServiceError) as caught:
        connect(url=url, token="not-the-token")  # noqa: S106 - it is none

    assert caught.value.status == 401  # type: ignore[attr-defined]
    assert "not-the-token" not in f"{caught.value!r} {vars(caught.value)}"


def test_a_token_is_in_no_repr(url: str, token: str) -> None:
    with connect(url=url, token=token) as service:
        assert token not in f"{service!r} {service._link.place!r}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data_dir": "here", "url": "http://x", "token": "t"}, "^data_dir and url are two ways to one service"),
        ({"token": "t"}, "^a token goes with a url"),
        ({"url": "http://127.0.0.1:7077"}, "^the service wants a token: give token="),
        ({"url": "127.0.0.1:7077", "token": "t"}, "^url must be like http://127.0.0.1:7077, got "),
        ({"url": "ftp://x", "token": "t"}, "^url must be like "),
        ({"url": "http://secret@x", "token": "t"}, "^url must be like http://127.0.0.1:7077, got http://x$"),
        ({"url": "http://x/api/v1", "token": "t"}, "^url must be like "),
        ({"url": "http://x", "token": "a\nb"}, "^the token holds what no token does"),
    ],
)
def test_arguments_that_lead_nowhere_are_refused(
    arguments: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DEEPNET_TOKEN", "DEEPNET_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(InputError, match=message):
        connect(**arguments)


def test_a_token_file_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPNET_TOKEN", raising=False)
    monkeypatch.setenv("DEEPNET_TOKEN_FILE", str(tmp_path / "none"))
    with pytest.raises(InputError, match=r"none: the token cannot be read \(No such file"):
        connect(url="http://127.0.0.1:9")
    (tmp_path / "none").write_text("\n")
    with pytest.raises(InputError, match="none: holds no token: "):
        connect(url="http://127.0.0.1:9")


def test_where_nobody_listens_it_is_said() -> None:
    with pytest.raises(
        ServiceError, match=r"^the service at 127.0.0.1:9 cannot be reached \(.*\): see whether it runs$"
    ):
        connect(url="http://127.0.0.1:9", token="t")  # noqa: S106 - it is none


def test_a_connection_that_was_closed_says_so(service: Service) -> None:
    service.close()
    service.close()

    with pytest.raises(ServiceError, match=r"^this connection has been closed: connect again$"):
        service.status()


def test_one_that_is_coming_up_is_waited_for(data_dir: Path, tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    copying = threading.Timer(0.2, shutil.copy, (data_dir / FILE, tmp_path / FILE))
    copying.start()
    with connect(tmp_path) as service:
        assert service.status()["version"]
    lock.release()
    copying.join()


def test_one_that_gives_up_coming_up_is_not_waited_for(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(ServiceError, match=r"is coming up, and not ready after 0 s"):
        place_of_folder(tmp_path, {}, 0)
    lock.release()
    with pytest.raises(ServiceError, match=r"^no service runs for"):
        place_of_folder(tmp_path, {})
