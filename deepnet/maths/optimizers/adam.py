"""Adam, with weight decay in the gradient or decoupled from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.optimizers.moments import SLOTS, Corrected, Factors, factors, update_moments
from deepnet.maths.optimizers.optimizer import HyperParameters


@dataclass(frozen=True, slots=True)
class Adam(HyperParameters):
    """Adam: steps of about *learning_rate*, whatever the scale of the gradient.

    g <- g + weight_decay * p
    m <- beta_1 m + (1 - beta_1) g
    v <- beta_2 v + (1 - beta_2) g^2
    p <- p - learning_rate * m/(1 - beta_1^step) / (sqrt(v/(1 - beta_2^step)) + epsilon)

    Source: torch.optim.Adam; Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1.

    Raises:
        InputError: learning_rate or epsilon is not above 0, a beta is not in [0, 1), or weight_decay is below 0.
    """

    name: ClassVar[str] = "adam"
    slots: ClassVar[tuple[str, ...]] = SLOTS

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def update(
        self,
        step: int,
        parameters: Array,
        gradient: Array,
        slots: Sequence[Array],
        new_parameters: Array,
        new_slots: Sequence[Array],
        /,
    ) -> None:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * parameters
        now = _factors(self, step, parameters.dtype)
        _write_change(now, gradient, slots, new_parameters, new_slots)
        np.subtract(parameters, new_parameters, out=new_parameters)


@dataclass(frozen=True, slots=True)
class AdamW(HyperParameters):
    """Adam with decoupled weight decay: it shrinks the parameters, and the moments never see it.

    p <- p - learning_rate * weight_decay * p
    p <- p - what `Adam` subtracts

    Source: torch.optim.AdamW; Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2.

    Raises:
        InputError: learning_rate or epsilon is not above 0, a beta is not in [0, 1), or weight_decay is below 0.
    """

    name: ClassVar[str] = "adamw"
    slots: ClassVar[tuple[str, ...]] = SLOTS

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01

    def update(
        self,
        step: int,
        parameters: Array,
        gradient: Array,
        slots: Sequence[Array],
        new_parameters: Array,
        new_slots: Sequence[Array],
        /,
    ) -> None:
        now = _factors(self, step, parameters.dtype)
        _write_change(now, gradient, slots, new_parameters, new_slots)
        np.subtract(parameters * now.keep, new_parameters, out=new_parameters)


def corrected(adam: Adam | AdamW, step: int) -> Corrected:
    """Return epsilon, direction, straight and keep of *step*, see `Factors`."""
    correction = math.sqrt(1 - adam.beta_2**step)
    keep = 1 - adam.learning_rate * adam.weight_decay if isinstance(adam, AdamW) else 1.0
    direction = adam.learning_rate * correction / (1 - adam.beta_1**step)
    return adam.epsilon * correction, direction, 0.0, keep


@lru_cache(maxsize=16)  # all rows of a step share them: looking up takes a tenth of the time of working out
def _factors(adam: Adam | AdamW, step: int, dtype: np.dtype[Any]) -> Factors:
    """Return the factors of *step*."""
    return factors(adam.beta_1, adam.beta_2, dtype, corrected(adam, step))


def _write_change(
    now: Factors, gradient: Array, slots: Sequence[Array], change: Array, new_slots: Sequence[Array]
) -> None:
    """Write the new moments, and into *change* what is to be subtracted from the parameters."""
    update_moments(now, gradient, slots, new_slots, change)  # until the end it is free: nothing need be allocated
    np.sqrt(new_slots[1], out=change)
    np.add(change, now.epsilon, out=change)
    np.divide(new_slots[0], change, out=change)
    np.multiply(change, now.direction, out=change)
