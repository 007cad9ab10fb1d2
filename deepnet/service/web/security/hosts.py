"""Whose name a request uses: a Host that is ours, and no request that a foreign page has sent.

A page of another site can have a browser send requests here, with the browser's cookies; after DNS rebinding even
under a name of its own. The Host header tells the second, Sec-Fetch-Site and Origin tell the first. All are compared
with what is allowed; nothing is recognised as bad.
"""

import re
from typing import NamedTuple

from starlette.types import Scope

from deepnet.service.web.security.headers import values
from deepnet.service.web.security.refusals import bad_host, cross_site
from deepnet.service.web.security.roles import READING
from deepnet.service.web.security.settings import LOOPBACK, SecuritySettings

_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_DEFAULT_PORT = {"http": "80", "https": "443"}


class Host(NamedTuple):
    """What a Host header says, in lower case."""

    name: str
    """Without brackets, if it is an IPv6 address."""
    port: str
    """Digits; empty where none is given."""


def host_of(scope: Scope, settings: SecuritySettings) -> Host:
    """Return the host that the request asks for; raise Refusal 400 unless it is given once and is one of ours."""
    said = values(scope, "host")
    if len(said) != 1:
        raise bad_host("a request needs one Host header")
    host = parse_host(said[0])
    if host is None or host.name not in settings.allowed_hosts:
        raise bad_host("this service is not known under that host: start it with --allowed-host NAME to allow it")
    return host


def parse_host(text: str) -> Host | None:
    """Read a Host header; None if it is not a name or an address with perhaps a port."""
    found = _HOST.fullmatch(text)
    return Host((found["six"] or found["name"]).lower(), found["port"] or "") if found else None


def origin_of(scope: Scope, host: Host, settings: SecuritySettings) -> tuple[str, Host]:
    """Return our own origin as the client of this request sees it: scheme and host."""
    proxied = settings.behind_proxy and host.name not in LOOPBACK
    scheme = "https" if proxied or scope["scheme"] in {"https", "wss"} else "http"
    return scheme, Host(host.name, host.port or _DEFAULT_PORT[scheme])


def refuse_foreign(scope: Scope, own: tuple[str, Host]) -> bool:
    """Raise Refusal 403 if a page of another site, or of another port, has sent this.

    Returns:
        Whether a browser vouches that it comes from our own pages; where it does not, a cookie proves nothing.
    """
    sites, origins = values(scope, "sec-fetch-site"), values(scope, "origin")
    if len(sites) > 1 or len(origins) > 1:
        raise cross_site("Origin and Sec-Fetch-Site may be given once")
    if scope["type"] == "http" and scope["method"] in READING:
        _refuse_foreign_read(scope, sites)
        return True  # reading changes nothing, and no other site can see the answer
    if sites and sites[0] not in {"same-origin", "none"}:
        raise cross_site("a page of another site sent this: use the service's own pages, or a token")
    if origins and _parse_origin(origins[0]) != own:
        raise cross_site("this comes from another origin: use the service's own pages, or a token")
    return bool(sites or origins)


def refuse_others_than_the_owner(scope: Scope) -> None:
    """Raise Refusal 403 for what comes through the Unix socket from others than the programs of its owner.

    Browsers send what other people's pages want; and whoever has a proxy send requests here would make all its clients
    admins.
    """
    if values(scope, "sec-fetch-site") or values(scope, "origin"):
        raise cross_site("browsers may not use the Unix socket: run 'deepnet open'")
    if any(values(scope, name) for name in _OF_PROXIES):
        raise cross_site("a proxy may not use the Unix socket, where nobody is asked for a token: send it to the port")


def _refuse_foreign_read(scope: Scope, sites: list[str]) -> None:
    """A link to us may be followed; what other sites embed or fetch is not given out."""
    if sites and sites[0] not in {"same-origin", "none"} and values(scope, "sec-fetch-mode") != ["navigate"]:
        raise cross_site("a page of another site asked for this: open it by itself")


def _parse_origin(text: str) -> tuple[str, Host] | None:
    scheme, separator, rest = text.partition("://")
    host = parse_host(rest)
    if not separator or host is None or scheme not in _DEFAULT_PORT:
        return None
    return scheme, Host(host.name, host.port or _DEFAULT_PORT[scheme])
