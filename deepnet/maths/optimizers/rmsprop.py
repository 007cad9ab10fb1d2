"""RMSprop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.optimizers.optimizer import HyperParameters


@dataclass(frozen=True, slots=True)
class RMSprop(HyperParameters):
    """RMSprop: each gradient over the root of the running mean of its squares.

    g <- g + weight_decay * p
    v <- rho v + (1 - rho) g^2
    b <- momentum * b + g / (sqrt(v) + epsilon)
    p <- p - learning_rate * b

    Source: torch.optim.RMSprop, not centered, where rho is called alpha; Hinton, Neural networks for machine
    learning (2012), lecture 6e.

    Raises:
        InputError: learning_rate or epsilon is not above 0, rho or momentum is not in [0, 1), or weight_decay is
            below 0.
    """

    name: ClassVar[str] = "rmsprop"

    learning_rate: float = 0.01
    rho: float = 0.99
    epsilon: float = 1e-8
    momentum: float = 0.0
    weight_decay: float = 0.0

    @property
    def slots(self) -> tuple[str, ...]:
        return ("mean_square", "momentum") if self.momentum else ("mean_square",)

    def update(
        self,
        _step: int,
        parameters: Array,
        gradient: Array,
        slots: Sequence[Array],
        new_parameters: Array,
        new_slots: Sequence[Array],
        /,
    ) -> None:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * parameters
        mean_square, direction = new_slots[0], new_parameters
        np.multiply(gradient, gradient, out=direction)
        np.multiply(direction, 1 - self.rho, out=direction)
        np.multiply(slots[0], self.rho, out=mean_square)
        np.add(mean_square, direction, out=mean_square)
        np.sqrt(mean_square, out=direction)
        np.add(direction, self.epsilon, out=direction)
        np.divide(gradient, direction, out=direction)
        if self.momentum:
            np.multiply(slots[1], self.momentum, out=new_slots[1])
            np.add(new_slots[1], direction, out=new_slots[1])
            direction = new_slots[1]
        np.multiply(direction, self.learning_rate, out=new_parameters)
        np.subtract(parameters, new_parameters, out=new_parameters)
