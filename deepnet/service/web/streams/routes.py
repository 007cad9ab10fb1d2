"""Where the streams are: ``/live``, a WebSocket, and ``/events/stream``, server-sent events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, WebSocket
from fastapi.responses import Response

from deepnet.service.web.openapi import problems
from deepnet.service.web.problems import problem_response
from deepnet.service.web.security.roles import Role, needs
from deepnet.service.web.streams.event_feed import Filter
from deepnet.service.web.streams.hub import Hub, TooManyStreamsError
from deepnet.service.web.streams.live import serve_live
from deepnet.service.web.streams.sse import EventStream

MOST = 2**63 - 1
"""The largest number that an event can have."""
_Name = Annotated[str | None, Query(max_length=100)]


def hub_of(app: Any) -> Hub:
    """Return the hub of an app; made where it is first asked for."""
    state = app.state
    if not isinstance(getattr(state, "hub", None), Hub):
        state.hub = Hub(state.engine)
    hub: Hub = state.hub
    return hub


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Have the hub up while the server is; those who stop the server have it say goodbye first."""
    hub = hub_of(app)
    hub.open()
    if not hasattr(app.state, "stopping"):
        app.state.stopping = []
    app.state.stopping.append(hub.close)
    try:
        yield
    finally:
        await hub.leave_nothing()


router = APIRouter(prefix="/api/v1", lifespan=lifespan)


@router.websocket("/live", dependencies=[Depends(needs(Role.VIEWER))])
async def live(websocket: WebSocket) -> None:
    """Serve the live stream; see `deepnet.service.web.streams.wishes` for what may be said."""
    await serve_live(websocket, hub_of(websocket.app))


async def _in_range(last_event_id: Annotated[str | None, Header()] = None) -> int | None:
    """Return the number of the last event that a client had; what is none counts as if it were not there."""
    text = (last_event_id or "").strip()
    return min(int(text), MOST) if text.isascii() and text.isdecimal() and len(text) < 20 else None


@router.get(
    "/events/stream",
    tags=["events"],
    summary="Follow what happens, as server-sent events",
    response_class=Response,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events as they come."},
        **problems(429),
    },
    dependencies=[Depends(needs(Role.VIEWER))],
)
async def follow_events(
    request: Request,
    resumed: Annotated[int | None, Depends(_in_range)],
    after: Annotated[int | None, Query(ge=0, le=MOST)] = None,
    network: _Name = None,
    run: _Name = None,
    kind: Annotated[list[str] | None, Query(max_length=32)] = None,
    address: _Name = None,
) -> Response:
    """Send every event after the one that ``Last-Event-ID`` or ``after`` names, or from now on; ``bye`` comes last."""
    hub = hub_of(request.app)
    try:
        hub.enter()
    except TooManyStreamsError as error:
        return problem_response(429, "too-many", str(error), Retry_After="5")
    wanted = Filter(network=network, run=run, address=address, kinds=tuple(kind or ()))
    return EventStream(hub, wanted, resumed if resumed is not None else after)
