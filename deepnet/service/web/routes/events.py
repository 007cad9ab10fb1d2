"""What has happened, page by page; see `deepnet.service.web.streams` for following it."""

from typing import Annotated, Literal

from fastapi import Query, Response

from deepnet.service.web.asking import TheEngine
from deepnet.service.web.openapi import problems
from deepnet.service.web.paging import After, Limit, following, page_answer, place_in
from deepnet.service.web.records import event_to_dict
from deepnet.service.web.routes.api import VIEWER, api_router
from deepnet.service.web.schemas.common import LARGEST_INTEGER
from deepnet.service.web.schemas.service import EventPage

router = api_router("events", "/events")


@router.get("", dependencies=VIEWER, response_model=EventPage, responses=problems(422))
def list_events(
    engine: TheEngine,
    limit: Limit = 100,
    after: After = None,
    before: Annotated[int | None, Query(ge=0, le=LARGEST_INTEGER, description="only those numbered below")] = None,
    network: Annotated[str | None, Query(max_length=128, description="those of one network")] = None,
    run: Annotated[str | None, Query(max_length=128, description="those of one run")] = None,
    kind: Annotated[list[str] | None, Query(max_length=32, description="those of some kinds")] = None,
    address: Annotated[str | None, Query(max_length=128, description="those of one neuron or layer")] = None,
    order: Annotated[Literal["asc", "desc"], Query(description="oldest or newest first")] = "asc",
) -> Response:
    """List what has happened; the cursor is the number of an event, those after it in this order follow."""
    newest_first, place = order == "desc", place_in(after)
    if newest_first and after is not None:
        before, place = min(place, LARGEST_INTEGER if before is None else before), 0
    rows = engine.store.events.page(
        after=place,
        before=before,
        limit=limit,
        network=network,
        run=run,
        kinds=kind or (),
        address=address,
        newest_first=newest_first,
    )
    cursor = following(rows, limit, rows[-1].id if rows else None)
    return page_answer([event_to_dict(row) for row in rows], cursor)
