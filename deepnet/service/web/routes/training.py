"""Beginning a run: of rows in JSON, of arrays in an npz file, or of a data set of the service."""

import numpy as np
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from deepnet.errors import InputError
from deepnet.maths.arrays import Array
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import RunSpec
from deepnet.service.web.answers import json_answer
from deepnet.service.web.asking import NetworkName, TheEngine
from deepnet.service.web.failures import is_json, media_type, wrong_media
from deepnet.service.web.idempotency import Creating, run_is_there
from deepnet.service.web.openapi import BINARY, problems, reads
from deepnet.service.web.records import run_to_dict
from deepnet.service.web.routes.api import OPERATOR, api_router
from deepnet.service.web.schemas.runs import OptionsIn, RunIn, RunOut
from deepnet.service.web.uploads import Upload, received
from deepnet.wire.arrays import NPZ, arrays_from_npz

MEMBERS = ("inputs", "targets", "validation_inputs", "validation_targets", "options")

router = api_router("runs", "/networks/{network}")


@router.post(
    "/runs",
    status_code=201,
    dependencies=OPERATOR,
    response_model=RunOut,
    responses=problems(404, 409, 415, 422, 507),
    openapi_extra=reads({"application/json": {"$ref": "#/components/schemas/RunIn"}, NPZ: BINARY}),
)
async def begin_run(network: NetworkName, request: Request, engine: TheEngine, once: Creating) -> Response:
    """Begin to train a network; the run goes on in the background.

    As npz: members inputs, targets, perhaps validation_inputs and validation_targets, and options, which are the rest
    as JSON, its bytes as an array of uint8.
    """
    if media_type(request) == NPZ:
        async with received(request, engine) as upload:
            return await run_in_threadpool(
                lambda: once.answer(
                    lambda: _begin(engine, network, _from_npz(upload)), upload.fingerprint, there=run_is_there(engine)
                )
            )
    if not is_json(request):
        return wrong_media(request, "application/json", NPZ)
    content = await request.body()
    return await run_in_threadpool(
        lambda: once.answer(
            lambda: _begin(engine, network, RunIn.model_validate_json(content).spec()), there=run_is_there(engine)
        )
    )


def _begin(engine: Engine, network: str, spec: RunSpec) -> Response:
    return json_answer(run_to_dict(engine, engine.train(network, spec)), 201)


def _from_npz(upload: Upload) -> RunSpec:
    """Return the run that an npz file describes.

    Raises:
        InputError: it is none, or something is missing in it.
        ValidationError: its options are not what they should be.
    """
    upload.require_archive_in_bounds()
    arrays = arrays_from_npz(upload.file.read())
    if strange := sorted(set(arrays) - set(MEMBERS)):
        raise InputError(f"the npz file has a member {strange[0][:40]!r}: give some of {', '.join(MEMBERS)}")
    if missing := [name for name in ("inputs", "targets", "options") if name not in arrays]:
        raise InputError(f"the npz file has no member {missing[0]}: give {', '.join(MEMBERS)}")
    given = OptionsIn.model_validate_json(_text(arrays.pop("options"))).values()
    inputs, targets = (arrays.pop(f"validation_{name}", None) for name in ("inputs", "targets"))
    if (inputs is None) != (targets is None):
        raise InputError("validation_inputs and validation_targets belong together: give both")
    if inputs is not None:
        if given.get("validation") is not None:
            raise InputError("validation is given twice: give rows to validate on, or a share, and not both")
        given["validation"] = inputs, targets
    return RunSpec(inputs=arrays["inputs"], targets=arrays["targets"], **given)


def _text(options: Array) -> bytes:
    if options.dtype != np.uint8 or options.ndim != 1:
        raise InputError(f"options must be the bytes of JSON as an array of uint8, got {options.dtype}{options.shape}")
    return options.tobytes()
