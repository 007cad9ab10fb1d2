"""Who may do what: every route says which role it needs, and what says nothing is for admins only."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from fastapi import HTTPException
from starlette.requests import HTTPConnection

from deepnet.service.web.security.rates import Rates

READING = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""


class Role(IntEnum):
    """What somebody may do: each role may do all that the ones before it may."""

    VIEWER = 1
    """Looks, and asks for predictions."""
    OPERATOR = 2
    """Also creates, trains and changes networks."""
    ADMIN = 3
    """Also deletes, shuts down, and says who else may."""

    @property
    def label(self) -> str:
        """``viewer``, ``operator`` or ``admin``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking.

    Attributes:
        name: as the event log has it, such as ``admin@socket`` or ``viewer@session:ab12``.
        role: what they may do.
        via: how they have shown who they are; ``open`` where the service asks nobody.
        session: the public id of their session, if it is one.
    """

    name: str
    role: Role
    via: Literal["socket", "token", "session", "open"]
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency that lets pass who has *role* or a higher one; gives who that is."""

    role: Role

    async def __call__(self, connection: HTTPConnection) -> Principal:
        """Raise HTTPException: 403 for too low a role, 429 for too many changes in a short time."""
        who = principal_of(connection)
        if who.role < self.role:
            raise HTTPException(403, f"this needs the role {self.role.label}, and {who.name} is {who.role.label}")
        if self.role >= Role.OPERATOR and connection.scope.get("method", "GET") not in READING:
            _count_change(connection, who)
        return who


def needs(role: Role) -> Needs:
    """Return a dependency for a route for *role* and above: ``dependencies=[Depends(needs(Role.OPERATOR))]``."""
    return Needs(role)


async def default_role(connection: HTTPConnection) -> None:
    """Refuse what says nothing of roles to all but admins: a dependency of the whole app.

    A role counts where it is said on the route, on its router, or on one of the route's parameters;
    one that is only said where a router is included is checked too, but does not open the route to others.
    """
    route = connection.scope.get("route")
    if not any(isinstance(call, Needs | OpenToAll) for call in _calls(getattr(route, "dependant", None))):
        await Needs(Role.ADMIN)(connection)


@dataclass(frozen=True, slots=True)
class OpenToAll:
    """A dependency that says: nobody is asked who they are here. The guard has a list of these routes of its own."""

    async def __call__(self) -> None: ...


def open_to_all() -> OpenToAll:
    """Return the dependency of a route that needs no role, such as the login."""
    return OpenToAll()


def role_of(route: Any) -> Role | None:
    """Return what a FastAPI *route* needs: None where it is open to all, ADMIN where it says nothing."""
    calls = list(_calls(getattr(route, "dependant", None)))
    said = [call.role for call in calls if isinstance(call, Needs)]
    if said:
        return max(said)
    return None if any(isinstance(call, OpenToAll) for call in calls) else Role.ADMIN


def principal_of(connection: HTTPConnection) -> Principal:
    """Return who is asking; HTTPException 401 if the guard has let nobody in."""
    who = connection.scope.get("state", {}).get("principal")
    if not isinstance(who, Principal):
        raise HTTPException(401, "this needs a token or a session: see 'deepnet open'", {"WWW-Authenticate": "Bearer"})
    return who


def _calls(dependant: Any) -> Iterator[Any]:
    for child in getattr(dependant, "dependencies", ()):
        yield child.call
        yield from _calls(child)


def _count_change(connection: HTTPConnection, who: Principal) -> None:
    changes = connection.scope["state"].get("changes")
    if not isinstance(changes, Rates) or who.via == "socket":
        return  # whoever may use the socket could as well stop the process
    wait = changes.take(who.name)
    if wait:
        raise HTTPException(429, f"too many changes in a short time: wait {wait} s", {"Retry-After": str(wait)})
