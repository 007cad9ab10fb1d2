import errno
import os
from pathlib import Path

import pytest

from deepnet.errors import DataError
from deepnet.persistence.whole_file import check_writable, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "f", b"content")

    assert (tmp_path / "f").read_bytes() == b"content"
    assert names(tmp_path) == ["f"]


def test_checking_leaves_nothing_behind_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")

    check_writable(tmp_path / "f")
    check_writable(tmp_path / "new")

    assert names(tmp_path) == ["f"]
    assert (tmp_path / "f").read_bytes() == b"old"


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    write_whole(tmp_path / "f", b"")

    assert (tmp_path / "f").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")

    write_whole(tmp_path / "link", b"new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_the_longest_of_names_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("n" * 255), b"")

    assert names(tmp_path) == ["n" * 255]


@pytest.mark.parametrize(("owner", "call"), [(os, "fsync"), (Path, "replace")])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_whatever_stops_it_on_the_way_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, call: str, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    (tmp_path / "f").write_bytes(b"old")
    monkeypatch.setattr(owner, call, fail)

    with pytest.raises((DataError, KeyboardInterrupt)) as caught:
        write_whole(tmp_path / "f", b"new")

    assert isinstance(caught.value, KeyboardInterrupt) or "No space left on device" in str(caught.value)
    assert (tmp_path / "f").read_bytes() == b"old"
    assert names(tmp_path) == ["f"]


def refused(path: Path | str) -> str:
    """Return the message, the same from the check and from the writing."""
    with pytest.raises(DataError) as checking:
        check_writable(path)
    with pytest.raises(DataError) as writing:
        write_whole(path, b"")
    assert str(checking.value) == str(writing.value)
    assert len(str(writing.value).splitlines()) == 1
    return str(writing.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "none" / "f") == f"{tmp_path}/none/f: there is no folder {tmp_path}/none: make it first"


def test_a_file_in_place_of_the_folder_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    assert "there is no folder" in refused(tmp_path / "file" / "f")


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    assert "this is a directory" in refused(tmp_path)


def test_a_device_is_not_replaced() -> None:
    assert "not a regular file" in refused("/dev/null")
    assert Path("/dev/null").is_char_device()


def test_a_folder_that_takes_no_files_is_refused() -> None:
    # Root may write anywhere but here.
    assert "cannot be written" in refused("/proc/f")


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_bytes(b"old")
    # Root may write it all the same, so the refusal is played.
    monkeypatch.setattr(os, "access", lambda *_: False)

    assert "write-protected" in refused(tmp_path / "f")


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    refused(tmp_path / "a")


@pytest.mark.parametrize("path", ["a\0b", "n" * 300])
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, path: str) -> None:
    refused(tmp_path / path)
