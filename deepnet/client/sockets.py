"""How connections to a Unix socket are opened, so that one that fails leaves nothing open."""

import socket
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2


class KnockingBackend(httpcore2.SyncBackend):
    """Knocks first: httpcore, whose work this is, would not close a socket that could not be connected."""

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        """Open a connection.

        Raises:
            httpcore2.ConnectError, httpcore2.ConnectTimeout: nobody takes it.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            knock.settimeout(timeout)
            try:
                knock.connect(path)
            except TimeoutError as error:
                raise httpcore2.ConnectTimeout(str(error)) from None
            except OSError as error:
                raise httpcore2.ConnectError(str(error)) from None
        return super().connect_unix_socket(path, timeout, socket_options)


def transport_to(path: str | None, limits: httpx2.Limits) -> httpx2.HTTPTransport:
    """Return what carries requests: to the Unix socket *path*, or over the network if it is None.

    No proxy and no netrc of the environment: nobody else is to see the token.
    """
    transport = httpx2.HTTPTransport(uds=path, limits=limits, trust_env=False)
    if path is not None:
        transport._pool._network_backend = KnockingBackend()  # noqa: SLF001 - there is no other way to say so
    return transport
