"""One process at a time in a folder."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from deepnet.data.files import one_line
from deepnet.errors import DataError

LOCK = "lock"


class FolderLock:
    """A lock on a folder, held from when it is made until it is released, or until the process ends, however it ends.

    The file ``lock`` in the folder stays, and says which process had it last.

    Raises:
        DataError: another has it; the message says which process. Or the folder takes no files.
    """

    def __init__(self, folder: Path) -> None:
        name = one_line(str(folder))
        try:
            self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            advice = "give a folder that takes files"
            raise DataError(f"{name}: cannot be locked ({error.strerror}): {advice}") from None
        try:
            self._take(name)
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take(self, name: str) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", errors="replace").strip()
            who = f"process {holder}" if holder.isdigit() else "another process"
            advice = "wait for it, stop it, or give another folder"
            raise DataError(f"{name}: is in use by {who}: {advice}") from None
        except OSError as error:
            raise DataError(f"{name}: cannot be locked ({error.strerror}): give a folder on another disk") from None
        with suppress(OSError):  # on a full disk: the lock holds, it only has no name on it
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let others have it; doing so again does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
