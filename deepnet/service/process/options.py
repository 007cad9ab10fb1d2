"""How a service is run: what `deepnet serve` was given, checked, and what may be listened on."""

import ipaddress
import math
import ssl
from dataclasses import dataclass
from pathlib import Path

from deepnet.errors import InputError
from deepnet.settings import LOG_FORMATS, LOG_LEVELS

DEFAULT_PORT = 7077
LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What a service is to be.

    Attributes:
        data_dir: where it keeps everything.
        host: the address that it listens on; 127.0.0.1 and localhost mean ::1 as well, where there is IPv6.
        port: 0 to 65535; 0 takes any that is free.
        socket: the path of its Unix socket; None: `deepnet.service.process.unix_socket.default_socket`.
        allowed_hosts: names that it may be called by, besides those of the loopback.
        behind_proxy: whether a proxy on another address speaks TLS for it.
        certfile: of its own TLS, PEM; ...
        keyfile: ... and its key, if that is not in the same file.
        insecure_no_auth: whether it asks nobody who they are.
        checkpoint_seconds: how often a run under way is written to the disk.
        log_level: the least important records that are logged.
        log_format: json or console.

    Raises:
        InputError: one of them cannot be used, or they would let others in; the message says what to do.
    """

    data_dir: Path
    host: str = LOOPBACK[0]
    port: int = DEFAULT_PORT
    socket: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    behind_proxy: bool = False
    certfile: Path | None = None
    keyfile: Path | None = None
    insecure_no_auth: bool = False
    checkpoint_seconds: float = 5.0
    log_level: str = "info"
    log_format: str = "console"

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InputError(f"--port must be 0 to 65535, got {self.port}")
        if not (math.isfinite(self.checkpoint_seconds) and self.checkpoint_seconds > 0):
            raise InputError(f"--checkpoint-seconds must be more than 0, got {self.checkpoint_seconds:g}")
        if self.log_level not in LOG_LEVELS:
            raise InputError(f"the log level must be one of {', '.join(LOG_LEVELS)}, got {self.log_level!r}")
        if self.log_format not in LOG_FORMATS:
            raise InputError(f"--log-format must be one of {', '.join(LOG_FORMATS)}, got {self.log_format!r}")
        if self.keyfile is not None and self.certfile is None:
            raise InputError("--keyfile is the key of a certificate: give --certfile as well")
        for host in self.allowed_hosts:
            if not host or host == "*" or any(sign in host for sign in "/@, \t\n"):
                raise InputError(f"--allowed-host must be the name of one host, got {host!r}")
        self._require_safe()

    def _require_safe(self) -> None:
        """Refuse to be reached from other machines unless all that takes is there."""
        if self.is_loopback:
            return
        if self.insecure_no_auth:
            raise InputError(
                f"--insecure-no-auth is for the loopback only: leave it out, or leave out --host {self.host}"
            )
        missing = []
        if self.certfile is None and not self.behind_proxy:
            missing.append("--certfile (or --behind-proxy where a proxy speaks TLS)")
        if not self.allowed_hosts:
            missing.append("--allowed-host with the name that it is called by")
        if missing:
            raise InputError(f"--host {self.host} lets other machines in: give {' and '.join(missing)} as well")

    @property
    def is_loopback(self) -> bool:
        """Whether nobody on another machine can reach it."""
        return host_is_loopback(self.host)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses to listen on; the first must be there, the others may be missing on this machine."""
        return LOOPBACK if self.host in {"localhost", LOOPBACK[0]} else (self.host,)

    @property
    def scheme(self) -> str:
        return "http" if self.certfile is None else "https"

    def tls(self) -> ssl.SSLContext | None:
        """Return what speaks TLS for it, with the certificate read.

        Raises:
            InputError: the certificate or its key cannot be used.
        """
        if self.certfile is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2

        def no_password() -> str:
            raise InputError(f"the key of {self.certfile} asks for a password: give one without, readable only by you")

        try:
            context.load_cert_chain(self.certfile, self.keyfile, password=no_password)
        except ssl.SSLError as error:
            reason = (error.reason or "not PEM").replace("_", " ").lower()
            raise InputError(
                f"{self.certfile}: no certificate and key that belong together ({reason}): "
                "give PEM files with --certfile and --keyfile"
            ) from None
        except OSError as error:
            names = " or ".join(str(path) for path in (self.certfile, self.keyfile) if path is not None)
            raise InputError(f"{names}: cannot be read ({error.strerror}): give other files") from None
        return context


def host_is_loopback(host: str) -> bool:
    """Whether *host* is localhost or an address of the loopback; other names are not looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
