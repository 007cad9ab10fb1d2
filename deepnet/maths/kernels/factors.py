"""All that a step of an optimizer multiplies and adds, worked out once for all of its parameters.

They are reckoned as Python's floats, which takes 2 us a step; the formulas are those of the optimizers' docstrings,
with the bias corrections folded in as in `deepnet.maths.optimizers.moments`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from deepnet.errors import InputError
from deepnet.maths.arrays import Vector
from deepnet.maths.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    adam,
    nadam,
    radam,
)

COUNT = 9
"""How many factors there are, for each of the rules; those that a rule has no use for are 0."""
DECAY = 0
"""The place of the weight decay that is added to the gradient."""
KEEP = 8
"""The place of what is kept of the parameters; 0 means that RAdam does not yet trust the second moment."""

_NOTHING = (0.0,) * COUNT


def factors_of(optimizer: Optimizer, step: int, dtype: str) -> Vector:
    """Return the factors of *step*, counted from 1: (COUNT,) of *dtype*.

    Raises:
        InputError: the optimizer is none of deepnet's own.
    """
    if type(optimizer) not in _FACTORS:
        raise InputError(f"an optimizer of one's own has no factors: call its update, got {optimizer!r}")
    numbers = _FACTORS[type(optimizer)](optimizer, step)
    return np.array(numbers + _NOTHING[len(numbers) :], dtype)


def _sgd(sgd: SGD, _step: int) -> tuple[float, ...]:
    return sgd.weight_decay, sgd.learning_rate, sgd.momentum


def _adam(optimizer: Adam, step: int) -> tuple[float, ...]:
    return optimizer.weight_decay, *_means(optimizer), *adam.corrected(optimizer, step)


def _adamw(optimizer: AdamW, step: int) -> tuple[float, ...]:
    return 0.0, *_means(optimizer), *adam.corrected(optimizer, step)


def _nadam(optimizer: NAdam, step: int) -> tuple[float, ...]:
    return optimizer.weight_decay, *_means(optimizer), *nadam.corrected(optimizer, step)


def _radam(optimizer: RAdam, step: int) -> tuple[float, ...]:
    (epsilon, direction, straight, _keep), trusted = radam.corrected(optimizer, step)
    return optimizer.weight_decay, *_means(optimizer), epsilon, direction, straight, float(trusted)


def _means(optimizer: Adam | AdamW | NAdam | RAdam) -> tuple[float, float, float, float]:
    """Return what the running means keep and take."""
    return optimizer.beta_1, 1 - optimizer.beta_1, optimizer.beta_2, 1 - optimizer.beta_2


def _rmsprop(rmsprop: RMSprop, _step: int) -> tuple[float, ...]:
    rho = rmsprop.rho
    return rmsprop.weight_decay, rmsprop.learning_rate, rmsprop.momentum, rho, 1 - rho, rmsprop.epsilon


def _adagrad(adagrad: Adagrad, step: int) -> tuple[float, ...]:
    rate = adagrad.learning_rate / (1 + (step - 1) * adagrad.learning_rate_decay)
    return adagrad.weight_decay, rate, 0.0, 0.0, 0.0, adagrad.epsilon


def _adadelta(adadelta: Adadelta, _step: int) -> tuple[float, ...]:
    rho = adadelta.rho
    return adadelta.weight_decay, adadelta.learning_rate, 0.0, rho, 1 - rho, adadelta.epsilon


_FACTORS: dict[type[Any], Callable[[Any, int], tuple[float, ...]]] = {
    SGD: _sgd,
    Adam: _adam,
    AdamW: _adamw,
    NAdam: _nadam,
    RAdam: _radam,
    RMSprop: _rmsprop,
    Adagrad: _adagrad,
    Adadelta: _adadelta,
}
