"""What a network makes of rows: predictions beside the learning, and what the actors themselves compute."""

from weakref import WeakSet

import numpy as np
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from deepnet.maths.arrays import Array, as_rows
from deepnet.runs.answering import PROBABLE, Reader, chances_of, predictions
from deepnet.runs.network import Network
from deepnet.service.web.answers import bytes_answer, json_answer, require_few
from deepnet.service.web.asking import LiveNetwork, TheEngine
from deepnet.service.web.failures import is_json, media_type, wrong_media
from deepnet.service.web.openapi import BINARY, binary, problems, reads
from deepnet.service.web.questions import PATIENCE_SECONDS, Asking
from deepnet.service.web.routes.api import VIEWER, api_router
from deepnet.service.web.schemas.datasets import AnswersIn, AnswersOut
from deepnet.service.web.schemas.looking import ActivationsOut, DeadOut, InputsIn, PredictionOut, TraceIn, TraceOut
from deepnet.service.web.schemas.runs import as_array
from deepnet.wire.arrays import NPY, SAFETENSORS, array_from_npy, array_to_npy, arrays_to_bytes
from deepnet.wire.numbers import array_to_list, plain
from deepnet.wire.records import activations_to_dict, message_to_dict

SMALL_BYTES = 16 << 10
"""Rows of so few bytes are predicted at once: to have a thread do it takes longer."""
SMALL_PRODUCTS = 10**6
"""... if they take so few products of numbers: a millisecond or so."""
_warm: WeakSet[Network] = WeakSet()
"""Networks that have predicted before: what computes is loaded then, which may take seconds."""

router = api_router("predicting", "/networks/{network}")


@router.post(
    "/predict",
    dependencies=VIEWER,
    response_model=PredictionOut,
    responses={200: binary("the outputs", NPY), **problems(404, 409, 415, 422)},
    openapi_extra=reads({"application/json": {"$ref": "#/components/schemas/InputsIn"}, NPY: BINARY}),
)
async def predict(live: LiveNetwork, request: Request) -> Response:
    """Compute outputs with the sealed parameters; a network that is learning does not notice."""
    if media_type(request) != NPY and not is_json(request):
        return wrong_media(request, "application/json", NPY)
    content = await request.body()
    inputs = array_from_npy(content) if media_type(request) == NPY else rows_of(content)
    small = len(content) <= SMALL_BYTES and _rows(inputs) * live.model.parameter_count <= SMALL_PRODUCTS
    if small and live in _warm:
        return _predicted(live, inputs, as_npy=_accepts(request, NPY))
    return await run_in_threadpool(_predicted, live, inputs, as_npy=_accepts(request, NPY))


def rows_of(content: bytes) -> Array:
    """Return the rows of a body of JSON, (rows, numbers) or (numbers,)."""
    return as_array("inputs", InputsIn.model_validate_json(content).inputs)


def _accepts(request: Request, media_type: str) -> bool:
    """Whether an answer of that type is asked for by name; who asks for anything gets JSON."""
    return media_type in request.headers.get("accept", "")


def _rows(inputs: Array) -> int:
    return len(inputs) if inputs.ndim == 2 else 1


def _predicted(live: Network, inputs: Array, *, as_npy: bool) -> Response:
    if not as_npy:
        require_few(_rows(inputs) * live.model.outputs, f"send Accept: {NPY}, or fewer rows at a time")
    step = live.step
    outputs = live.predict(inputs)
    _warm.add(live)
    if as_npy:
        return bytes_answer(array_to_npy(outputs), NPY, Deepnet_Step=str(step))
    return json_answer({"outputs": array_to_list(outputs), "step": step})


@router.post("/answers", dependencies=VIEWER, response_model=AnswersOut, responses=problems(404, 409, 422))
def answer(live: LiveNetwork, body: AnswersIn, engine: TheEngine) -> Response:
    """Answer rows that are in the units of the table that a network has learnt, in those of its target."""
    reader = Reader.of(live.name, engine.row(live.name).about)
    require_few(len(body.rows) * (live.model.inputs + live.model.outputs), "ask for fewer rows at a time")
    with np.errstate(over="ignore"):
        inputs = np.ascontiguousarray(reader.inputs(body.rows), dtype=live.dtype)
    reader.require_finite(inputs)
    step, outputs = live.step, live.predict(inputs)
    last = live.model.dense[-1].activation
    chances = chances_of(last, outputs).tolist() if reader.labels and last in PROBABLE else None
    items = [
        {
            "answer": plain(found),
            "outputs": array_to_list(outputs[row]),
            "inputs": array_to_list(inputs[row]),
            "probabilities": None if chances is None else dict(zip(reader.labels, plain(chances[row]), strict=True)),
        }
        for row, found in enumerate(predictions(reader.labels, outputs))
    ]
    return json_answer({"target": reader.target, "step": step, "items": items})


@router.post(
    "/activations",
    dependencies=VIEWER,
    response_model=dict[str, ActivationsOut],
    responses={200: binary("dense_0.sums, dense_0.outputs and so on", SAFETENSORS), **problems(404, 409, 422)},
)
async def read_activations(live: LiveNetwork, body: InputsIn, asking: Asking, request: Request) -> Response:
    """Let the actors themselves compute what they make of rows; learning waits for that between two steps."""
    as_bytes = _accepts(request, SAFETENSORS)
    return await asking.ask(live, lambda: _activations(live, body, as_bytes=as_bytes))


def _activations(live: Network, body: InputsIn, *, as_bytes: bool) -> Response:
    inputs = as_rows("inputs", as_array("inputs", body.inputs), live.dtype, live.model.inputs)
    if as_bytes:
        layers = live.activations(inputs, PATIENCE_SECONDS)
        arrays: dict[str, Array] = {
            f"{address}.{name}": array for address, layer in layers.items() for name, array in layer._asdict().items()
        }
        return bytes_answer(arrays_to_bytes(arrays), SAFETENSORS)
    numbers = 2 * len(inputs) * live.model.neuron_count
    require_few(numbers, f"send Accept: {SAFETENSORS}, or fewer rows at a time")
    return json_answer(activations_to_dict(live.activations(inputs, PATIENCE_SECONDS)))


@router.post("/trace", dependencies=VIEWER, response_model=TraceOut, responses=problems(404, 409, 422))
async def trace(live: LiveNetwork, body: TraceIn, asking: Asking) -> Response:
    """Play one row through the actors, and tell every message of it; nothing is learnt from it."""
    return await asking.ask(live, lambda: _traced(live, body))


def _traced(live: Network, body: TraceIn) -> Response:
    inputs = as_array("inputs", body.inputs)
    targets = None if body.targets is None else as_array("targets", body.targets)
    require_few(2 * live.model.parameter_count, "the network is too large to be traced: look at some of its neurons")
    messages = live.trace(inputs, targets, loss=body.loss, timeout=PATIENCE_SECONDS)
    return json_answer({"items": [message_to_dict(message) for message in messages]})


@router.post("/dead-neurons", dependencies=VIEWER, response_model=DeadOut, responses=problems(404, 409, 422))
async def find_dead_neurons(live: LiveNetwork, body: InputsIn, asking: Asking) -> Response:
    """Find the neurons that nothing in rows moves: they cannot learn any more."""
    return await asking.ask(live, lambda: _dead(live, body))


def _dead(live: Network, body: InputsIn) -> Response:
    return json_answer({"items": list(live.dead_neurons(as_array("inputs", body.inputs)))})
