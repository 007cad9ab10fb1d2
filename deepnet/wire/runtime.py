"""Where a service that runs on this machine can be reached: its data folder, and the file ``service.json`` in it.

There is no secret in the file. A service writes it (`deepnet.service.store.runtime_file`); whoever looks for one reads
it here: `default_data_dir`, `Runtime`, `read_runtime`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

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


def read_runtime(folder: str | Path) -> Runtime | None:
    """Return the service that runs with a data folder; None if there is none, whatever the file says."""
    try:
        runtime = _runtime(json.loads((Path(folder) / FILE).read_bytes()))
    except (OSError, ValueError):
        return None
    return runtime if runtime is not None and runtime.is_running else None


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Return where data are if nothing is said: DEEPNET_DATA_DIR, else in the user's folder for data."""
    if given := environ.get("DEEPNET_DATA_DIR"):
        return Path(given)
    shared = environ.get("XDG_DATA_HOME", "")
    if Path(shared).is_absolute():  # the rule says: what is not absolute does not count
        return Path(shared) / "deepnet"
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / ".local" / "share" / "deepnet"


def _runtime(facts: Any) -> Runtime | None:
    """Return what the file says, if it is what a service writes."""
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
