import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepnet.errors import InputError
from deepnet.service.process.unix_socket import LONGEST_PATH, PeerCheckedSocket, UnixPlace, default_socket, peer_uid


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def listening(folder: Path) -> Iterator[tuple[UnixPlace, PeerCheckedSocket]]:
    place = UnixPlace(folder / "service.sock")
    with place.listen(8) as made:
        yield place, made


def connect(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.connect(str(path))
    return made


def test_nobody_but_its_owner_may_use_it(tmp_path: Path) -> None:
    place = UnixPlace(tmp_path / "new" / "service.sock")
    with place.listen(8):
        assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.path.parent.stat().st_mode) == 0o700


def test_the_mask_of_the_process_is_what_it_was(listening: tuple[UnixPlace, PeerCheckedSocket], folder: Path) -> None:
    (folder / "file").touch(mode=0o666)

    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((folder / "file").stat().st_mode) == 0o666 & ~mask


def test_who_connects_is_known(listening: tuple[UnixPlace, PeerCheckedSocket]) -> None:
    place, made = listening
    made.settimeout(5)
    with connect(place.path), made.accept()[0] as connection:
        assert peer_uid(connection) == os.geteuid()


def test_others_are_turned_away_whatever_the_mode(listening: tuple[UnixPlace, PeerCheckedSocket]) -> None:
    place, made = listening
    made.settimeout(5)
    made.allowed_uids = frozenset({os.geteuid() + 1})
    with connect(place.path) as client:
        with pytest.raises(ConnectionAbortedError, match="may not connect"):
            made.accept()
        client.settimeout(5)
        assert client.recv(1) == b""


def test_a_copy_turns_away_the_same(listening: tuple[UnixPlace, PeerCheckedSocket]) -> None:
    place, made = listening
    made.allowed_uids = frozenset({os.geteuid() + 1})
    with made.dup() as copy:
        copy.settimeout(5)
        with connect(place.path), pytest.raises(ConnectionAbortedError):
            copy.accept()


def test_one_that_nobody_answers_at_goes(folder: Path) -> None:
    path = folder / "service.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with UnixPlace(path).listen(8), connect(path):
        pass


def test_one_that_somebody_answers_at_stays(listening: tuple[UnixPlace, PeerCheckedSocket]) -> None:
    place, _ = listening

    with pytest.raises(InputError, match="another process answers there"):
        UnixPlace(place.path).listen(8)
    with connect(place.path):
        pass


def test_what_is_no_socket_stays(folder: Path) -> None:
    path = folder / "service.sock"
    path.write_text("mine")

    with pytest.raises(InputError, match="no socket is there"):
        UnixPlace(path).listen(8)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o720])
def test_a_folder_that_others_may_write_to_is_no_place_for_it(folder: Path, mode: int) -> None:
    folder.chmod(mode)

    with pytest.raises(InputError, match="others may write there"):
        UnixPlace(folder / "service.sock").listen(8)


def test_a_folder_that_cannot_be_made_is_refused(folder: Path) -> None:
    (folder / "file").touch()

    with pytest.raises(InputError, match="no socket can be made there"):
        UnixPlace(folder / "file" / "service.sock").listen(8)


def test_it_is_removed_at_the_end_unless_another_one_is_there_by_then(folder: Path) -> None:
    path = folder / "service.sock"
    first = UnixPlace(path)
    first.listen(8).close()
    second = UnixPlace(path)
    with second.listen(8):
        first.remove()
        assert path.exists()
        second.remove()
        assert not path.exists()


def test_a_path_that_is_too_long_is_refused() -> None:
    UnixPlace(Path("/" + "x" * (LONGEST_PATH - 1)))
    with pytest.raises(InputError, match="give a shorter path with --socket"):
        UnixPlace(Path("/" + "x" * LONGEST_PATH))


def test_by_default_it_is_in_the_users_runtime_folder_by_the_data_directory(folder: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": str(folder)}
    one, other = (default_socket(Path(name), environ) for name in ("/data/one", "/data/other"))

    assert one.parent == other.parent == folder / "deepnet"
    assert one != other
    assert one == default_socket(Path("/data/one"), environ)


def test_without_a_runtime_folder_it_is_in_the_data_directory() -> None:
    assert default_socket(Path("/data"), {}) == Path("/data/service.sock")


def test_where_that_path_is_too_long_it_is_among_the_temporary_files(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)

    place = default_socket(deep, {})
    assert len(os.fsencode(place)) <= LONGEST_PATH
    assert place != default_socket(deep / "other", {})
