"""Checkpoints of a run: listed, made, downloaded, gone back to."""

from typing import Annotated, TypeAlias

from fastapi import Path, Response

from deepnet.errors import DataError, NotFoundError
from deepnet.service.web.answers import file_answer, json_answer
from deepnet.service.web.asking import RunId, TheEngine
from deepnet.service.web.idempotency import Creating
from deepnet.service.web.openapi import binary, problems
from deepnet.service.web.paging import page_answer
from deepnet.service.web.records import checkpoint_to_dict
from deepnet.service.web.routes.api import ADMIN, OPERATOR, VIEWER, api_router
from deepnet.service.web.schemas.changes import ChangeOut
from deepnet.service.web.schemas.common import LARGEST_INTEGER
from deepnet.service.web.schemas.runs import CheckpointOut, CheckpointPage
from deepnet.wire.arrays import SAFETENSORS
from deepnet.wire.records import change_to_dict

KeptStep: TypeAlias = Annotated[int, Path(ge=0, le=LARGEST_INTEGER, description="a step that was kept")]

router = api_router("checkpoints", "/runs/{run}/checkpoints")


@router.get("", dependencies=VIEWER, response_model=CheckpointPage, responses=problems(404))
def list_checkpoints(run: RunId, engine: TheEngine) -> Response:
    """List the checkpoints that are kept, oldest first."""
    try:
        kept = engine.kept(run)
    except DataError as error:  # as where it is deleted this moment
        raise NotFoundError(f"{run} has no checkpoints that can be listed: {error}") from None
    return page_answer([checkpoint_to_dict(one) for one in kept], None)


@router.post(
    "",
    status_code=201,
    dependencies=OPERATOR,
    response_model=CheckpointOut,
    responses=problems(404, 409, 422, 507),
)
def save_checkpoint(run: RunId, engine: TheEngine, once: Creating) -> Response:
    """Make a checkpoint now."""
    engine.run_row(run)  # of a run that was deleted none is told of either
    return once.answer(lambda: json_answer(checkpoint_to_dict(engine.save(run)), 201))


@router.get(
    "/{step}",
    dependencies=VIEWER,
    response_class=Response,
    responses={200: binary("weights, biases and what the optimizer remembers", SAFETENSORS), **problems(404, 422)},
)
def read_checkpoint(run: RunId, step: KeptStep, engine: TheEngine) -> Response:
    """Give the newest checkpoint of a step as a file."""
    content = engine.checkpoint_file(run, step)
    return file_answer(content, SAFETENSORS, f"{engine.run_row(run).id}-{step}.safetensors")


@router.post("/{step}/restore", dependencies=ADMIN, response_model=ChangeOut, responses=problems(404, 409, 422, 507))
def restore_checkpoint(run: RunId, step: KeptStep, engine: TheEngine) -> Response:
    """Put the network of a run back to a step that was kept."""
    return json_answer(change_to_dict(engine.restore(run, step)))
