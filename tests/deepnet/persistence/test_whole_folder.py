import os
import subprocess
from pathlib import Path

import pytest

from deepnet.errors import DataError
from deepnet.persistence.whole_folder import SUMS, read_folder, remove_folder, sweep, write_folder

FILES = {"state.json": b'{"a": 1}\n', "state.safetensors": bytes(range(256)), "empty": b""}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refused(place: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_folder(place)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_folder(tmp_path / "one", FILES)
    return tmp_path / "one"


def test_a_folder_comes_back_and_nothing_else_is_left(place: Path) -> None:
    assert read_folder(place) == FILES
    assert names(place.parent) == ["one"]
    assert names(place) == sorted([*FILES, SUMS])


def test_anybody_can_check_the_sums(place: Path) -> None:
    told = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=place, capture_output=True, text=True, check=True
    )

    assert told.stdout == "empty: OK\nstate.json: OK\nstate.safetensors: OK\n"


def test_everything_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def noted_fsync(descriptor: int) -> None:
        done.append(Path(f"/dev/fd/{descriptor}").resolve().name)
        fsync(descriptor)

    def noted_rename(path: Path, target: Path) -> Path:
        done.append(f"{path.name} -> {target.name}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "rename", noted_rename)

    write_folder(tmp_path / "one", FILES)

    hidden = done[-2].split()[0]
    assert done == [*FILES, SUMS, hidden, f"{hidden} -> one", tmp_path.name]


@pytest.mark.parametrize("name", ["state.json", "state.safetensors", SUMS])
def test_every_changed_byte_is_found(place: Path, name: str) -> None:
    content = (place / name).read_bytes()

    for index, byte in enumerate(content):
        changed = bytes([byte ^ (1 << index % 8)])
        (place / name).write_bytes(content[:index] + changed + content[index + 1 :])
        refused(place)

    (place / name).write_bytes(content)
    assert read_folder(place) == FILES


@pytest.mark.parametrize("name", ["state.json", "state.safetensors", SUMS])
def test_every_truncation_and_every_addition_is_found(place: Path, name: str) -> None:
    content = (place / name).read_bytes()
    whole_lines = {*(end + 1 for end, byte in enumerate(content) if byte == ord("\n"))} if name == SUMS else set()

    for length in range(len(content)):
        (place / name).write_bytes(content[:length])
        if length not in whole_lines:
            refused(place)
    for more in (b"\0", b"\n", b" ", content):
        (place / name).write_bytes(content + more)
        refused(place)


def test_sums_that_end_early_do_not_vouch_for_the_rest(place: Path) -> None:
    lines = (place / SUMS).read_text().splitlines(keepends=True)

    (place / SUMS).write_text("".join(lines[:2]))

    assert read_folder(place).keys() == {"empty", "state.json"}


@pytest.mark.parametrize("name", [*FILES, SUMS])
def test_a_missing_file_is_named(place: Path, name: str) -> None:
    (place / name).unlink()

    assert refused(place) == f"{place}/{name}: there is no such file: check the path"


def test_sums_cannot_name_a_file_elsewhere(place: Path) -> None:
    (place.parent / "outside").write_bytes(b"")
    sums = (place / SUMS).read_text()

    (place / SUMS).write_text(sums.replace("  empty", "  ../outside"))

    assert refused(place) == f"{place}: is damaged (SHA256SUMS is not what was written): use an older one"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"")

    assert "cannot be read (Not a directory)" in refused(tmp_path / "one")


def test_what_is_there_is_not_replaced(place: Path) -> None:
    with pytest.raises(DataError, match=r"one: cannot be written \(Directory not empty\)"):
        write_folder(place, {"state.json": b"other"})

    assert read_folder(place) == FILES
    assert names(place.parent) == ["one"]


def test_where_no_folder_can_be_made_nothing_is_written(tmp_path: Path) -> None:
    for place in (tmp_path / "none" / "one", Path("/proc/one"), tmp_path / ("n" * 300)):
        with pytest.raises(DataError, match="cannot be written") as caught:
            write_folder(place, FILES)
        assert len(str(caught.value).splitlines()) == 1
    assert names(tmp_path) == []


def test_a_folder_is_removed_with_all_that_is_in_it(place: Path) -> None:
    write_folder(place / "inner", FILES)

    remove_folder(place)

    assert names(place.parent) == []
    with pytest.raises(DataError, match=r"one: cannot be removed \(No such file or directory\)"):
        remove_folder(place)


def test_sweeping_removes_what_was_broken_off_and_nothing_else(place: Path) -> None:
    (place.parent / ".deepnet-0123456789abcdef").mkdir()
    (place.parent / ".deepnet-0123456789abcdef" / "state.json").write_bytes(b"half")
    (place.parent / ".hidden").mkdir()

    sweep(place.parent)

    assert names(place.parent) == [".hidden", "one"]
    assert read_folder(place) == FILES
