"""``service.json`` in the data folder: where the service that has it can be reached. There is no secret in it."""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from deepnet.data.files import one_line
from deepnet.errors import StorageError

FILE = "service.json"
SAME_SECONDS = 2.0
"""What a clock may have been put right by since the process began, and it is still the same."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A service that runs.

    Attributes:
        pid: of its process.
        started: when that began, in seconds since 1970: the same number belongs to another process some day.
        socket: path of its Unix socket; None if it has none.
        host: the address that it listens on.
        port: and the port.
        version: of deepnet.
    """

    pid: int
    started: float
    socket: str | None
    host: str
    port: int
    version: str

    @classmethod
    def of_this_process(cls, *, socket: str | None, host: str, port: int, version: str) -> Self:
        """Return the record of a service that runs in this process."""
        process = psutil.Process()
        return cls(process.pid, process.create_time(), socket, host, port, version)

    @property
    def is_running(self) -> bool:
        """Whether its process is there, and is not another one that was given its number."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= SAME_SECONDS
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:  # it is there, and of somebody else
            return True


def write_runtime(folder: str | Path, runtime: Runtime) -> None:
    """Put ``service.json`` into a data folder, for its owner only; one that was there is replaced in an instant.

    Raises:
        StorageError: it could not be written.
    """
    place = Path(folder) / FILE
    part = place.with_name(f".deepnet-{secrets.token_hex(8)}.part")
    try:
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(runtime), file)
                file.write("\n")
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        reason = f"could not be written ({error.strerror})"
        raise StorageError(f"{one_line(str(place))}: {reason}: look at the disk and the folder") from None


def read_runtime(folder: str | Path) -> Runtime | None:
    """Return the service that runs with a data folder; None if there is none, whatever the file says."""
    try:
        runtime = _runtime(json.loads((Path(folder) / FILE).read_bytes()))
    except (OSError, ValueError):
        return None
    return runtime if runtime is not None and runtime.is_running else None


def remove_runtime(folder: str | Path) -> None:
    """Take the file away; if it is not there, or cannot be taken away, nothing happens."""
    with suppress(OSError):
        (Path(folder) / FILE).unlink()


def _runtime(facts: Any) -> Runtime | None:
    """Return what the file says, if it is what we write."""
    match facts:
        case {"pid": int(pid), "started": float() | int(), "host": str(), "port": int(), "version": str()} if pid > 0:
            return _with_socket(facts)
    return None


def _with_socket(facts: Mapping[str, Any]) -> Runtime | None:
    socket = facts.get("socket")
    if socket is not None and not isinstance(socket, str):
        return None
    known = (facts["pid"], float(facts["started"]), socket, facts["host"], facts["port"], facts["version"])
    return Runtime(*known)
