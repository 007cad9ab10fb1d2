"""What routes ask for: the engine, and who in a network an address in a path means."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request
from fastapi.concurrency import run_in_threadpool

from deepnet.errors import InputError, NetworkStoppedError, NotFoundError, RunError
from deepnet.maths.addresses import place_of
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.service.engine.engine import Engine
from deepnet.service.web.schemas.common import LARGEST_INTEGER

_LONGEST = 128


async def _engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


TheEngine: TypeAlias = Annotated[Engine, Depends(_engine_of)]
NetworkName: TypeAlias = Annotated[str, Path(max_length=_LONGEST, description="the name of a network")]
RunId: TypeAlias = Annotated[str, Path(max_length=_LONGEST, description="the name of a run, such as small-1")]
LayerAddress: TypeAlias = Annotated[
    str, Path(max_length=_LONGEST, description="the address of a layer, such as dense_0")
]
NeuronIndex: TypeAlias = Annotated[
    int, Path(ge=0, le=LARGEST_INTEGER, description="the number of a neuron in its layer, from 0")
]


async def _live_network(network: NetworkName, engine: TheEngine) -> Network:
    """Return a network; one that is coming up is waited for by a thread, and not by everybody."""
    try:
        return engine.at_hand(network)[0]
    except NetworkStoppedError:
        return await run_in_threadpool(engine.network, network)


LiveNetwork: TypeAlias = Annotated[Network, Depends(_live_network)]


def neuron_in(network: Network, layer: str, index: int) -> str:
    """Return the address of a neuron that a path names.

    Raises:
        NotFoundError: there is no such neuron; the message says which there are.
    """
    address = f"{layer}/{index}"
    try:
        place_of(network.model, address, network.name)
    except InputError as error:
        raise NotFoundError(str(error)) from None
    return address


def dense_in(network: Network, layer: str) -> int:
    """Return the number of the dense layer that a path names.

    Raises:
        NotFoundError: there is no such layer; the message says which there are.
    """
    names = list(network.model.named_dense())
    if layer not in names:
        raise NotFoundError(f"{network.name} has no layer {layer!r} of neurons: there are {', '.join(names)}")
    return names.index(layer)


def run_of(network: Network) -> Run:
    """Return the run under way, or the last one.

    Raises:
        RunError: there was none.
    """
    if network.run is None:
        raise RunError(f"{network.name} has never been trained: POST /api/v1/networks/{network.name}/runs begins a run")
    return network.run
