"""What can be done to a network as a whole: killed, undone, disturbed."""

from fastapi import Response

from deepnet.service.web.answers import json_answer, numbers_in, require_few
from deepnet.service.web.asking import NetworkName, TheEngine
from deepnet.service.web.openapi import problems
from deepnet.service.web.paging import After, Limit, page_answer, place_in
from deepnet.service.web.routes.api import OPERATOR, VIEWER, api_router
from deepnet.service.web.schemas.changes import ChangeOut, ChangePage, FaultIn, KillIn, UndoIn
from deepnet.wire.records import change_to_dict

router = api_router("changes", "/networks/{network}")


@router.post("/kill", dependencies=OPERATOR, response_model=ChangeOut, responses=problems(404, 409, 422, 507))
def kill(network: NetworkName, body: KillIn, engine: TheEngine) -> Response:
    """Kill an actor before its next message; it heals by itself."""
    return json_answer(change_to_dict(engine.change(network, lambda live: live.kill(body.address))))


@router.post("/undo", dependencies=OPERATOR, response_model=ChangeOut, responses=problems(404, 409, 422, 507))
def undo(network: NetworkName, engine: TheEngine, body: UndoIn | None = None) -> Response:
    """Take back the last changes, newest first."""
    times = 1 if body is None else body.n
    return json_answer(change_to_dict(engine.change(network, lambda live: live.undo(times))))


@router.post("/inject", dependencies=OPERATOR, response_model=ChangeOut, responses=problems(404, 409, 422, 507))
def inject(network: NetworkName, body: FaultIn, engine: TheEngine) -> Response:
    """Have something go wrong, until it is undone."""
    return json_answer(change_to_dict(engine.change(network, lambda live: live.inject(**body.given()))))


@router.get("/changes", dependencies=VIEWER, response_model=ChangePage, responses=problems(404, 409, 422))
def list_changes(network: NetworkName, engine: TheEngine, limit: Limit = 1000, after: After = None) -> Response:
    """List the changes that can be taken back, oldest first."""
    changes, first = engine.network(network).changes, place_in(after)
    page = changes[first : first + limit]
    require_few(sum(numbers_in((change.old, change.new)) for change in page), "ask for fewer with limit=1")
    items = [change_to_dict(change) for change in page]
    return page_answer(items, first + limit if first + limit < len(changes) else None)
