"""How a gradient becomes a change of the parameters.

An optimizer is a value: its hyper-parameters. What it remembers from step to step, its slots, are
arrays shaped like the parameters; they start as zeros and are kept by whoever keeps the parameters.
`update` reads the old parameters and slots and writes the new ones elsewhere, so that a step that is
not finished has changed nothing. Formulas are those of torch.optim.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import numpy as np

from deepnet.errors import InputError
from deepnet.maths.arrays import Array
from deepnet.maths.checks import decay_rate, look_up, positive_number


@runtime_checkable
class Optimizer(Protocol):
    """What every optimizer, a frozen dataclass of hyper-parameters, has and does."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    name: ClassVar[str]
    slots: ClassVar[tuple[str, ...]]
    """What it remembers of each parameter, one array each, in the order in which `update` takes them."""

    @property
    def learning_rate(self) -> float: ...

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
        """Write what *parameters* and *slots* become at *step*.

        Args:
            step: which step this is, from 1.
            parameters: any shape; only read.
            gradient: dL/d(parameters), the same shape; only read.
            slots: one array of the same shape per name in `Optimizer.slots`; only read.
            new_parameters: written; the same shape, sharing no memory with what is read.
            new_slots: written; likewise.
        """
        ...

    def to_dict(self) -> dict[str, Any]:
        """Return the optimizer as plain data that `optimizer_from_dict` takes back."""
        ...


@dataclass(frozen=True, slots=True)
class SGD:
    """Stochastic gradient descent: p <- p - learning_rate * g.

    Source: torch.optim.SGD; Robbins and Monro, A stochastic approximation method (1951).

    Raises:
        InputError: learning_rate is not a finite number above 0.
    """

    name: ClassVar[str] = "sgd"
    slots: ClassVar[tuple[str, ...]] = ()

    learning_rate: float = 0.01

    def __post_init__(self) -> None:
        _set(self, learning_rate=positive_number("learning_rate", self.learning_rate))

    def update(
        self,
        _step: int,
        parameters: Array,
        gradient: Array,
        _slots: Sequence[Array],
        new_parameters: Array,
        _new_slots: Sequence[Array],
        /,
    ) -> None:
        np.multiply(gradient, self.learning_rate, out=new_parameters)
        np.subtract(parameters, new_parameters, out=new_parameters)

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Adam:
    """Adam: steps of about *learning_rate*, whatever the scale of the gradient.

    m <- beta_1 m + (1 - beta_1) g
    v <- beta_2 v + (1 - beta_2) g^2
    p <- p - learning_rate * m/(1 - beta_1^step) / (sqrt(v/(1 - beta_2^step)) + epsilon)

    Source: torch.optim.Adam; Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1.

    Raises:
        InputError: learning_rate or epsilon is not above 0, or a beta is not in [0, 1).
    """

    name: ClassVar[str] = "adam"
    slots: ClassVar[tuple[str, ...]] = ("first_moment", "second_moment")

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        _set(
            self,
            learning_rate=positive_number("learning_rate", self.learning_rate),
            beta_1=decay_rate("beta_1", self.beta_1),
            beta_2=decay_rate("beta_2", self.beta_2),
            epsilon=positive_number("epsilon", self.epsilon),
        )

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
        first, second = slots
        new_first, new_second = new_slots
        factors = _adam_factors(self, step, parameters.dtype)
        scratch = new_parameters  # is written at the very end, so until then nothing need be allocated
        np.multiply(first, factors.keep_first, out=new_first)
        np.multiply(gradient, factors.take_first, out=scratch)
        np.add(new_first, scratch, out=new_first)
        np.multiply(second, factors.keep_second, out=new_second)
        np.multiply(gradient, gradient, out=scratch)
        np.multiply(scratch, factors.take_second, out=scratch)
        np.add(new_second, scratch, out=new_second)
        np.sqrt(new_second, out=scratch)
        np.add(scratch, factors.epsilon, out=scratch)
        np.divide(new_first, scratch, out=scratch)
        np.multiply(scratch, factors.rate, out=scratch)
        np.subtract(parameters, scratch, out=new_parameters)

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, **asdict(self)}


class _AdamFactors(NamedTuple):
    """What one step of Adam multiplies and adds, each a 0-d array of the parameters' dtype."""

    keep_first: Array
    take_first: Array
    keep_second: Array
    take_second: Array
    epsilon: Array
    rate: Array


@lru_cache(maxsize=16)  # all rows of a step share them: looking up takes a tenth of the time of working out
def _adam_factors(adam: Adam, step: int, dtype: np.dtype[Any]) -> _AdamFactors:
    """Return the factors of *step*, with both bias corrections folded into epsilon and the rate.

    With c = sqrt(1 - beta_2^step): m / (sqrt(v)/c + epsilon) = c m / (sqrt(v) + c epsilon),
    the efficient order of Kingma and Ba, section 2.
    """
    correction = math.sqrt(1 - adam.beta_2**step)
    factors = (
        adam.beta_1,
        1 - adam.beta_1,
        adam.beta_2,
        1 - adam.beta_2,
        adam.epsilon * correction,
        adam.learning_rate * correction / (1 - adam.beta_1**step),
    )
    return _AdamFactors(*(np.array(factor, dtype=dtype) for factor in factors))


def _set(optimizer: object, **fields: float) -> None:
    """Put checked floats into a frozen value; a numpy scalar left there would widen float32 arrays."""
    for name, value in fields.items():
        object.__setattr__(optimizer, name, value)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"sgd": SGD, "adam": Adam}


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
        return look_up("optimizer", options.pop("name"), OPTIMIZERS)(**options)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no optimizer: {error!r}") from None
