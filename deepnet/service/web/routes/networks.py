"""Networks: created, listed, described, deleted."""

from fastapi import Response

from deepnet.runs.columns import read_columns as columns_of
from deepnet.service.web.answers import file_answer, json_answer
from deepnet.service.web.asking import NetworkName, TheEngine, run_of
from deepnet.service.web.columns import FieldsAsked, fields_of
from deepnet.service.web.idempotency import Creating, network_is_there
from deepnet.service.web.openapi import binary, problems
from deepnet.service.web.paging import After, Limit, following, page_answer
from deepnet.service.web.records import network_to_dict
from deepnet.service.web.routes.api import ADMIN, OPERATOR, VIEWER, api_router
from deepnet.service.web.schemas.looking import HealthOut
from deepnet.service.web.schemas.networks import NetworkIn, NetworkOut, NetworkPage, TreeOut, require_size
from deepnet.wire.arrays import SAFETENSORS, arrays_to_bytes
from deepnet.wire.cuts import cut_to_bytes
from deepnet.wire.records import health_to_dict, tree_to_dict

router = api_router("networks", "/networks")


@router.get("", dependencies=VIEWER, response_model=NetworkPage, responses=problems(422))
def list_networks(engine: TheEngine, limit: Limit = 100, after: After = None) -> Response:
    """List the networks, by name."""
    rows = engine.rows(after, limit)
    items = [network_to_dict(engine, row) for row in rows]
    return page_answer(items, following(rows, limit, rows[-1].name if rows else None))


@router.post("", status_code=201, dependencies=OPERATOR, response_model=NetworkOut, responses=problems(409, 422, 507))
def create_network(body: NetworkIn, engine: TheEngine, once: Creating) -> Response:
    """Create a network; it is up when this answers."""
    spec = body.spec()
    require_size(spec.model)
    return once.answer(
        lambda: json_answer(network_to_dict(engine, engine.create(spec)), 201), there=network_is_there(engine)
    )


@router.get("/{network}", dependencies=VIEWER, response_model=NetworkOut, responses=problems(404))
def read_network(network: NetworkName, engine: TheEngine) -> Response:
    """Tell what a network is, and how far it has come."""
    return json_answer(network_to_dict(engine, engine.row(network)))


@router.delete("/{network}", status_code=204, dependencies=ADMIN, responses=problems(404, 409, 507))
def delete_network(network: NetworkName, engine: TheEngine) -> Response:
    """Stop a network, and forget it with its runs."""
    engine.delete(network)
    return Response(status_code=204)


@router.get(
    "/{network}/parameters",
    dependencies=VIEWER,
    response_class=Response,
    responses={200: binary("all weights and biases at one sealed step", SAFETENSORS), **problems(404, 409)},
)
def read_parameters(network: NetworkName, engine: TheEngine) -> Response:
    """Give all weights and biases at one sealed step."""
    live = engine.network(network)
    return file_answer(cut_to_bytes(live.cut()), SAFETENSORS, f"{live.name}.safetensors")


@router.get(
    "/{network}/columns",
    dependencies=VIEWER,
    response_class=Response,
    responses={200: binary("a figure of every neuron, layer by layer", SAFETENSORS), **problems(404, 409, 422)},
)
def read_columns(network: NetworkName, engine: TheEngine, fields: FieldsAsked = None) -> Response:
    """Give figures of all neurons, for tables of many."""
    columns = columns_of(engine.network(network), fields_of(fields))
    about = {"step": str(columns.step), "epoch": str(columns.epoch)}
    return file_answer(arrays_to_bytes(columns.arrays, about), SAFETENSORS, "columns.safetensors")


@router.get("/{network}/tree", dependencies=VIEWER, response_model=TreeOut, responses=problems(404, 409))
def read_tree(network: NetworkName, engine: TheEngine) -> Response:
    """Tell who supervises whom, asked of the supervisors themselves."""
    return json_answer(tree_to_dict(engine.network(network).tree()))


@router.get("/{network}/health", dependencies=VIEWER, response_model=HealthOut, responses=problems(404, 409))
def read_health(network: NetworkName, engine: TheEngine) -> Response:
    """Tell which neurons are dead, saturated, exploding or stuck on the rows of the run."""
    return json_answer(health_to_dict(run_of(engine.network(network)).health()))
