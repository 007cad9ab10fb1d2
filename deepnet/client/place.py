"""Where a service is, and what opens its door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deepnet.data.files import one_line
from deepnet.errors import InputError, ServiceError
from deepnet.wire.runtime import read_runtime

API = "/api/v1"


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


def place_of_folder(folder: Path, environ: Mapping[str, str]) -> Place:
    """Return where the service is that has a data folder: at its Unix socket, or if it has none, on this machine.

    Raises:
        ServiceError: none runs; the message says how to start one.
    """
    name = one_line(str(folder))
    runtime = read_runtime(folder)
    if runtime is None:
        raise ServiceError(f"no service runs for {name}: start one with 'deepnet serve --data-dir {name}'")
    if runtime.socket is not None:
        return Place("http://localhost", runtime.socket, name=f"the service of {name}")
    host = f"[{runtime.host}]" if ":" in runtime.host else runtime.host
    token = token_in(environ) or _read_token(folder / "token")
    return Place(f"http://{host}:{runtime.port}", token=token, name=f"the service of {name}")


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
