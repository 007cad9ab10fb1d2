"""A running service from Python: `connect` to it, and use its networks as if they were in this process.

    from deepnet import connect

    with connect() as service:
        network = service.start(model, name="cars", seed=0)
        network.train(inputs, targets, until=Until(epochs=40)).wait()

`Service` has the networks, the runs, the data sets and the events; `RemoteNetwork` and `RemoteRun` have the methods of
`deepnet.Network` and `deepnet.Run`, and give the same records. Names resolve when they are first used: to make a
request, no actors are needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepnet.client.connecting import connect
    from deepnet.client.network import RemoteNetwork
    from deepnet.client.run import RemoteRun
    from deepnet.client.service import Service

__all__ = ["RemoteNetwork", "RemoteRun", "Service", "connect"]

_HOMES = {
    "RemoteNetwork": "deepnet.client.network",
    "RemoteRun": "deepnet.client.run",
    "Service": "deepnet.client.service",
    "connect": "deepnet.client.connecting",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'deepnet.client' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
