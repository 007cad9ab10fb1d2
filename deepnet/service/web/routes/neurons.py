"""The neurons of a network: listed, read, set, pruned."""

from typing import Annotated, Any

import numpy as np
from fastapi import Query, Response
from fastapi.concurrency import run_in_threadpool

from deepnet.runs.network import Network
from deepnet.runs.states import NeuronState
from deepnet.service.web.answers import MOST_NUMBERS, json_answer, require_few
from deepnet.service.web.asking import (
    LayerAddress,
    LiveNetwork,
    NetworkName,
    NeuronIndex,
    TheEngine,
    dense_in,
    neuron_in,
)
from deepnet.service.web.columns import Table
from deepnet.service.web.openapi import problems
from deepnet.service.web.paging import After, Limit, page_answer, place_in
from deepnet.service.web.routes.api import OPERATOR, VIEWER, api_router
from deepnet.service.web.schemas.changes import ChangeOut, NeuronChange
from deepnet.service.web.schemas.looking import NeuronOut, NeuronPage, SortKey
from deepnet.wire.records import change_to_dict, neuron_to_dict

FEW_NUMBERS = 5000
"""So many are written at once: to have a thread do it takes longer."""

router = api_router("neurons", "/networks/{network}/neurons")


@router.get("", dependencies=VIEWER, response_model=NeuronPage, responses=problems(404, 409, 422))
def list_neurons(
    network: NetworkName,
    engine: TheEngine,
    layer: Annotated[str | None, Query(max_length=64, description="those of one layer, such as dense_0")] = None,
    sort: SortKey = "address",
    descending: Annotated[bool, Query(description="largest first")] = False,
    limit: Limit = 100,
    after: After = None,
) -> Response:
    """List neurons with their figures at a sealed step, in the order asked for."""
    live, first = engine.network(network), place_in(after)
    if layer is not None:
        dense_in(live, layer)
    table = Table(live, layer)
    items = table.rows(sort, descending=descending, first=first, limit=limit)
    end = first + len(items)
    return page_answer(items, end if end < len(table) and items else None, step=table.step, total=len(table))


@router.get("/{layer}/{index}", dependencies=VIEWER, response_model=NeuronOut, responses=problems(404, 409, 413, 422))
async def read_neuron(
    live: LiveNetwork,
    layer: LayerAddress,
    index: NeuronIndex,
    history: Annotated[int, Query(ge=0, le=100, description="of how many steps, if it is watched")] = 100,
) -> Response:
    """Tell all of one neuron at the last sealed step, and what it did at its last steps while somebody watches it."""
    neuron = live.neuron(neuron_in(live, layer, index))
    numbers = (len(neuron.weights) + 1) * (1 + len(neuron.slots))
    require_few(numbers, f"take its row out of /api/v1/networks/{live.name}/parameters")
    of_step = sum(np.size(part) for part in neuron.history[-1]) if neuron.history else 1
    steps = min(history, (MOST_NUMBERS - numbers) // of_step, len(neuron.history))  # older steps give way
    if numbers + steps * of_step <= FEW_NUMBERS:
        return _told(neuron, steps)
    return await run_in_threadpool(_told, neuron, steps)


def _told(neuron: NeuronState, steps: int) -> Response:
    return json_answer(neuron_to_dict(neuron, history=steps))


@router.patch(
    "/{layer}/{index}", dependencies=OPERATOR, response_model=ChangeOut, responses=problems(404, 409, 422, 507)
)
def change_neuron(
    network: NetworkName, layer: LayerAddress, index: NeuronIndex, body: NeuronChange, engine: TheEngine
) -> Response:
    """Set what a neuron is like, between two steps; all that is given is one change."""

    def change(live: Network) -> Any:
        return live.set(neuron_in(live, layer, index), **body.values())

    return json_answer(change_to_dict(engine.change(network, change)))


@router.post(
    "/{layer}/{index}/prune", dependencies=OPERATOR, response_model=ChangeOut, responses=problems(404, 409, 422, 507)
)
def prune_neuron(network: NetworkName, layer: LayerAddress, index: NeuronIndex, engine: TheEngine) -> Response:
    """Take a neuron out of its layer; those after it move up by one."""
    return json_answer(change_to_dict(engine.change(network, lambda live: live.prune(neuron_in(live, layer, index)))))
