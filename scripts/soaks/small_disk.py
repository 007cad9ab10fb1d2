"""A disk that can be full: a small file system in memory where one may be mounted, else a limit on files."""

import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

SIZE = 192 * 2**20


class Disk(Protocol):
    """Where a service keeps everything, and can be kept from it.

    Attributes:
        folder: for its data.
        kind: what it is, in a word or two.
    """

    folder: Path
    kind: str

    def fill(self, pid: int) -> None:
        """From now on process *pid* can write nothing more."""

    def free(self, pid: int) -> None:
        """Now it can again."""


class MemoryDisk:
    """A file system of a fixed size; it is full when a file fills it."""

    kind = "tmpfs"

    def __init__(self, place: Path) -> None:
        self.folder = place / "data"
        self._filler = place / "filler"

    def fill(self, _pid: int) -> None:
        with suppress(OSError):
            descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            try:
                for size in (2**20, 2**12, 1):
                    with suppress(OSError):
                        while os.write(descriptor, bytes(size)) == size:
                            pass
            finally:
                os.close(descriptor)

    def free(self, _pid: int) -> None:
        self._filler.unlink(missing_ok=True)


class LimitedDisk:
    """A folder anywhere; while the disk is to be full no file may grow."""

    kind = "limit on files"

    def __init__(self, place: Path) -> None:
        self.folder = place / "data"

    def fill(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def small_disk() -> Iterator[Disk]:
    """Have one that is empty; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        mounted = (
            os.geteuid() == 0
            and not subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", name], capture_output=True, check=False
            ).returncode
        )
        try:
            yield MemoryDisk(place) if mounted else LimitedDisk(place)
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", name], check=False)
