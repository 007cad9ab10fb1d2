"""The layers of a network: read, set, grown."""

from typing import Annotated, Any

import numpy as np
from fastapi import Query, Response

from deepnet.errors import InputError, NotFoundError
from deepnet.runs.columns import layer_figures
from deepnet.runs.looking_again import tile_again
from deepnet.runs.network import Network
from deepnet.runs.tiles import Earlier, Tiler
from deepnet.service.engine.engine import Engine
from deepnet.service.web.answers import file_answer, json_answer
from deepnet.service.web.asking import LayerAddress, NetworkName, TheEngine, dense_in
from deepnet.service.web.openapi import binary, problems
from deepnet.service.web.paging import page_answer
from deepnet.service.web.records import layers_to_dicts
from deepnet.service.web.routes.api import OPERATOR, VIEWER, api_router
from deepnet.service.web.schemas.changes import ChangeOut, GrowIn, LayerChange
from deepnet.service.web.schemas.common import LARGEST_INTEGER
from deepnet.service.web.schemas.networks import MOST_PARAMETERS, MOST_WIDE, LayerDetails, LayerPage
from deepnet.wire.arrays import SAFETENSORS
from deepnet.wire.looks import tile_to_bytes
from deepnet.wire.records import change_to_dict

router = api_router("layers", "/networks/{network}/layers")

_WINDOW = r"^[0-9]{1,9}(,[0-9]{1,9}){3}$"
_Window = Annotated[
    str | None,
    Query(
        pattern=_WINDOW,
        max_length=60,
        description="row0,row1,column0,column1: only these neurons and inputs; all of them if left out",
    ),
]
_Step = Annotated[
    int | None,
    Query(ge=0, le=LARGEST_INTEGER, description="a step of which the run has a checkpoint: how much they have changed"),
]


@router.get("", dependencies=VIEWER, response_model=LayerPage, responses=problems(404, 409))
def list_layers(network: NetworkName, engine: TheEngine) -> Response:
    """List all layers, first to last."""
    return page_answer(layers_to_dicts(engine.network(network)), None)


@router.get("/{layer}", dependencies=VIEWER, response_model=LayerDetails, responses=problems(404, 409))
def read_layer(network: NetworkName, layer: LayerAddress, engine: TheEngine) -> Response:
    """Tell what a layer is, and how its neurons are, at a sealed step."""
    live = engine.network(network)
    for each in layers_to_dicts(live):
        if each["address"] == layer:
            return json_answer(each | (_figures(live, layer) if each["kind"] == "dense" else {}))
    raise NotFoundError(f"{network} has no layer {layer!r}: there are {', '.join(live.model.named_layers())}")


@router.get(
    "/{layer}/weights",
    dependencies=VIEWER,
    response_class=Response,
    responses={
        200: binary("a tile of 256 by 256 at most, a histogram and its edges", SAFETENSORS),
        **problems(404, 409, 422),
    },
)
def read_weights(
    network: NetworkName, layer: LayerAddress, engine: TheEngine, window: _Window = None, against: _Step = None
) -> Response:
    """Give the weights of a layer as a picture: of many, the one of the largest size."""
    live = engine.network(network)
    dense_in(live, layer)
    asked = None if window is None else tuple(map(int, window.split(",")))
    earlier = None if against is None else _earlier(engine, network, layer, against)
    return file_answer(
        tile_to_bytes(tile_again(live, Tiler(layer, asked), earlier)), SAFETENSORS, "weights.safetensors"
    )


@router.patch("/{layer}", dependencies=OPERATOR, response_model=ChangeOut, responses=problems(404, 409, 422, 507))
def change_layer(network: NetworkName, layer: LayerAddress, body: LayerChange, engine: TheEngine) -> Response:
    """Set what each neuron of a layer is like, between two steps; all that is given is one change."""

    def change(live: Network) -> Any:
        dense_in(live, layer)
        return live.set(layer, **body.values())

    return json_answer(change_to_dict(engine.change(network, change)))


@router.post("/{layer}/grow", dependencies=OPERATOR, response_model=ChangeOut, responses=problems(404, 409, 422, 507))
def grow_layer(network: NetworkName, layer: LayerAddress, body: GrowIn, engine: TheEngine) -> Response:
    """Let neurons join a layer; at that instant the outputs of the network stay what they are."""

    def change(live: Network) -> Any:
        require_room(live, dense_in(live, layer), body.neurons)
        return live.grow(layer, body.neurons)

    return json_answer(change_to_dict(engine.change(network, change)))


def require_room(network: Network, layer: int, more: int) -> None:
    """Raise InputError if so many more neurons in a layer would make a network larger than it may be."""
    dense = network.model.dense
    after = dense[layer + 1].neurons if layer + 1 < len(dense) else 0
    neurons = network.model.neuron_count + more
    parameters = network.model.parameter_count + more * (dense[layer].inputs + 1 + after)
    if neurons > MOST_WIDE or parameters > MOST_PARAMETERS:
        raise InputError(
            f"with {more:,} neurons more it would have {neurons:,} and {parameters:,} parameters: "
            f"{MOST_WIDE:,} and {MOST_PARAMETERS:,} are the most, so let it grow less"
        )


def _earlier(engine: Engine, network: str, layer: str, step: int) -> Earlier:
    """Return what a layer was like at a step of which the run of its network has a checkpoint."""
    _, run_id = engine.at_hand(network)
    if run_id is None:
        raise NotFoundError(f"{network} has never been trained, so no step of it was kept: leave out against")
    state = engine.read_checkpoint(run_id, step)
    model = engine.network(network).model if state.setup is None else state.setup.model
    names = list(model.named_dense())
    if layer not in names:
        raise InputError(f"{network} had no layer {layer!r} at step {step}: there were {', '.join(names)}")
    return Earlier(step, state.rows[names.index(layer)])


def _figures(network: Network, layer: str) -> dict[str, Any]:
    """Return how the neurons of a layer are, all at one step."""
    cut = network.cut()
    number = list(cut.model.named_dense()).index(layer)
    weights, bias = cut.parameters[number]
    treatments = cut.setup.treatments[number].values()
    with np.errstate(all="ignore"):
        norm, mean = float(np.linalg.norm(weights.astype(np.float64))), float(bias.astype(np.float64).mean())
    return {
        "step": cut.step,
        "restarts": layer_figures(network)[0].get(layer, 0),
        "frozen": sum(treatment.frozen for treatment in treatments),
        "lesioned": sum(treatment.lesioned is not None for treatment in treatments),
        "norm": norm,
        "bias": mean,
    }
