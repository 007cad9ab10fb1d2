import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepnet.errors import DataError, InputError, StorageError
from deepnet.service.store.data_folder import DataFolder, default_data_dir

HOLD = """
import sys
from deepnet.service.store.data_folder import DataFolder
folder = DataFolder.open(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data") as folder:
        yield folder


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_nobody_else_can_look_into_it_whatever_new_files_are_usually_like(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with DataFolder.open(tmp_path / "some" / "where") as folder:
            private = [folder.path, folder.network_folder("xor"), folder.run_folder("xor-1")]
            private += [path.parent for path in (*private[1:], folder.dataset_file("autompg", "csv"))]
            modes = [_mode(path) for path in private]
    finally:
        os.umask(before)

    assert modes == [0o700] * 6


def test_one_that_others_could_look_into_is_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    with DataFolder.open(tmp_path):
        assert _mode(tmp_path) == 0o700


def test_it_says_where_everything_is(folder: DataFolder) -> None:
    root = folder.path

    assert folder.database == root / "service.sqlite3"
    assert folder.network_folder("xor") == root / "networks" / "xor"
    assert folder.run_folder("xor-1") == root / "runs" / "xor-1"
    assert folder.dataset_file("autompg", "npz") == root / "datasets" / "autompg.npz"
    assert folder.free_bytes() > 64 << 20


def test_no_name_leads_out_of_it(folder: DataFolder) -> None:
    for name in ("..", "a/b", "/etc", ""):
        with pytest.raises(InputError, match="cannot be used"):
            folder.network_folder(name)
        with pytest.raises(InputError, match="cannot be used"):
            folder.run_folder(name)
        with pytest.raises(InputError, match="cannot be used"):
            folder.dataset_file(name, "csv")
    with pytest.raises(InputError, match=r"of the kind csv or npz, not '/../x'"):
        folder.dataset_file("a", "/../x")


def test_a_folder_that_cannot_be_made_is_said(folder: DataFolder) -> None:
    (folder.path / "runs").rmdir()

    with pytest.raises(
        StorageError, match=r"runs/xor-1: could not be made \(No such file or directory\): look at the disk"
    ):
        folder.run_folder("xor-1")


def test_it_can_be_taken_again_and_again_with_what_is_in_it(tmp_path: Path) -> None:
    for _ in range(2):
        with DataFolder.open(tmp_path) as folder:
            (folder.run_folder("xor-1") / "kept").touch()

    assert (tmp_path / "runs" / "xor-1" / "kept").exists()
    assert (tmp_path / "version").read_text() == "1\n"


def test_two_services_are_told_apart_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(DataError) as caught:
            DataFolder.open(tmp_path)
        holder.kill()

    assert str(caught.value).startswith(f"{tmp_path}: is in use by process {holder.pid}: ")
    DataFolder.open(tmp_path).close()


def test_one_of_a_newer_deepnet_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("2\n")

    with pytest.raises(DataError) as caught:
        DataFolder.open(tmp_path)

    known = "version 2 of the folder, this one knows 1"
    advice = "use that one, or give another folder"
    assert str(caught.value) == f"{tmp_path}: was made by a newer deepnet ({known}): {advice}"
    assert {path.name for path in tmp_path.iterdir()} == {"version", "lock"}
    (tmp_path / "version").write_text("1\n")
    DataFolder.open(tmp_path).close()  # a refusal holds no lock


@pytest.mark.parametrize("content", ["", "one", "-1", "0", "1.0"])
def test_a_damaged_version_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "version").write_text(content)

    with pytest.raises(DataError, match="its file 'version' is damaged: write 1 into it"):
        DataFolder.open(tmp_path)


def test_a_disk_without_space_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"the disk is full \(\d+ MiB are free and 1099511627776 are needed\): free some"
    ):
        DataFolder.open(tmp_path, min_free=1 << 60)

    assert not (tmp_path / "version").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    tmp_path.chmod(0o755)

    with pytest.raises(DataError, match=r"is no data folder of deepnet \(there is thesis.tex in it\): give another"):
        DataFolder.open(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    assert _mode(tmp_path) == 0o755


@pytest.mark.parametrize("path", ["/proc/data", "/dev/null", "/dev/null/data", "a\x00b"])
def test_a_path_where_none_can_be_is_refused_on_one_line(path: str) -> None:
    with pytest.raises(DataError) as caught:
        DataFolder.open(path)

    assert "cannot be used as a data folder (" in str(caught.value)
    assert str(caught.value).isprintable()


def test_where_data_are_if_nothing_is_said() -> None:
    home = {"HOME": "/home/ada"}

    assert default_data_dir(home | {"DEEPNET_DATA_DIR": "here", "XDG_DATA_HOME": "/x"}) == Path("here")
    assert default_data_dir(home | {"XDG_DATA_HOME": "/x"}) == Path("/x/deepnet")
    assert default_data_dir(home | {"XDG_DATA_HOME": "x"}) == Path("/home/ada/.local/share/deepnet")
    assert default_data_dir(home | {"DEEPNET_DATA_DIR": ""}) == Path("/home/ada/.local/share/deepnet")
