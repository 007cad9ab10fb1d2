"""The Unix socket: made so that only its owner gets at it, and each who connects is checked once more."""

import hashlib
import os
import socket
import stat
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from deepnet.errors import InputError

LONGEST_PATH = 107
"""Bytes that the path of a Unix socket may have: 108 with the zero at its end."""
_ANSWER_SECONDS = 2.0
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class PeerCheckedSocket(socket.socket):
    """A listening Unix socket that takes connections of its owner and of root only, whatever its mode says.

    Attributes:
        allowed_uids: of whom connections are taken.
    """

    __slots__ = ("allowed_uids",)
    allowed_uids: frozenset[int]

    @classmethod
    def of(cls, fileno: int, allowed_uids: frozenset[int] | None = None) -> Self:
        """Return the socket of that file descriptor, which it takes over."""
        made = cls(fileno=fileno)
        made.allowed_uids = frozenset({os.geteuid(), 0}) if allowed_uids is None else allowed_uids
        return made

    def accept(self) -> tuple[socket.socket, Any]:
        """Take the next connection.

        Raises:
            ConnectionAbortedError: it is somebody else's. An event loop takes this for a client that hung up at once.
        """
        connection, address = super().accept()
        uid = peer_uid(connection)
        if uid is not None and uid not in self.allowed_uids:
            connection.close()
            raise ConnectionAbortedError(f"user {uid} may not connect")
        return connection, address

    def dup(self) -> Self:
        copy = super().dup()
        copy.allowed_uids = self.allowed_uids
        return copy


def peer_uid(connection: socket.socket) -> int | None:
    """Return the user at the other end of a Unix socket; None where the system does not say."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(credentials)[1]
    return uid


def default_socket(data_dir: Path, environ: Mapping[str, str]) -> Path:
    """Return where the socket of the service of *data_dir* is, if nobody says otherwise.

    That is in the user's folder of things that live as long as the session, else in *data_dir*, else, as that path is
    too long for a socket, in a folder of the user's among the temporary files.
    """
    name = hashlib.sha256(os.fsencode(data_dir.absolute())).hexdigest()[:16] + ".sock"
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    places = [
        *([Path(runtime) / "deepnet" / name] if runtime and Path(runtime).is_dir() else []),
        data_dir.absolute() / "service.sock",
        Path(tempfile.gettempdir()) / f"deepnet-{os.geteuid()}" / name,
    ]
    return next((place for place in places if _fits(place)), places[-1])


class UnixPlace:
    """Where our Unix socket is: made by `listen`, removed by `remove` if it is still ours.

    Raises:
        InputError: the path is too long for a socket.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._made: tuple[int, int, int] | None = None
        if not _fits(self.path):
            raise InputError(
                f"{self.path}: {len(os.fsencode(self.path))} bytes are too long for a socket, which may have "
                f"{LONGEST_PATH}: give a shorter path with --socket"
            )

    def listen(self, backlog: int) -> PeerCheckedSocket:
        """Make the socket, mode 0600, in a folder that nobody else may write to; one that nobody answers at goes.

        Raises:
            InputError: the path cannot be used.
            InputError: another process answers there.
        """
        try:
            self._prepare_folder()
            self._remove_stale()
        except OSError as error:
            raise InputError(f"{self.path}: no socket can be made there ({error.strerror}): give --socket") from None
        made = PeerCheckedSocket.of(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).detach())
        # The mask is the process's, so this is for a time when no other thread makes files.
        mask = os.umask(0o177)
        try:
            made.bind(str(self.path))
            made.listen(backlog)
            made.settimeout(0)
            status = self.path.lstat()
        except OSError as error:
            made.close()
            raise InputError(f"{self.path}: no socket can be made there ({error.strerror}): give --socket") from None
        finally:
            os.umask(mask)
        self._made = _identity(status)
        return made

    def remove(self) -> None:
        """Remove the socket, unless another one is in its place by now."""
        try:
            status = self.path.lstat()
            if self._made == _identity(status):
                self.path.unlink()
        except OSError:
            return

    def _prepare_folder(self) -> None:
        folder = self.path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if status.st_uid not in {os.geteuid(), 0} or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise InputError(
                f"{folder}: others may write there, so it is no place for a socket: give --socket elsewhere"
            )

    def _remove_stale(self) -> None:
        try:
            status = self.path.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(status.st_mode):
            raise InputError(f"{self.path}: something that is no socket is there: give another path with --socket")
        if _somebody_answers(self.path):
            raise InputError(f"{self.path}: another process answers there: stop it, or give another path with --socket")
        self.path.unlink(missing_ok=True)


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_dev, status.st_ino, status.st_mtime_ns  # the number alone is used again at once


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= LONGEST_PATH


def _somebody_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_ANSWER_SECONDS)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except (TimeoutError, BlockingIOError):  # its queue is full: it is there, and busy
            return True
    return True
