"""Data sets: uploaded, listed, described, removed."""

from typing import Annotated, Any, TypeAlias

from fastapi import Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from deepnet.service.engine.engine import Engine
from deepnet.service.engine.outlines import outline_of
from deepnet.service.store.rows import DatasetRow
from deepnet.service.web.answers import json_answer
from deepnet.service.web.asking import TheEngine
from deepnet.service.web.failures import media_type, wrong_media
from deepnet.service.web.openapi import BINARY, problems, reads
from deepnet.service.web.paging import After, Limit, following, page_answer
from deepnet.service.web.reading import ReadingFor
from deepnet.service.web.records import builtin_to_dict, dataset_to_dict, outline_to_dict
from deepnet.service.web.routes.api import ADMIN, OPERATOR, VIEWER, api_router
from deepnet.service.web.schemas.datasets import OutlineOut
from deepnet.service.web.schemas.runs import MOST_IGNORED, ColumnName, MissingValues
from deepnet.service.web.schemas.service import DatasetOut, DatasetPage
from deepnet.service.web.uploads import Upload, received
from deepnet.wire.arrays import NPZ

_KINDS = {"text/csv": "csv", NPZ: "npz"}
DatasetName: TypeAlias = Annotated[str, Path(max_length=128, description="the name of a data set")]

router = api_router("datasets", "/datasets")


@router.get("", dependencies=VIEWER, response_model=DatasetPage, responses=problems(422))
def list_datasets(engine: TheEngine, limit: Limit = 100, after: After = None) -> Response:
    """List the data sets that were uploaded, by name, and the names of those that are built in."""
    rows = engine.datasets(after, limit)
    cursor = following(rows, limit, rows[-1].name if rows else None)
    return page_answer([dataset_to_dict(row) for row in rows], cursor, builtin=list(engine.builtin_datasets()))


@router.get("/{dataset}", dependencies=VIEWER, response_model=DatasetOut, responses=problems(404))
def read_dataset(dataset: DatasetName, engine: TheEngine) -> Response:
    """Tell what a data set is."""
    if dataset in engine.builtin_datasets():
        return json_answer(builtin_to_dict(dataset))
    return json_answer(dataset_to_dict(engine.dataset(dataset)))


@router.get("/{dataset}/outline", dependencies=VIEWER, response_model=OutlineOut, responses=problems(404, 422, 429))
async def outline_dataset(
    dataset: DatasetName,
    engine: TheEngine,
    reader: ReadingFor,
    target: Annotated[ColumnName | None, Query(description="the column to learn; its usual one if left out")] = None,
    ignore: Annotated[list[ColumnName], Query(max_length=MOST_IGNORED, description="columns to leave out")] = [],  # noqa: B006 - FastAPI copies it
    keep: Annotated[list[ColumnName], Query(max_length=MOST_IGNORED, description="columns to use in any case")] = [],  # noqa: B006 - FastAPI copies it
    missing: Annotated[MissingValues | None, Query(description="what is sensible, if left out")] = None,
) -> Response:
    """Tell what a data set holds, what a person should know before learning a column of it, and what would learn it.

    Columns that no network could learn from are left out, unless they are to be kept.
    """

    def outlined() -> dict[str, Any]:
        return outline_to_dict(outline_of(engine, dataset, target, ignore=ignore, keep=keep, missing=missing))

    return json_answer(await reader.read(outlined))


@router.put(
    "/{dataset}",
    status_code=201,
    dependencies=OPERATOR,
    response_model=DatasetOut,
    responses=problems(409, 415, 422, 507),
    openapi_extra=reads(dict.fromkeys(_KINDS, BINARY)),
)
async def upload_dataset(
    dataset: DatasetName,
    request: Request,
    engine: TheEngine,
    target: Annotated[str | None, Query(max_length=256, description="the column that is usually learnt")] = None,
) -> Response:
    """Upload a table as CSV, or arrays as npz."""
    kind = _KINDS.get(media_type(request))
    if kind is None:
        return wrong_media(request, *_KINDS)
    async with received(request, engine) as upload:
        row = await run_in_threadpool(_add, engine, dataset, kind, upload, target)
    return json_answer(dataset_to_dict(row), 201)


def _add(engine: Engine, name: str, kind: str, upload: Upload, target: str | None) -> DatasetRow:
    if kind == "csv":
        upload.require_table_in_bounds()
    else:
        upload.require_archive_in_bounds()
    return engine.add_dataset(name, kind, upload.pieces(), target)


@router.delete("/{dataset}", status_code=204, dependencies=ADMIN, responses=problems(404, 507))
def delete_dataset(dataset: DatasetName, engine: TheEngine) -> Response:
    """Forget a data set; runs that learn it keep their rows."""
    engine.remove_dataset(dataset)
    return Response(status_code=204)
