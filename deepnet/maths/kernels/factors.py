"""All that a step of an optimizer multiplies and adds, worked out once for all of its parameters.

They are reckoned as Python's floats, which takes 2 us a step; the formulas are those of the optimizers' docstrings,
with the bias corrections folded in as in `deepnet.maths.optimizers.moments`.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from deepnet.errors import InputError
from deepnet.maths.arrays import Vector
from deepnet.maths.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RAdam, RMSprop
from deepnet.maths.optimizers.nadam import _momentum_product

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


def _adam(adam: Adam, step: int) -> tuple[float, ...]:
    correction = math.sqrt(1 - adam.beta_2**step)
    direction = adam.learning_rate * correction / (1 - adam.beta_1**step)
    return adam.weight_decay, *_means(adam), adam.epsilon * correction, direction, 0.0, 1.0


def _adamw(adamw: AdamW, step: int) -> tuple[float, ...]:
    correction = math.sqrt(1 - adamw.beta_2**step)
    direction = adamw.learning_rate * correction / (1 - adamw.beta_1**step)
    keep = 1 - adamw.learning_rate * adamw.weight_decay
    return 0.0, *_means(adamw), adamw.epsilon * correction, direction, 0.0, keep


def _nadam(nadam: NAdam, step: int) -> tuple[float, ...]:
    correction = math.sqrt(1 - nadam.beta_2**step)
    product = _momentum_product(nadam, step)
    momentum, ahead = nadam.momentum_at(step), nadam.momentum_at(step + 1)
    direction = nadam.learning_rate * correction * ahead / (1 - product * ahead)
    straight = nadam.learning_rate * correction * (1 - momentum) / (1 - product)
    return nadam.weight_decay, *_means(nadam), nadam.epsilon * correction, direction, straight, 1.0


def _radam(radam: RAdam, step: int) -> tuple[float, ...]:
    kept = radam.beta_2**step
    longest = 2 / (1 - radam.beta_2) - 1
    length = longest - 2 * step * kept / (1 - kept)
    direction = radam.learning_rate / (1 - radam.beta_1**step)
    trusted = length > 5
    if trusted:
        trust = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        direction *= math.sqrt(trust * (1 - kept))
    return radam.weight_decay, *_means(radam), radam.epsilon, direction, 0.0, float(trusted)


def _means(adam: Adam | AdamW | NAdam | RAdam) -> tuple[float, float, float, float]:
    """Return what the running means keep and take."""
    return adam.beta_1, 1 - adam.beta_1, adam.beta_2, 1 - adam.beta_2


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
