"""Who is asking: by the socket they came through, the token they show, or the session of their cookie."""

import asyncio
import hmac
from typing import NamedTuple

from starlette.types import Scope

from deepnet.service.store.rows import SessionRow
from deepnet.service.web.security.headers import values
from deepnet.service.web.security.hosts import host_of, origin_of
from deepnet.service.web.security.refusals import cross_site, nobody
from deepnet.service.web.security.roles import Principal, Role
from deepnet.service.web.security.security import Security
from deepnet.service.web.security.sessions import KEY_MARK
from deepnet.service.web.security.settings import SecuritySettings

OWNER = Principal("admin@socket", Role.ADMIN, "socket")
_BEARER = Principal("admin@token", Role.ADMIN, "token")
_ANYBODY = Principal("admin@open", Role.ADMIN, "open")


class Admitted(NamedTuple):
    """Who may come in, and until when (seconds since 1970; None: as long as they like)."""

    who: Principal
    until: float | None = None


def came_by_socket(scope: Scope) -> bool:
    """Whether this came through the Unix socket, whose file permissions are the credential.

    It is our own end that tells: (path, None). The other end is no proof: a TCP client that has gone away has no
    address either.
    """
    server = scope.get("server")
    return server is not None and server[1] is None


def client_of(scope: Scope) -> str:
    """Return the address of who is asking, to count by; never to let somebody in by."""
    client = scope.get("client")
    return str(client[0]) if client else "gone"


async def identify(scope: Scope, security: Security, *, vouched: bool) -> Admitted:
    """Return who shows a valid token or session.

    Raises:
        Refusal: 401 for none; 403 for a cookie that no browser vouches for (see `refuse_foreign`); 429 after many
            wrong tokens.
    """
    if security.settings.insecure_no_auth:
        return Admitted(_ANYBODY)
    said = values(scope, "authorization")
    if said:
        if _shows_token(said, security.settings):
            return Admitted(_BEARER)
        raise security.failed(client_of(scope), "the token is not this service's")
    key = cookie(scope, cookie_name(security.settings, secure=is_secure(scope, security.settings)))
    row = await find_session(security, key) if key else None
    if row is None:
        raise nobody()
    if not vouched:
        raise cross_site("a cookie alone is not enough where the browser does not say which page asks: use a token")
    role = Role[row.role.upper()]
    return Admitted(Principal(f"{role.label}@session:{row.id}", role, "session", row.id), row.expires)


async def find_session(security: Security, key: str) -> SessionRow | None:
    """Return the live session of *key*, if any; the disk is not waited for in the event loop."""
    if not key.startswith(KEY_MARK):
        return None
    return security.sessions.remembered(key) or await asyncio.to_thread(security.sessions.find, key)


def cookie_name(settings: SecuritySettings, *, secure: bool) -> str:
    """Return the cookie's name: with the port, as cookies are shared by all ports of a host."""
    return f"{'__Host-' if secure else ''}deepnet-session-{settings.port}"


def is_secure(scope: Scope, settings: SecuritySettings) -> bool:
    """Whether the client reaches us by HTTPS, as far as we can know."""
    return origin_of(scope, host_of(scope, settings), settings)[0] == "https"


def cookie(scope: Scope, name: str) -> str | None:
    """Return the value of cookie *name*; None if there is none, or more than one: another service may have set it."""
    pairs = [pair.strip().partition("=") for header in values(scope, "cookie") for pair in header.split(";")]
    found = [value for key, separator, value in pairs if separator and key == name]
    return found[0] if len(found) == 1 else None


def _shows_token(said: list[str], settings: SecuritySettings) -> bool:
    scheme, _, token = said[0].partition(" ")
    if len(said) > 1 or scheme.lower() != "bearer" or not settings.token:
        return False
    return hmac.compare_digest(token.strip().encode("latin-1"), settings.token.encode("latin-1"))
