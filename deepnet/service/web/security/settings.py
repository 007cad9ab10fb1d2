"""What a service asks of those who want something from it."""

import re
from dataclasses import dataclass

from deepnet.errors import InputError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Names under which a machine reaches itself."""
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*")
MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SecuritySettings:
    """How strict the guard is; the defaults are what a service on one machine needs.

    Attributes:
        token: what programs show; None only with *insecure_no_auth*.
        port: the TCP port that is listened on: it is part of the cookie's name, for cookies ignore ports.
        allowed_hosts: names in a Host header that are ours, without port; an IPv6 address without brackets.
        insecure_no_auth: let in everybody who can reach the port, as admin.
        behind_proxy: a proxy in front speaks HTTPS for us: for hosts that are not loopback our origin is https.
        tls: we speak HTTPS ourselves.
        address: to open in a browser, without a path; None for 127.0.0.1 and the port.
        body_bytes: the longest body of a request.
        upload_bytes: the longest body where arrays and data sets are sent.
        concurrent: requests at one time.
        changes_per_second: changes a session or the token may make, for good; those over the socket are not counted.
        changes_at_once: ... in a burst.
        failures_per_minute: wrong tickets and tokens from one address that get an answer of their own.
        login_body_seconds: how long a body may take to arrive from somebody who has not said who they are.
        session_seconds: how long a browser stays logged in.
        ticket_seconds: how long a ticket can be used.
    """

    token: str | None
    port: int
    allowed_hosts: tuple[str, ...] = LOOPBACK
    insecure_no_auth: bool = False
    behind_proxy: bool = False
    tls: bool = False
    address: str | None = None
    body_bytes: int = 1 * MIB
    upload_bytes: int = 64 * MIB
    concurrent: int = 128
    changes_per_second: float = 50
    changes_at_once: int = 500
    failures_per_minute: float = 10
    login_body_seconds: float = 10
    session_seconds: float = 12 * 3600
    ticket_seconds: float = 60

    def __post_init__(self) -> None:
        """Raise InputError where this would let in whoever asks without having been told to, or a host is no name."""
        if not self.token and not self.insecure_no_auth:
            raise InputError("a service needs a token: give one, or say --insecure-no-auth")
        hosts = tuple(host.lower().removeprefix("[").removesuffix("]") for host in self.allowed_hosts)
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise InputError(f"an allowed host is one name or address, without a port or a '*', got {host[:100]!r}")
        object.__setattr__(self, "allowed_hosts", hosts)

    @property
    def origin(self) -> str:
        """The address to open in a browser, without a path."""
        return self.address or f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def __repr__(self) -> str:
        """Leave out the token: settings end up in logs and tracebacks."""
        return f"SecuritySettings(port={self.port}, allowed_hosts={self.allowed_hosts})"
