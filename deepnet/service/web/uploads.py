"""Long bodies: received piece by piece into a file that is gone when it is closed, even if nobody closes it.

What is short may become long when it is read: of an archive it is seen to how many members there are and what they
unpack to, of a table how many cells it has, before anybody reads it.
"""

import hashlib
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import IO

from fastapi import HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from deepnet.errors import InputError, StorageError
from deepnet.service.engine.engine import Engine

AT_ONE_TIME = 4
"""So many are received at one time: they take room on the disk, and to read one takes memory."""
MOST_UNPACKED = 256 << 20
"""Bytes that the members of an archive may take together."""
MOST_MEMBERS = 1000
MOST_CELLS = 5_000_000
"""Of a table: each takes some 150 bytes while it is read."""
BETWEEN_CELLS = (b",", b";", b"\t", b"\n")
_PIECE = 1 << 20
_MEMBER = b"PK\x01\x02"


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that has been received.

    Attributes:
        file: where it is, from its beginning.
        size: how many bytes it has.
        fingerprint: of these.
        members: how many an archive has, at most.
        cells: how many a table has, at most.
    """

    file: IO[bytes]
    size: int
    fingerprint: str
    members: int
    cells: int

    def pieces(self) -> Iterator[bytes]:
        """Yield it in order. Blocking."""
        while piece := self.file.read(_PIECE):
            yield piece

    def require_archive_in_bounds(self) -> None:
        """Raise InputError if the archive that this is would be too large when it is unpacked. Blocking."""
        size = 0
        if self.members <= MOST_MEMBERS:
            with suppress(
                zipfile.BadZipFile, NotImplementedError, ValueError, OSError
            ):  # whoever reads it says what it is
                size = sum(member.file_size for member in zipfile.ZipFile(self.file).infolist())
            self.file.seek(0)
        if self.members > MOST_MEMBERS or size > MOST_UNPACKED:
            raise InputError(
                f"the archive has {self.members:,} members of {size:,} bytes when they are unpacked: "
                f"send at most {MOST_MEMBERS:,} of {MOST_UNPACKED:,} bytes"
            )

    def require_table_in_bounds(self) -> None:
        """Raise InputError if the table that this is has too many cells."""
        if self.cells > MOST_CELLS:
            raise InputError(f"the table has {self.cells:,} cells: send at most {MOST_CELLS:,}, or arrays as npz")


@asynccontextmanager
async def received(request: Request, engine: Engine) -> AsyncIterator[Upload]:
    """Receive the body of *request*; how long it may be is the guard's business.

    Raises:
        HTTPException: 429, there are too many at one time.
        StorageError: there is no room on the disk.
    """
    state = request.app.state
    if state.uploads >= AT_ONE_TIME:
        raise HTTPException(429, "too many uploads at one time: wait 1 s", {"Retry-After": "1"})
    state.uploads += 1
    try:
        with _file(engine) as file:
            yield await _receive(request, file)
    finally:
        state.uploads -= 1


def _file(engine: Engine) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(dir=engine.folder.path)
    except OSError as error:
        raise _no_room(error) from None


async def _receive(request: Request, file: IO[bytes]) -> Upload:
    digest, size, members, cells = hashlib.sha256(), 0, 0, 0
    waiting = bytearray()

    def count(marks: Sequence[bytes]) -> int:
        return sum(waiting.count(mark) for mark in marks)

    def write() -> None:
        try:
            file.write(waiting)
            file.flush()
        except OSError as error:
            raise _no_room(error) from None
        digest.update(waiting)

    async for piece in request.stream():
        waiting += piece
        if len(waiting) >= _PIECE:
            await run_in_threadpool(write)
            size, members, cells = size + len(waiting), members + count([_MEMBER]), cells + count(BETWEEN_CELLS)
            waiting = bytearray()
    write()
    file.seek(0)
    size, members, cells = size + len(waiting), members + count([_MEMBER]), cells + count(BETWEEN_CELLS)
    return Upload(file, size, digest.hexdigest(), members, cells)


def _no_room(error: OSError) -> StorageError:
    return StorageError(f"the upload could not be written ({error.strerror}): make room on the disk of the service")
