"""The web application: all routes of the service, and the guard around them."""

import time
from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute

from deepnet.service.engine.engine import Engine
from deepnet.service.web import metrics
from deepnet.service.web.failures import answer_failures
from deepnet.service.web.idempotency import KeyLocks
from deepnet.service.web.openapi import describe
from deepnet.service.web.questions import Questions
from deepnet.service.web.reading import Reading
from deepnet.service.web.routes import (
    changes,
    checkpoints,
    datasets,
    events,
    health,
    layers,
    networks,
    neurons,
    pages,
    predicting,
    runs,
    service,
    steering,
    stories,
    training,
)
from deepnet.service.web.routes.api import VIEWER
from deepnet.service.web.schemas.runs import RunIn
from deepnet.service.web.security import routes as sessions
from deepnet.service.web.security.guard import Guard
from deepnet.service.web.security.installing import guarded
from deepnet.service.web.security.roles import default_role
from deepnet.service.web.security.settings import SecuritySettings
from deepnet.service.web.streams import routes as streams

_ROUTERS = (
    streams.router,  # before those who have a path of which theirs could be a part
    networks.router,
    layers.router,
    neurons.router,
    changes.router,
    predicting.router,
    training.router,
    runs.router,
    steering.router,
    checkpoints.router,
    datasets.router,
    events.router,
    service.router,
    stories.router,
    sessions.router,
    health.router,
    metrics.router,
    pages.router,
)


def create_app(
    engine: Engine,
    *,
    security: SecuritySettings,
    shut_down: Callable[[], object] | None = None,
    loop_lag: Callable[[], Any] | None = None,
    clock: Callable[[], float] = time.time,
) -> Guard:
    """Return the application that a server is to serve; `Guard.app` is the FastAPI one within.

    Args:
        engine: what it is the face of.
        security: who may come in.
        shut_down: has the process end; returns at once. None if that is nobody's business here.
        loop_lag: tells how late the event loop is: figures by name, in seconds.
        clock: seconds since 1970.
    """
    app = make_api()
    app.state.engine = engine
    app.state.shut_down = shut_down
    app.state.loop_lag = loop_lag
    app.state.key_locks = KeyLocks()
    app.state.questions = Questions()
    app.state.reading = Reading()
    app.state.uploads = 0
    return guarded(app, engine, security, clock)


def make_api() -> FastAPI:
    """Return all routes, with nothing behind them yet."""
    app = FastAPI(
        title="deepnet",
        summary="Networks of actors: create, train, look at, change, break, and ask for predictions.",
        version=service.VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(default_role)],
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.bodies = (RunIn,)
    app.state.routes = all_routes()
    app.state.stopping = []
    answer_failures(app)
    for router in _ROUTERS:
        app.include_router(router)
    describe(app)
    app.add_api_route("/openapi.json", app.openapi, dependencies=VIEWER, include_in_schema=False, name="openapi")
    return app


def all_routes() -> list[APIRoute | APIWebSocketRoute]:
    """Return every route; those of an app are hidden in the routers that it includes."""
    routes = [route for router in _ROUTERS for route in router.routes]
    return [route for route in routes if isinstance(route, APIRoute | APIWebSocketRoute)]
