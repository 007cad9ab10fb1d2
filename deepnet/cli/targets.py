"""What an argument of a verb is about: ``NETWORK``, ``NETWORK/dense_0`` or ``NETWORK/dense_0/3``.

The network may be left out where the service has only one: ``dense_0/3``.
"""

import re
from typing import NamedTuple
from urllib.parse import quote

from deepnet.cli.attach import Link
from deepnet.data.files import listed, nearest, quoted
from deepnet.errors import InputError, NotFoundError

_WITHIN = re.compile(r"((dense|dropout)_\d+(/.*)?|trainer|vault|network)", re.DOTALL)
"""What can stand after the name of a network."""
_ADDRESS = re.compile(r"[a-z]+(_(0|[1-9][0-9]*)(/(0|[1-9][0-9]*))?)?", re.ASCII)
"""What an address looks like: whoever is not there is told by the service, which knows who is."""
_NEURON = re.compile(r"\w+/\w+")


class Target(NamedTuple):
    """A network, and perhaps somebody in it."""

    network: str
    address: str | None = None

    def __str__(self) -> str:
        return self.network if self.address is None else f"{self.network}/{self.address}"

    @property
    def is_neuron(self) -> bool:
        return self.address is not None and _NEURON.fullmatch(self.address) is not None

    @property
    def path(self) -> str:
        """Of the network, of the layer or of the neuron in the service's interface."""
        start = f"/networks/{quote(self.network, safe='')}"
        if self.address is None:
            return start
        return f"{start}/{'neurons' if self.is_neuron else 'layers'}/{quote(self.address)}"


def network_names(link: Link) -> list[str]:
    """Return the names of all networks."""
    return [row["name"] for row in link.items("/networks")]


def find(link: Link, text: str | None, *, names: list[str] | None = None) -> Target:
    """Return what *text* is about; None is the only network.

    Raises:
        NotFoundError: there is no such network, or there is none; the message says which there are.
        InputError: the network is left out, and there are several; or what stands after it is no address.
    """
    names = network_names(link) if names is None else names
    if text is None:
        return Target(_only(names))
    first, slash, rest = text.partition("/")
    if first in names:
        if slash and not rest:
            raise InputError(f"{quoted(text)} breaks off: write {first}, or {first}/dense_0/3")
        return Target(first, _address(text, rest) if slash else None)
    if _WITHIN.fullmatch(text):
        return Target(_only(names), _address(text, text))
    if not names:
        raise NotFoundError(f"there is no network {quoted(first)}: {_NONE}")
    raise NotFoundError(f"there is no network {quoted(first)}{nearest(first, names)}: there is {listed(names)}")


def _address(text: str, address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise InputError(f"{quoted(text)} is no address: write them like dense_0, dense_0/3, trainer or vault")
    return address


_NONE = "the service has none yet: 'deepnet create' or 'deepnet train DATA --service NAME' makes one"


def _only(names: list[str]) -> str:
    if not names:
        raise NotFoundError(f"there is no network: {_NONE}")
    if len(names) > 1:
        raise InputError(f"there are several networks: say which one, such as {names[0]}: {listed(names)}")
    return names[0]


def neuron(link: Link, text: str) -> Target:
    """Return the neuron that *text* names.

    Raises:
        InputError: it names a network or a layer.
        NotFoundError: as for `find`.
    """
    target = find(link, text)
    if not target.is_neuron:
        raise InputError(f"{quoted(text)} is no neuron: name one, such as {target.network}/dense_0/3")
    return target


def layer(link: Link, text: str) -> Target:
    """Return the layer that *text* names.

    Raises:
        InputError: it names a network or a neuron.
        NotFoundError: as for `find`.
    """
    target = find(link, text)
    if target.address is None or target.is_neuron:
        raise InputError(f"{quoted(text)} is no layer: name one, such as {target.network}/dense_0")
    return target


def network(link: Link, text: str | None, *, names: list[str] | None = None) -> str:
    """Return the name of the network that *text* names, or of the only one.

    Raises:
        InputError: it names somebody within a network.
        NotFoundError: as for `find`.
    """
    target = find(link, text, names=names)
    if target.address is not None:
        raise InputError(f"{quoted(str(text))} is no network: leave /{target.address} out")
    return target.network


def run(link: Link, text: str | None) -> str:
    """Return the number of the run that *text* names: a network's name, for its run, or that number itself.

    Raises:
        InputError: it names somebody within a network.
        NotFoundError: there is no such network or run, or the network has never learnt.
    """
    target = find_any(link, text)
    if target is None:
        return str(text)
    if target.address is not None:
        raise InputError(f"{quoted(str(text))} is no run: leave /{target.address} out")
    return current_run(link, target.network)


def find_any(link: Link, text: str | None) -> Target | None:
    """Return what *text* is about; None if it is the number of a run.

    Raises:
        InputError, NotFoundError: as for `find`.
    """
    names = network_names(link)
    if text is not None and text not in names and any(row["id"] == text for row in link.items("/runs")):
        return None
    return find(link, text, names=names)


def current_run(link: Link, name: str) -> str:
    """Return the number of the run that a network is at, or was at last.

    Raises:
        NotFoundError: it has had none.
    """
    for row in link.items("/runs", network=name, limit=1):
        return str(row["id"])
    raise NotFoundError(f"{name} has no run: it has never been trained")
