"""The folder in which a service keeps everything: one service at a time, nobody else's eyes."""

import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from deepnet.data.files import one_line
from deepnet.errors import DataError, InputError, StorageError
from deepnet.persistence.folder_lock import LOCK, FolderLock
from deepnet.persistence.whole_file import write_whole
from deepnet.persistence.whole_folder import sync_folder
from deepnet.service.store.names import check_name
from deepnet.wire.runtime import default_data_dir

__all__ = ["MIN_FREE", "VERSION", "DataFolder", "default_data_dir"]

VERSION = 1
"""Of how the folder is laid out; the tables in it have a version of their own."""
MIN_FREE = 64 << 20
"""Bytes that must be free for a service to begin."""
SUFFIXES = ("csv", "npz")

_VERSION_FILE = "version"
_NETWORKS, _RUNS, _DATASETS = "networks", "runs", "datasets"
_OURS = frozenset({LOCK, _VERSION_FILE, _NETWORKS, _RUNS, _DATASETS, "token", "lost+found"})


class DataFolder:
    """A data folder that this process has locked; made by `open`. Use it in a ``with`` block, or `close` it.

    Attributes:
        path: where it is.
        database: where its SQLite file is, or will be.
    """

    def __init__(self, path: Path, lock: FolderLock) -> None:
        self.path = path
        self.database = path / "service.sqlite3"
        self._lock = lock

    @classmethod
    def open(cls, path: str | Path, *, min_free: int = MIN_FREE) -> Self:
        """Take a data folder, or make one of a folder that is empty or not there.

        Args:
            path: where it is.
            min_free: bytes that must be free on its disk.

        Raises:
            DataError: another process has it; it was made by a newer deepnet; something else is in it; it cannot be
                written; or the disk is full. The message is one line and says what to do.
        """
        place, name = Path(path).absolute(), one_line(str(path))
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _require_ours(place, name)
            lock = FolderLock(place)
            try:
                _require_version(place, name)
                _require_free(place, name, min_free)
                _lay_out(place)
            except BaseException:
                lock.release()
                raise
        except (OSError, ValueError) as error:
            if isinstance(error, DataError):
                raise
            reason = error.strerror if isinstance(error, OSError) else error
            advice = "give a path where a folder can be made, or a folder of your own"
            raise DataError(f"{name}: cannot be used as a data folder ({reason}): {advice}") from None
        return cls(place, lock)

    def network_folder(self, name: str) -> Path:
        """Return the folder for what belongs to one network; it is made if it is not there.

        Raises:
            InputError: it is no name for a network.
            StorageError: it could not be made.
        """
        return self._room(_NETWORKS, check_name(name, "network"))

    def run_folder(self, run_id: str) -> Path:
        """Return the folder for what belongs to one run; it is made if it is not there.

        Raises:
            InputError: it is no id of a run.
            StorageError: it could not be made.
        """
        return self._room(_RUNS, check_name(run_id, "run"))

    def _room(self, part: str, name: str) -> Path:
        folder = self.path / part / name
        try:
            return _made(folder)
        except OSError as error:
            reason = f"could not be made ({error.strerror})"
            raise StorageError(f"{one_line(str(folder))}: {reason}: look at the disk and the folder") from None

    def dataset_file(self, name: str, suffix: str) -> Path:
        """Return where the file of a data set is, or is to be.

        Args:
            name: of the data set.
            suffix: csv or npz.

        Raises:
            InputError: it is no name for a data set, or no such suffix.
        """
        if suffix not in SUFFIXES:
            raise InputError(f"a data set is a file of the kind {' or '.join(SUFFIXES)}, not {suffix!r}")
        return self.path / _DATASETS / f"{check_name(name, 'data set')}.{suffix}"

    def free_bytes(self) -> int:
        """Return how many bytes can still be written on its disk."""
        return shutil.disk_usage(self.path).free

    def close(self) -> None:
        """Let others have it; doing so again does nothing."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _made(folder: Path) -> Path:
    """Return *folder*, which is there, also after the power has failed."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        sync_folder(folder.parent)
    return folder


def _require_ours(place: Path, name: str) -> None:
    if (place / _VERSION_FILE).exists():
        return
    others = [entry.name for entry in place.iterdir() if not _is_ours(entry.name)]
    if others:
        held = f"there is {one_line(min(others))} in it"
        raise DataError(f"{name}: is no data folder of deepnet ({held}): give another, an empty or a new one")


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith((".", "service."))


def _require_version(place: Path, name: str) -> None:
    try:
        text = (place / _VERSION_FILE).read_text("ascii").strip()
    except FileNotFoundError:
        return
    if not text.isdecimal() or not int(text):
        raise DataError(f"{name}: its file 'version' is damaged: write {VERSION} into it, or give another folder")
    if int(text) > VERSION:
        known = f"version {text} of the folder, this one knows {VERSION}"
        raise DataError(f"{name}: was made by a newer deepnet ({known}): use that one, or give another folder")


def _require_free(place: Path, name: str, min_free: int) -> None:
    free = shutil.disk_usage(place).free
    if free < min_free:
        wanted = f"{free >> 20} MiB are free and {min_free >> 20} are needed"
        raise DataError(f"{name}: the disk is full ({wanted}): free some space, or give a folder on another disk")


def _lay_out(place: Path) -> None:
    place.chmod(0o700)
    for part in (_NETWORKS, _RUNS, _DATASETS):
        _made(place / part)
    version = place / _VERSION_FILE
    if not version.exists():
        write_whole(version, f"{VERSION}\n".encode())
