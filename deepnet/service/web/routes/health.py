"""Whether there is somebody, and whether all is well: for those who start services and watch over them."""

from contextlib import suppress

from fastapi import APIRouter, Depends, Request, Response

from deepnet.errors import DeepnetError, StorageError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.answers import json_answer
from deepnet.service.web.asking import TheEngine
from deepnet.service.web.openapi import problems
from deepnet.service.web.problems import problem_response
from deepnet.service.web.routes.api import VIEWER
from deepnet.service.web.schemas.service import AliveOut, ReadyOut
from deepnet.service.web.security.roles import open_to_all

OK = "ok"
router = APIRouter(tags=["health"])


@router.get("/healthz", dependencies=[Depends(open_to_all())], response_model=AliveOut)
async def healthz() -> Response:
    """Tell that there is somebody; nothing else."""
    return json_answer({"status": OK})


@router.get("/readyz", dependencies=VIEWER, response_model=ReadyOut, responses=problems(503))
def readyz(engine: TheEngine, request: Request) -> Response:
    """Tell whether the store can be written, the event log writes, and all networks are up."""
    checks = {"store": _store(engine), "event_log": _event_log(engine), "networks": _networks(engine)}
    if all(said == OK for said in checks.values()):
        return json_answer({"ready": True, "checks": checks})
    wrong = "; ".join(f"{name}: {said}" for name, said in checks.items() if said != OK)
    return problem_response(503, "not-ready", wrong, instance=request.url.path, Retry_After="1")


def _store(engine: Engine) -> str:
    try:
        engine.store.idempotency.sweep(0)  # a transaction that removes nothing: they are all younger
    except StorageError as error:
        return str(error)
    return OK


def _event_log(engine: Engine) -> str:
    if engine.log.problem:
        return engine.log.problem
    with suppress(DeepnetError):
        parts = [child["name"] for child in engine.tree()["children"]]
        return OK if "event_log" in parts else "nobody writes it: look at the log of the service"
    return "the service is ending"


def _networks(engine: Engine) -> str:
    down = []
    for name in engine.names():
        try:
            engine.at_hand(name)
        except DeepnetError:
            down.append(name)
    return OK if not down else f"{', '.join(down[:5])}{', ...' * (len(down) > 5)} not up"
