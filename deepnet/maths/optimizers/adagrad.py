"""Adagrad."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.optimizers.optimizer import HyperParameters


@dataclass(frozen=True, slots=True)
class Adagrad(HyperParameters):
    """Adagrad: each gradient over the root of the sum of all its squares so far.

    g <- g + weight_decay * p
    s <- s + g^2
    p <- p - learning_rate / (1 + (step - 1) learning_rate_decay) * g / (sqrt(s) + epsilon)

    Source: torch.optim.Adagrad, with sums that begin at 0; Duchi, Hazan, Singer, Adaptive subgradient methods
    for online learning and stochastic optimization (2011).

    Raises:
        InputError: learning_rate or epsilon is not above 0, or learning_rate_decay or weight_decay is below 0.
    """

    name: ClassVar[str] = "adagrad"
    slots: ClassVar[tuple[str, ...]] = ("sum_of_squares",)

    learning_rate: float = 0.01
    learning_rate_decay: float = 0.0
    epsilon: float = 1e-10
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
        total, change = new_slots[0], new_parameters
        np.multiply(gradient, gradient, out=total)
        np.add(slots[0], total, out=total)
        np.sqrt(total, out=change)
        np.add(change, self.epsilon, out=change)
        np.divide(gradient, change, out=change)
        np.multiply(change, self.learning_rate / (1 + (step - 1) * self.learning_rate_decay), out=change)
        np.subtract(parameters, change, out=new_parameters)
