"""Optimizers by name, and from plain data."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from deepnet.errors import InputError
from deepnet.maths.checks import look_up, require_options
from deepnet.maths.optimizers.adadelta import Adadelta
from deepnet.maths.optimizers.adagrad import Adagrad
from deepnet.maths.optimizers.adam import Adam, AdamW
from deepnet.maths.optimizers.nadam import NAdam
from deepnet.maths.optimizers.optimizer import Optimizer
from deepnet.maths.optimizers.radam import RAdam
from deepnet.maths.optimizers.rmsprop import RMSprop
from deepnet.maths.optimizers.sgd import SGD

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": NAdam,
    "radam": RAdam,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
}


def optimizer_named(name: str | Optimizer, learning_rate: float | None = None) -> Optimizer:
    """Return the optimizer called *name*, at its own default rate or at *learning_rate*.

    An Optimizer is returned as it is, or at *learning_rate* if one is given.

    Raises:
        InputError: the learning rate is not a finite number above 0.
        UnknownNameError: there is no such optimizer; the message lists the names.
    """
    optimizer = name if isinstance(name, Optimizer) else look_up("optimizer", name, OPTIMIZERS)()
    return optimizer if learning_rate is None else replace(optimizer, learning_rate=learning_rate)


def optimizer_from_dict(data: Mapping[str, Any]) -> Optimizer:
    """Return the optimizer that `Optimizer.to_dict` described.

    Raises:
        InputError: the data describe no optimizer.
    """
    try:
        options = dict(data)
        kind = look_up("optimizer", options.pop("name"), OPTIMIZERS)
        require_options(kind, options)
        return kind(**options)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no optimizer: {error!r}") from None
