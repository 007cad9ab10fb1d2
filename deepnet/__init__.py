"""A neural network made of supervised actors: every neuron can be looked at, killed and seen to heal while it learns.

    from deepnet import Adam, Chain, Dense, Until, start

    with start(Chain(Dense(3, 3, "sigmoid"), Dense(3, 3, "sigmoid"))) as network:
        network.train([[1, 0, 0]], [[1, 1, 1]], until=Until(mean_squared_error=0.02)).wait()

Names resolve when they are first used, so that importing one part starts no other.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepnet.maths.model import Chain, Dense, Dropout
    from deepnet.maths.optimizers import SGD, Adam
    from deepnet.runs.network import Network, start
    from deepnet.runs.run import Run
    from deepnet.training.patience import Patience
    from deepnet.training.until import Until

_HOMES = {
    "SGD": "deepnet.maths.optimizers",
    "Adam": "deepnet.maths.optimizers",
    "Chain": "deepnet.maths.model",
    "Dense": "deepnet.maths.model",
    "Dropout": "deepnet.maths.model",
    "Patience": "deepnet.training.patience",
    "Network": "deepnet.runs.network",
    "Run": "deepnet.runs.run",
    "Until": "deepnet.training.until",
    "start": "deepnet.runs.network",
}

__all__ = ["SGD", "Adam", "Chain", "Dense", "Dropout", "Network", "Patience", "Run", "Until", "start"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'deepnet' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
