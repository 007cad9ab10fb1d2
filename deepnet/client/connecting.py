"""Finding a service, and connecting to it."""

import os
from pathlib import Path

from deepnet.client.link import Link
from deepnet.client.place import place_of_folder, place_of_url
from deepnet.client.service import Service
from deepnet.errors import InputError
from deepnet.wire.runtime import default_data_dir


def connect(data_dir: str | Path | None = None, *, url: str | None = None, token: str | None = None) -> Service:
    """Connect to a running service; use what is returned in a ``with`` block, or `close` it.

    Args:
        data_dir: its data folder, for a service on this machine; by default DEEPNET_DATA_DIR, or the folder of the
            user. It is asked over its Unix socket, whose file says who may.
        url: of a service elsewhere, such as ``https://deepnet.example.org``.
        token: which that one wants; by default DEEPNET_TOKEN, or what is in the file that DEEPNET_TOKEN_FILE names.

    Raises:
        ServiceError: no service runs there, it cannot be reached, or it does not know the token.
        InputError: the arguments do not say where it is.
    """
    if url is not None:
        if data_dir is not None:
            raise InputError("data_dir and url are two ways to one service: give one of them")
        given = place_of_url(url, token, os.environ)
        return _checked(Link(lambda: given))
    if token is not None:
        raise InputError("a token goes with a url: over the Unix socket of a data folder none is needed")
    folder = (Path(data_dir) if data_dir is not None else default_data_dir(os.environ)).expanduser().absolute()
    return _checked(Link(lambda: place_of_folder(folder, os.environ)))


def _checked(link: Link) -> Service:
    """Return the service at the other end, once it has answered: what is wrong is told now, and not in the middle."""
    try:
        link.ask("GET", "/service")
    except BaseException:
        link.close()
        raise
    return Service(link)
