"""Stochastic gradient descent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deepnet.errors import InputError
from deepnet.maths.arrays import Array
from deepnet.maths.optimizers.optimizer import HyperParameters


@dataclass(frozen=True, slots=True)
class SGD(HyperParameters):
    """Stochastic gradient descent, with momentum, Nesterov's momentum and L2 weight decay if they are asked for.

    g <- g + weight_decay * p
    b <- momentum * b + g
    p <- p - learning_rate * g                  without momentum
    p <- p - learning_rate * b                  with it
    p <- p - learning_rate * (g + momentum * b) with Nesterov's

    Source: torch.optim.SGD with dampening 0; Robbins and Monro, A stochastic approximation method (1951);
    Sutskever, Martens, Dahl, Hinton, On the importance of initialization and momentum in deep learning (2013).

    Raises:
        InputError: learning_rate is not a finite number above 0, momentum is not in [0, 1), weight_decay is
            below 0 or not finite, or nesterov is asked for without momentum.
    """

    name: ClassVar[str] = "sgd"

    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        HyperParameters.__post_init__(self)
        if self.nesterov and not self.momentum:
            raise InputError("nesterov needs a momentum above 0, such as SGD(0.01, momentum=0.9, nesterov=True)")

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum",) if self.momentum else ()

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
        if self.momentum:
            gradient = self._carried(gradient, slots[0], new_slots[0])
        np.multiply(gradient, self.learning_rate, out=new_parameters)
        np.subtract(parameters, new_parameters, out=new_parameters)

    def _carried(self, gradient: Array, velocity: Array, new_velocity: Array) -> Array:
        """Write the new velocity; return the direction to go against."""
        np.multiply(velocity, self.momentum, out=new_velocity)
        np.add(new_velocity, gradient, out=new_velocity)
        return gradient + self.momentum * new_velocity if self.nesterov else new_velocity
