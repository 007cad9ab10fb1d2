"""Writing a file so that it is there as a whole or not at all, whatever happens in between."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from deepnet.data.files import one_line
from deepnet.errors import DataError


def check_writable(path: str | Path) -> None:
    """Do nothing if a file can be written at *path*; call it before work whose result is to go there.

    Raises:
        DataError: the folder is missing or takes no files, or something else is in the way.
    """
    try:
        place = _place(path)
        part = _part_of(place)
        try:
            os.close(_create(part))
        finally:
            part.unlink(missing_ok=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise _refusal(path, error) from None


def write_whole(path: str | Path, content: bytes) -> None:
    """Write *content* to a file beside *path*, bring it to the disk, and rename it to *path*.

    A file that was there is replaced in the instant of the rename; until then it stays as it was.

    Raises:
        DataError: it could not be written; what was there before is still there.
    """
    try:
        place = _place(path)
        part = _part_of(place)
        try:
            with os.fdopen(_create(part), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(place.parent)
    except (OSError, RuntimeError, ValueError) as error:
        raise _refusal(path, error) from None


def _place(path: str | Path) -> Path:
    """Return where the file is to be, links followed, so that a link is not replaced by a file.

    Raises:
        DataError: something is there that must not be replaced, or the folder is missing.
        OSError, RuntimeError, ValueError: the path cannot even be looked at (RuntimeError: links in a circle).
    """
    name = one_line(str(path))
    with suppress(FileNotFoundError, NotADirectoryError):
        Path(path).stat()  # from Python 3.13 on, `resolve` says nothing of links in a circle
    place = Path(path).resolve()
    if place.is_dir():
        raise DataError(f"{name}: this is a directory: give the path of a file")
    if place.exists() and not place.is_file():
        raise DataError(f"{name}: this is not a regular file and will not be replaced: give another path")
    if place.exists() and not os.access(place, os.W_OK):
        raise DataError(f"{name}: this file is write-protected: give another path, or change it with chmod")
    if not place.parent.is_dir():
        raise DataError(f"{name}: there is no folder {one_line(str(place.parent))}: make it first")
    return place


def _part_of(place: Path) -> Path:
    # In the same folder, because a rename works only within a file system; with a name of its own,
    # because the file's name may already be as long as names can be.
    return place.parent / f".deepnet-{secrets.token_hex(8)}.part"


def _create(part: Path) -> int:
    # 0o666 less the umask, as for any new file; tempfile would make it private.
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)


def _sync_folder(folder: Path) -> None:
    """Bring the rename itself to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(path: str | Path, error: Exception) -> DataError:
    if isinstance(error, DataError):
        return error
    reason = error.strerror if isinstance(error, OSError) else error
    return DataError(f"{one_line(str(path))}: cannot be written ({reason}): give a path in a folder that takes files")
