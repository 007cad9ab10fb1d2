"""Logging in, logging out, and who is logged in. Include this router without a prefix."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from deepnet.service.store.rows import SessionRow
from deepnet.service.web.openapi import problems
from deepnet.service.web.security.credentials import came_by_socket, client_of, cookie, cookie_name, is_secure
from deepnet.service.web.security.hosts import host_of, origin_of
from deepnet.service.web.security.roles import Principal, Role, needs, open_to_all
from deepnet.service.web.security.schemas import Login, RoleName, SessionList, SessionOut, TicketOut, TicketWish
from deepnet.service.web.security.security import Security

router = APIRouter(tags=["sessions"])
_ROLE_NAMES: dict[Role, RoleName] = {Role.VIEWER: "viewer", Role.OPERATOR: "operator", Role.ADMIN: "admin"}
_PAGES = Path(__file__).parent / "pages"
_Viewer = Annotated[Principal, Depends(needs(Role.VIEWER))]
_Admin = Annotated[Principal, Depends(needs(Role.ADMIN))]


@router.get("/login", dependencies=[Depends(open_to_all())], include_in_schema=False)
def login_page() -> FileResponse:
    """Give the page that takes the ticket from its own address and posts it."""
    return FileResponse(_PAGES / "login.html")


@router.get("/static/login.js", dependencies=[Depends(open_to_all())], include_in_schema=False)
def login_script() -> FileResponse:
    """Give the script of that page."""
    return FileResponse(_PAGES / "login.js", media_type="text/javascript")


@router.get("/static/door.css", dependencies=[Depends(open_to_all())], include_in_schema=False)
def door_style() -> FileResponse:
    """Give the style of that page, and of the one for those who are not logged in."""
    return FileResponse(_PAGES / "door.css", media_type="text/css")


@router.post(
    "/login",
    status_code=303,
    dependencies=[Depends(open_to_all())],
    responses=problems(400, 401, 403, 413, 429, 507) | {303: {"description": "The cookie of a new session"}},
)
def log_in(login: Login, request: Request) -> Response:
    """Use a ticket up for a session; its cookie is the answer."""
    security = _security(request)
    grant = security.tickets.redeem(login.ticket)
    if grant is None:
        return security.failed(client_of(request.scope), "the ticket is unknown, used or too old").response("/login")
    _revoke_own(request, security, who=None)
    key, row = security.sessions.open(grant.role, grant.label)
    security.note("session_opened", who=_name(row), session=row.id, role=row.role, label=row.label)
    response = RedirectResponse("/", 303)
    secure = _is_secure(request, security)
    response.set_cookie(
        cookie_name(security.settings, secure=secure),
        key,
        max_age=int(security.settings.session_seconds),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return response


@router.post("/logout", status_code=204, responses=problems(507))
def log_out(request: Request, who: _Viewer) -> Response:
    """End the session that asks, if it is one."""
    security = _security(request)
    _revoke_own(request, security, who=who.name)
    response = Response(status_code=204)
    secure = _is_secure(request, security)
    name = cookie_name(security.settings, secure=secure)
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
    return response


@router.get("/api/v1/sessions", responses=problems(507))
def sessions(
    request: Request,
    who: _Admin,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str | None, Query(max_length=64)] = None,
) -> SessionList:
    """List the sessions of browsers."""
    rows = _security(request).sessions.page(after, limit)
    items = [_session_out(row, who) for row in rows]
    return SessionList(items=items, next=items[-1].id if len(items) == limit else None)


@router.delete("/api/v1/sessions/{session}", status_code=204, responses=problems(404, 507))
def revoke_session(session: str, request: Request, who: _Admin) -> Response:
    """End a session now, with the streams it has open."""
    security = _security(request)
    row = security.sessions.revoke(session)
    security.note("session_revoked", who=who.name, session=row.id, role=row.role, label=row.label)
    return Response(status_code=204)


@router.post("/api/v1/sessions/tickets", status_code=201, responses=problems(409))
def issue_ticket(wish: TicketWish, request: Request, who: _Admin) -> TicketOut:
    """Make a ticket that logs a browser in, once and within a minute."""
    security = _security(request)
    ticket, grant = security.tickets.issue(Role[wish.role.upper()], wish.label)
    security.note("ticket_issued", who=who.name, role=wish.role, label=wish.label)
    return TicketOut(ticket=ticket, url=f"{_origin(request, security)}/login#ticket={ticket}", expires=grant.expires)


def _security(request: Request) -> Security:
    security: Security = request.app.state.security
    return security


def _name(row: SessionRow) -> str:
    return f"{row.role}@session:{row.id}"


def _is_secure(request: Request, security: Security) -> bool:
    return not came_by_socket(request.scope) and is_secure(request.scope, security.settings)


def _origin(request: Request, security: Security) -> str:
    """Return the address to open: the one that the asker uses, or over the socket, the one on this machine."""
    if came_by_socket(request.scope):
        return security.settings.origin
    host = host_of(request.scope, security.settings)
    scheme, (name, port) = origin_of(request.scope, host, security.settings)
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


def _revoke_own(request: Request, security: Security, who: str | None) -> None:
    """Revoke the session whose cookie comes with this request, if there is one."""
    name = cookie_name(security.settings, secure=_is_secure(request, security))
    key = cookie(request.scope, name)
    row = security.sessions.find(key) if key else None
    if row is not None:
        security.sessions.revoke(row.id)
        security.note("session_revoked", who=who or _name(row), session=row.id, role=row.role, label=row.label)


def _session_out(row: SessionRow, who: Principal) -> SessionOut:
    return SessionOut(
        id=row.id,
        role=_ROLE_NAMES[Role[row.role.upper()]],
        label=row.label,
        created=row.created,
        expires=row.expires,
        last_seen=row.last_seen,
        revoked=bool(row.revoked),
        current=row.id == who.session,
    )
