"""Sockets that systemd opened for us, and passes on as file descriptors from 3 on."""

import os
import socket
from collections.abc import MutableMapping

from deepnet.errors import InputError
from deepnet.service.process.unix_socket import PeerCheckedSocket

FIRST_DESCRIPTOR = 3


def passed_sockets(environ: MutableMapping[str, str] | None = None) -> list[socket.socket]:
    """Return the listening sockets that were passed to this process; those of Unix check who connects.

    The variables that say so are removed, for they are not meant for processes that we start.

    Raises:
        InputError: what was passed is no listening stream socket.
    """
    variables = os.environ if environ is None else environ
    pid, count = variables.pop("LISTEN_PID", ""), variables.pop("LISTEN_FDS", "")
    variables.pop("LISTEN_FDNAMES", None)
    if pid != str(os.getpid()) or not count.isdecimal():
        return []
    passed: list[socket.socket] = []
    try:
        passed.extend(_adopted(FIRST_DESCRIPTOR + index) for index in range(int(count)))
    except BaseException:
        for each in passed:
            each.close()
        raise
    return passed


def _adopted(descriptor: int) -> socket.socket:
    try:
        made = socket.socket(fileno=descriptor)
    except OSError as error:
        raise InputError(f"descriptor {descriptor} that was passed is no socket ({error.strerror})") from None
    listens = made.type == socket.SOCK_STREAM and made.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    if not listens or made.family not in {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6}:
        made.close()
        raise InputError(
            f"descriptor {descriptor} that was passed is no listening stream socket: look at the .socket unit"
        )
    made.set_inheritable(False)
    made.settimeout(0)
    return PeerCheckedSocket.of(made.detach()) if made.family == socket.AF_UNIX else made
