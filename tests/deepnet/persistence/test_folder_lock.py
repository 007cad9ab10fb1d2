import os
import subprocess
import sys
from pathlib import Path

import pytest

from deepnet.errors import DataError
from deepnet.persistence.folder_lock import LOCK, FolderLock

HOLD = """
import sys
from pathlib import Path
from deepnet.persistence.folder_lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_is_told_who_has_it_until_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(DataError) as caught:
            FolderLock(tmp_path)

        advice = "wait for it, stop it, or give another folder"
        assert str(caught.value) == f"{tmp_path}: is in use by process {holder.pid}: {advice}"
        holder.kill()

    FolderLock(tmp_path).release()


def test_in_one_process_there_is_one_too_until_it_is_released(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(DataError, match=f"is in use by process {os.getpid()}:"):
        FolderLock(tmp_path)

    lock.release()
    lock.release()

    other = FolderLock(tmp_path)
    assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"
    other.release()


def test_a_shorter_number_takes_the_place_of_a_longer_one(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("99999999999999999999\n")

    FolderLock(tmp_path).release()

    assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"


def test_programs_that_are_started_meanwhile_do_not_hold_it_on(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False):
        lock.release()

        FolderLock(tmp_path).release()


def test_whoever_left_no_number_is_another_process(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    (tmp_path / LOCK).write_text("")

    with pytest.raises(DataError, match="is in use by another process:"):
        FolderLock(tmp_path)
    lock.release()


def test_a_folder_that_is_missing_or_takes_no_files_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", Path("/proc")):
        with pytest.raises(DataError, match=f"{folder}: cannot be locked"):
            FolderLock(folder)
