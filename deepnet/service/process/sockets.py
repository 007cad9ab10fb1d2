"""The sockets that a service listens on: kept by the process, so that a web server that died comes back to them."""

import errno
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deepnet.errors import InputError
from deepnet.service.process.activation import passed_sockets
from deepnet.service.process.descriptors import raise_descriptor_limit
from deepnet.service.process.options import ServeOptions, host_is_loopback
from deepnet.service.process.unix_socket import PeerCheckedSocket, UnixPlace

BACKLOG = 128
_ATTEMPTS = 20
_NO_SUCH_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}


@dataclass(slots=True)
class Listening:
    """What a service listens on.

    Attributes:
        sockets: all of them, of TCP and Unix; they stay open until `close`.
        tls: what speaks TLS on those of TCP, if anything does.
        place: where the Unix socket is, if it is ours to remove.
    """

    sockets: list[socket.socket] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    place: UnixPlace | None = None

    @property
    def tcp(self) -> tuple[str, int] | None:
        """The first address and port of TCP, if there are any."""
        for each in self.sockets:
            if each.family != socket.AF_UNIX:
                return str(each.getsockname()[0]), int(each.getsockname()[1])
        return None

    @property
    def unix(self) -> Path | None:
        """The path of the Unix socket, if there is one."""
        return next((Path(each.getsockname()) for each in self.sockets if each.family == socket.AF_UNIX), None)

    def copies(self) -> list[socket.socket]:
        """Return other handles of the same sockets, for a web server to close."""
        return [each.dup() for each in self.sockets]

    def close(self) -> None:
        """Stop listening, and remove the Unix socket if we made it."""
        for each in self.sockets:
            each.close()
        self.sockets.clear()
        if self.place is not None:
            self.place.remove()


def listen(options: ServeOptions, socket_path: Path, *, activated: Sequence[socket.socket] | None = None) -> Listening:
    """Listen as *options* say: on the sockets that systemd passed, and on our own where it passed none.

    From then on clients take file descriptors, so this process may have as many as the system allows.

    Args:
        options: what the service is to be.
        socket_path: of the Unix socket.
        activated: sockets that are there already; by default those that systemd passed.

    Raises:
        InputError: an address, a port or the path cannot be used; the message says what to give instead.
        InputError: another process answers at the Unix socket.
    """
    raise_descriptor_limit()
    listening = Listening(tls=options.tls())
    try:
        listening.sockets.extend(passed_sockets() if activated is None else activated)
        for each in listening.sockets:
            _require_allowed(each, options)
        if listening.unix is None:
            listening.place = UnixPlace(socket_path)
            listening.sockets.append(listening.place.listen(BACKLOG))
        if listening.tcp is None:
            listening.sockets.extend(_tcp_sockets(options))
    except BaseException:
        listening.close()
        raise
    return listening


def _require_allowed(each: socket.socket, options: ServeOptions) -> None:
    """Refuse a socket of systemd's that lets in more people than the options say."""
    if each.family == socket.AF_UNIX:
        if not isinstance(each, PeerCheckedSocket):
            raise InputError("a Unix socket that was passed is not checked for who connects")
        return
    host = str(each.getsockname()[0])
    if options.is_loopback and not host_is_loopback(host):
        raise InputError(f"systemd passed a socket of {host}: give --host {host} as well, and what that takes")


def _tcp_sockets(options: ServeOptions) -> list[socket.socket]:
    """Listen on all addresses, at the same port; an address that this machine lacks is left out, but for the first."""
    for _ in range(_ATTEMPTS if options.port == 0 else 1):
        first = _bound(options.addresses[0], options.port)
        port = first.getsockname()[1]
        made = [first]
        try:
            for address in options.addresses[1:]:
                try:
                    made.append(_bound(address, port))
                except _NoSuchAddressError:
                    continue
        except InputError:
            for each in made:
                each.close()
            if options.port != 0:
                raise
            continue  # somebody has that port of the other address: draw another one
        except BaseException:
            for each in made:
                each.close()
            raise
        return made
    raise InputError(f"no port is free on all of {', '.join(options.addresses)}: give one with --port")


class _NoSuchAddressError(InputError):
    """This machine has no such address."""


def _bound(address: str, port: int) -> socket.socket:
    try:
        family, _, _, _, where = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )[0]
        # With the protocol said: an event loop has only sockets of which it knows that they are TCP send at once, and
        # without that each answer waits 40 ms for the client to acknowledge the one before.
        made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise _NoSuchAddressError(
            f"--host {address}: no such address ({error.strerror}): give one of this machine"
        ) from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(where)
        made.listen(BACKLOG)
        made.settimeout(0)
    except OSError as error:
        made.close()
        raise _refusal(address, port, error) from None
    return made


def _refusal(address: str, port: int, error: OSError) -> InputError:
    if error.errno == errno.EADDRINUSE:
        return InputError(f"port {port} of {address} is taken: give another one with --port, or --port 0 for any")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return InputError(f"port {port} of {address} is not ours to take: give one of 1024 or more with --port")
    if error.errno in _NO_SUCH_ADDRESS:
        return _NoSuchAddressError(f"--host {address}: this machine has no such address: give one that it has")
    return InputError(f"port {port} of {address} cannot be listened on ({error.strerror}): give another with --port")
