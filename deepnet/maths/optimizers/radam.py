"""Rectified Adam."""

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
class RAdam(HyperParameters):
    """RAdam: Adam that trusts the second moment only as far as it has seen enough gradients.

    g <- g + weight_decay * p
    m, v as in `Adam`
    rho_max = 2/(1 - beta_2) - 1, and rho = rho_max - 2 step beta_2^step / (1 - beta_2^step)
    r = sqrt((rho - 4)(rho - 2) rho_max / ((rho_max - 4)(rho_max - 2) rho))
    p <- p - learning_rate * m/(1 - beta_1^step) * r sqrt(1 - beta_2^step) / (sqrt(v) + epsilon)  if rho > 5
    p <- p - learning_rate * m/(1 - beta_1^step)                                                  otherwise

    Source: torch.optim.RAdam; Liu and others, On the variance of the adaptive learning rate and beyond (2020),
    algorithm 2.

    Raises:
        InputError: learning_rate or epsilon is not above 0, a beta is not in [0, 1), or weight_decay is below 0.
    """

    name: ClassVar[str] = "radam"
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
        now, rectified = _factors(self, step, parameters.dtype)
        change = new_parameters
        update_moments(now, gradient, slots, new_slots, change)
        if rectified:
            np.sqrt(new_slots[1], out=change)
            np.add(change, now.epsilon, out=change)
            np.divide(new_slots[0], change, out=change)
            np.multiply(change, now.direction, out=change)
        else:
            np.multiply(new_slots[0], now.direction, out=change)
        np.subtract(parameters, change, out=new_parameters)


def corrected(radam: RAdam, step: int) -> tuple[Corrected, bool]:
    """Return epsilon, direction, straight and keep of *step*, and whether the second moment is to be trusted at all."""
    kept = radam.beta_2**step
    longest = 2 / (1 - radam.beta_2) - 1
    length = longest - 2 * step * kept / (1 - kept)
    direction = radam.learning_rate / (1 - radam.beta_1**step)
    rectified = length > 5
    if rectified:
        trust = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        direction *= math.sqrt(trust * (1 - kept))
    return (radam.epsilon, direction, 0.0, 1.0), rectified


@lru_cache(maxsize=16)
def _factors(radam: RAdam, step: int, dtype: np.dtype[Any]) -> tuple[Factors, bool]:
    """Return the factors of *step*, and whether the second moment is to be trusted at all."""
    numbers, rectified = corrected(radam, step)
    return factors(radam.beta_1, radam.beta_2, dtype, numbers), rectified
