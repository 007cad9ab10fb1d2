"""Adam with Nesterov's momentum."""

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
class NAdam(HyperParameters):
    """NAdam: Adam that looks one step ahead along its momentum.

    g <- g + weight_decay * p
    m, v as in `Adam`
    mu_k = beta_1 (1 - 0.96^(k momentum_decay) / 2), and M_k = mu_1 mu_2 ... mu_k
    d <- (1 - mu_step) / (1 - M_step) g + mu_{step+1} / (1 - M_{step+1}) m
    p <- p - learning_rate * d / (sqrt(v/(1 - beta_2^step)) + epsilon)

    M is reckoned in float64, as torch does when that is its default dtype.

    Source: torch.optim.NAdam; Dozat, Incorporating Nesterov momentum into Adam (2016), algorithm 8.

    Raises:
        InputError: learning_rate or epsilon is not above 0, a beta is not in [0, 1), or a decay is below 0.
    """

    name: ClassVar[str] = "nadam"
    slots: ClassVar[tuple[str, ...]] = SLOTS

    learning_rate: float = 0.002
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    momentum_decay: float = 0.004

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
        scratch = new_parameters
        update_moments(now, gradient, slots, new_slots, scratch)
        np.multiply(gradient, now.straight, out=scratch)
        ahead = new_slots[0] * now.direction
        np.add(ahead, scratch, out=ahead)
        np.sqrt(new_slots[1], out=scratch)
        np.add(scratch, now.epsilon, out=scratch)
        np.divide(ahead, scratch, out=scratch)
        np.subtract(parameters, scratch, out=new_parameters)

    def momentum_at(self, step: int) -> float:
        """Return mu_step, which grows from about beta_1 / 2 to beta_1."""
        decayed: float = 0.96 ** (step * self.momentum_decay)
        return self.beta_1 * (1 - 0.5 * decayed)


def corrected(nadam: NAdam, step: int) -> Corrected:
    """Return epsilon, direction, straight and keep of *step*, see `Factors`."""
    correction = math.sqrt(1 - nadam.beta_2**step)
    product = _momentum_product(nadam, step)
    momentum, ahead = nadam.momentum_at(step), nadam.momentum_at(step + 1)
    direction = nadam.learning_rate * correction * ahead / (1 - product * ahead)
    straight = nadam.learning_rate * correction * (1 - momentum) / (1 - product)
    return nadam.epsilon * correction, direction, straight, 1.0


@lru_cache(maxsize=16)
def _factors(nadam: NAdam, step: int, dtype: np.dtype[Any]) -> Factors:
    """Return the factors of *step*."""
    return factors(nadam.beta_1, nadam.beta_2, dtype, corrected(nadam, step))


def _momentum_product(nadam: NAdam, step: int) -> float:
    """Return M_step = mu_1 mu_2 ... mu_step, or 0 once it is so small that 1 - M_step is 1."""
    product = 1.0
    for each in range(1, step + 1):
        product *= nadam.momentum_at(each)
        if product < 2**-60:
            return 0.0
    return product
