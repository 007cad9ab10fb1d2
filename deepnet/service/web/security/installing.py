"""Puts the guard around an app."""

import time
from collections.abc import Callable

from fastapi import FastAPI

from deepnet.service.engine.engine import Engine
from deepnet.service.web.security.guard import Guard
from deepnet.service.web.security.security import Security
from deepnet.service.web.security.settings import SecuritySettings


def guarded(app: FastAPI, engine: Engine, settings: SecuritySettings, clock: Callable[[], float] = time.time) -> Guard:
    """Return *app* with the guard around it, which is what a server is to serve; `Guard.app` is the app again.

    The app has to include `routes.router`, and to be made with ``dependencies=[Depends(default_role)]``.
    """
    app.state.security = Security(settings, engine.store.sessions, engine.log.note, clock)
    return Guard(app, app.state.security)
