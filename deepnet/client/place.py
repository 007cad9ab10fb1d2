"""Where a service is, and what opens its door."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deepnet.data.files import one_line
from deepnet.errors import InputError, ServiceError
from deepnet.persistence.folder_lock import LOCK
from deepnet.wire.runtime import Runtime, read_runtime

API = "/api/v1"
COMING_UP_SECONDS = 30.0
"""How long a service that has its data folder, and is not ready yet, is waited for."""
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service can be reached.

    Attributes:
        url: with which requests begin, such as ``http://127.0.0.1:7077``.
        socket: the path of its Unix socket; None to go by the network.
        token: that it wants to see there; never shown.
        name: what it is called in messages.
    """

    url: str
    socket: str | None = None
    token: str | None = field(default=None, repr=False)
    name: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What shows who asks: over the socket, its file does."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


def place_of_folder(folder: Path, environ: Mapping[str, str], seconds: float = COMING_UP_SECONDS) -> Place:
    """Return where the service is that has a data folder: at its Unix socket, or if it has none, on this machine.

    One that is coming up is waited for, up to so many *seconds*.

    Raises:
        ServiceError: none runs, or is ready; the message says what to do.
    """
    name = one_line(str(folder))
    runtime = _ready(folder, seconds)
    if runtime is None and _is_held(folder):
        raise ServiceError(f"the service of {name} is coming up, and not ready after {seconds:g} s: see what it logs")
    if runtime is None:
        raise ServiceError(f"no service runs for {name}: start one with 'deepnet serve --data-dir {name}'")
    if runtime.socket is not None:
        return Place("http://localhost", runtime.socket, name=f"the service of {name}")
    host = f"[{runtime.host}]" if ":" in runtime.host else runtime.host
    token = token_in(environ) or _read_token(folder / "token")
    return Place(f"http://{host}:{runtime.port}", token=token, name=f"the service of {name}")


def _ready(folder: Path, seconds: float) -> Runtime | None:
    """Return the service that runs with a data folder, once it is ready; None if there is none."""
    end = time.monotonic() + seconds
    while True:
        is_held = _is_held(folder)  # before the look: it may become ready between the two
        runtime = read_runtime(folder)
        if runtime is not None or not is_held or time.monotonic() > end:
            return runtime
        time.sleep(_PAUSE_SECONDS)


def _is_held(folder: Path) -> bool:
    """Whether a living process has the folder. It is not found out by taking the lock, which a service may want now.

    Source: proc(5), /proc/locks: number, FLOCK, kind, access, pid, device:inode, first and last byte.
    """
    try:
        inode = (folder / LOCK).stat().st_ino
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except (OSError, ValueError):
        return False
    # A process that waits for one that is held has an arrow before FLOCK.
    held = [words[5].rpartition(":")[2] for words in map(str.split, lines) if words[1:2] == ["FLOCK"]]
    return str(inode) in held


def place_of_url(url: str, token: str | None, environ: Mapping[str, str]) -> Place:
    """Return the place that *url* names.

    Raises:
        InputError: it is no address of a service, or there is no token.
    """
    parts = urlsplit(url)
    shown = one_line(f"{parts.scheme}://{parts.hostname}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.path.strip("/"):
        raise InputError(f"url must be like http://127.0.0.1:7077, got {shown}")
    token = token or token_in(environ)
    if token is None:
        raise InputError("the service wants a token: give token=..., or set DEEPNET_TOKEN or DEEPNET_TOKEN_FILE")
    if not token.isascii() or not token.isprintable():
        raise InputError("the token holds what no token does: give the text in the file token of the data folder")
    return Place(f"{parts.scheme}://{parts.netloc}", token=token, name=f"the service at {parts.netloc}")


def token_in(environ: Mapping[str, str]) -> str | None:
    """Return the token that DEEPNET_TOKEN, or the file of DEEPNET_TOKEN_FILE, holds; None if neither is set.

    Raises:
        InputError: the file cannot be read.
    """
    if token := environ.get("DEEPNET_TOKEN", "").strip():
        return token
    path = environ.get("DEEPNET_TOKEN_FILE", "").strip()
    return _read_token(Path(path)) if path else None


def _read_token(path: Path) -> str:
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InputError(f"{one_line(str(path))}: the token cannot be read ({reason}): set DEEPNET_TOKEN") from None
    if not token:
        raise InputError(f"{one_line(str(path))}: holds no token: give the file token of the service's data folder")
    return token
