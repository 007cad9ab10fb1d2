"""A neural network made of supervised actors: every neuron can be looked at, killed and seen to heal while it learns.

    from deepnet import Adam, Chain, Dense, Until, start

    with start(Chain(Dense(3, 3, "sigmoid"), Dense(3, 3, "sigmoid"))) as network:
        network.train([[1, 0, 0]], [[1, 1, 1]], until=Until(mean_squared_error=0.02)).wait()

Names resolve when they are first used, so that importing one part starts no other.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepnet.client.connecting import connect
    from deepnet.data.dataset import load_dataset
    from deepnet.maths.labels import batch, onecold, onehot, onehotbatch
    from deepnet.maths.model import Chain, Dense, Dropout
    from deepnet.maths.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, RAdam, RMSprop
    from deepnet.maths.schedules import Constant, Cosine, Exponential, ReduceOnPlateau, StepDecay, WarmUp
    from deepnet.runs.durable import Checkpoints
    from deepnet.runs.network import Network, start
    from deepnet.runs.run import Run
    from deepnet.training.handlers import after, before, every, on, once
    from deepnet.training.patience import Patience, Plateau
    from deepnet.training.until import Until

_NAMES = {
    "deepnet.client.connecting": ("connect",),
    "deepnet.data.dataset": ("load_dataset",),
    "deepnet.maths.labels": ("batch", "onecold", "onehot", "onehotbatch"),
    "deepnet.maths.model": ("Chain", "Dense", "Dropout"),
    "deepnet.maths.optimizers": ("SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "NAdam", "RAdam", "RMSprop"),
    "deepnet.maths.schedules": ("Constant", "Cosine", "Exponential", "ReduceOnPlateau", "StepDecay", "WarmUp"),
    "deepnet.runs.durable": ("Checkpoints",),
    "deepnet.runs.network": ("Network", "start"),
    "deepnet.runs.run": ("Run",),
    "deepnet.training.handlers": ("after", "before", "every", "on", "once"),
    "deepnet.training.patience": ("Patience", "Plateau"),
    "deepnet.training.until": ("Until",),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Chain",
    "Checkpoints",
    "Constant",
    "Cosine",
    "Dense",
    "Dropout",
    "Exponential",
    "NAdam",
    "Network",
    "Patience",
    "Plateau",
    "RAdam",
    "RMSprop",
    "ReduceOnPlateau",
    "Run",
    "StepDecay",
    "Until",
    "WarmUp",
    "after",
    "batch",
    "before",
    "connect",
    "every",
    "load_dataset",
    "on",
    "once",
    "onecold",
    "onehot",
    "onehotbatch",
    "start",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'deepnet' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
