"""The service itself: how it is, who supervises whom in it, and its end."""

import platform
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import Path, Request, Response
from starlette.background import BackgroundTask

from deepnet.errors import ConflictError
from deepnet.service.web.answers import json_answer
from deepnet.service.web.asking import TheEngine
from deepnet.service.web.openapi import problems
from deepnet.service.web.routes.api import ADMIN, VIEWER, api_router
from deepnet.service.web.schemas.networks import TreeOut
from deepnet.service.web.schemas.service import EndingOut, KilledOut, StatusOut
from deepnet.service.web.security.roles import principal_of
from deepnet.service.web.streams.routes import hub_of

VERSION = version("deepnet")

router = api_router("service", "/service")


@router.get("", dependencies=VIEWER, response_model=StatusOut, responses=problems(507))
def read_service(engine: TheEngine, request: Request) -> Response:
    """Tell how the service is."""
    state = request.app.state
    about: dict[str, Any] = {**engine.status(), **hub_of(request.app).figures()}
    if state.loop_lag is not None:
        about["loop_lag"] = {name: round(1000 * value, 3) for name, value in state.loop_lag()._asdict().items()}
    about |= {
        "version": VERSION,
        "python": platform.python_version(),
        "last_event": engine.store.events.last_id(),
        "role": principal_of(request).role.label,
    }
    return json_answer(about)


@router.get("/tree", dependencies=VIEWER, response_model=TreeOut, responses=problems(409))
def read_service_tree(engine: TheEngine) -> Response:
    """Tell who supervises whom in the service, networks and all."""
    return json_answer(engine.tree())


@router.post(
    "/children/{child}/kill",
    status_code=202,
    dependencies=ADMIN,
    response_model=KilledOut,
    responses=problems(404, 409),
)
def kill_child(child: Annotated[str, Path(max_length=128)], engine: TheEngine) -> Response:
    """Have one of the service's own parts die, to see that it heals."""
    engine.kill_child(child)
    return json_answer({"killed": child}, 202)


@router.post("/shutdown", status_code=202, dependencies=ADMIN, response_model=EndingOut, responses=problems(409))
async def shut_down(request: Request) -> Response:
    """Have the service stop: runs come to a seal and are kept, and go on when it is started again."""
    end = request.app.state.shut_down
    if end is None:
        raise ConflictError("this service is stopped by whoever has started it: end it there")
    response = json_answer({"ending": True}, 202)
    response.background = BackgroundTask(end)
    return response
