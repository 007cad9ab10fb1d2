"""Runs: listed, described, their history and their rows."""

from typing import Annotated

import numpy as np
from fastapi import Query, Response

from deepnet.errors import ConflictError, NetworkStoppedError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.answers import file_answer, json_answer
from deepnet.service.web.asking import RunId, TheEngine
from deepnet.service.web.openapi import binary, problems
from deepnet.service.web.paging import MOST, After, Limit, following, page_answer, place_in
from deepnet.service.web.records import run_details, run_to_dict
from deepnet.service.web.routes.api import VIEWER, api_router
from deepnet.service.web.schemas.common import LARGEST_INTEGER
from deepnet.service.web.schemas.looking import HealthOut
from deepnet.service.web.schemas.runs import HistoryPage, RunDetails, RunPage
from deepnet.service.web.streams.topics.history import thinned
from deepnet.wire.arrays import SAFETENSORS, arrays_to_bytes
from deepnet.wire.records import epoch_to_dict, health_to_dict

router = api_router("runs", "/runs")


@router.get("", dependencies=VIEWER, response_model=RunPage, responses=problems(422))
def list_runs(
    engine: TheEngine,
    network: Annotated[str | None, Query(max_length=128, description="those of one network")] = None,
    limit: Limit = 100,
    after: After = None,
) -> Response:
    """List runs, newest first."""
    rows = engine.run_rows(network, after, limit)
    return page_answer(
        [run_to_dict(engine, row) for row in rows], following(rows, limit, rows[-1].id if rows else None)
    )


@router.get("/{run}", dependencies=VIEWER, response_model=RunDetails, responses=problems(404))
def read_run(run: RunId, engine: TheEngine) -> Response:
    """Tell how far a run has come, and where it stands."""
    return json_answer(run_details(engine, engine.run_row(run)))


@router.get("/{run}/history", dependencies=VIEWER, response_model=HistoryPage, responses=problems(404, 422))
def read_history(
    run: RunId,
    engine: TheEngine,
    limit: Limit = 100,
    after: After = None,
    most: Annotated[
        int | None,
        Query(ge=1, le=MOST, description="so many records at most of all that there are, evenly chosen, with the last"),
    ] = None,
) -> Response:
    """List the records of epochs, oldest first; the cursor is the number of an epoch.

    With ``most`` the limit does not count, and there is no next page.
    """
    if most is not None:
        chosen = thinned(engine.history(run, place_in(after), LARGEST_INTEGER), most)
        return page_answer([epoch_to_dict(record) for record in chosen], None)
    records = engine.history(run, place_in(after), limit)
    cursor = following(records, limit, records[-1].epoch if records else None)
    return page_answer([epoch_to_dict(record) for record in records], cursor)


@router.get("/{run}/health", dependencies=VIEWER, response_model=HealthOut, responses=problems(404, 409))
def read_run_health(run: RunId, engine: TheEngine) -> Response:
    """Tell which neurons are dead, saturated, exploding or stuck on the rows of a run."""
    return json_answer(health_to_dict(engine.live_run(run).health()))


@router.get(
    "/{run}/data",
    dependencies=VIEWER,
    response_class=Response,
    responses={200: binary("inputs and targets", SAFETENSORS), **problems(404, 409, 422)},
)
def read_data(
    run: RunId,
    engine: TheEngine,
    first: Annotated[int, Query(ge=0, le=LARGEST_INTEGER, description="the number of the first row that is given")] = 0,
    rows: Annotated[int | None, Query(ge=1, le=LARGEST_INTEGER, description="so many at most; all if left out")] = None,
) -> Response:
    """Give the rows that a run learns: inputs (rows, numbers) and targets (rows, numbers).

    The text ``rows`` in it says how many there are, however many are given.
    """
    inputs, targets = map(np.asarray, _rows(engine, run))
    part = slice(first, None if rows is None else first + rows)
    content = arrays_to_bytes({"inputs": inputs[part], "targets": targets[part]}, {"rows": str(len(inputs))})
    return file_answer(content, SAFETENSORS, f"{engine.run_row(run).id}-data.safetensors")


def _rows(engine: Engine, run_id: str) -> tuple[object, object]:
    try:
        run = engine.live_run(run_id)
    except (ConflictError, NetworkStoppedError):  # as they were given: nobody has prepared them for learning
        rows = engine.rows_of(run_id)
        return rows.inputs, rows.targets
    return run.inputs, run.targets
