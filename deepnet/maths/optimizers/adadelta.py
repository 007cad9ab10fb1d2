"""Adadelta."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.optimizers.optimizer import HyperParameters


@dataclass(frozen=True, slots=True)
class Adadelta(HyperParameters):
    """Adadelta: steps in the unit of the parameters, from the running means of squares of gradients and steps.

    g <- g + weight_decay * p
    v <- rho v + (1 - rho) g^2
    d <- sqrt(u + epsilon) / sqrt(v + epsilon) * g
    u <- rho u + (1 - rho) d^2
    p <- p - learning_rate * d

    Source: torch.optim.Adadelta; Zeiler, ADADELTA: an adaptive learning rate method (2012), algorithm 1.

    Raises:
        InputError: learning_rate or epsilon is not above 0, rho is not in [0, 1), or weight_decay is below 0.
    """

    name: ClassVar[str] = "adadelta"
    slots: ClassVar[tuple[str, ...]] = ("mean_square", "mean_square_step")

    learning_rate: float = 1.0
    rho: float = 0.9
    epsilon: float = 1e-6
    weight_decay: float = 0.0

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
        change, scratch = new_parameters, new_slots[1]  # the second slot is written last, so until then it is free
        self._average(slots[0], gradient, new_slots[0], scratch)
        np.add(new_slots[0], self.epsilon, out=scratch)
        np.sqrt(scratch, out=scratch)
        np.add(slots[1], self.epsilon, out=change)
        np.sqrt(change, out=change)
        np.divide(change, scratch, out=change)
        np.multiply(change, gradient, out=change)
        self._average(slots[1], change, new_slots[1], np.empty_like(change))
        np.multiply(change, self.learning_rate, out=change)
        np.subtract(parameters, change, out=new_parameters)

    def _average(self, old: Array, values: Array, new: Array, scratch: Array) -> None:
        """Write rho * old + (1 - rho) * values^2 into *new*."""
        np.multiply(values, values, out=scratch)
        np.multiply(scratch, 1 - self.rho, out=scratch)
        np.multiply(old, self.rho, out=new)
        np.add(new, scratch, out=new)
