"""What an activation is, and the constants that several of them share."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from deepnet.maths.arrays import Array, Batch


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of a neuron's weighted sum and its slope; both keep the shape and the dtype of z.

    Attributes:
        name: what it is called in a model.
        value: z -> a = f(z); may be z itself, so do not write to it.
        slope: (z, a) -> f'(z), where a = f(z).
        low: no output is below this.
        high: no output is above this.
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]
    low: float = -math.inf
    high: float = math.inf

    @property
    def of_neuron(self) -> "Activation":
        """The part of it that a neuron can do by itself: all of it."""
        return self

    def delta(self, errors: Array, sums: Array, outputs: Array) -> Array:
        """Return dL/dz = dL/da * f'(z), all of one shape."""
        delta: Array = errors * self.slope(sums, outputs)
        return delta


@dataclass(frozen=True, slots=True)
class CoupledActivation:
    """A function of the weighted sums of all neurons of a layer together, row by row.

    Attributes:
        name: what it is called in a model.
        value: z -> a, both (rows, neurons).
        delta: (dL/da, z, a) -> dL/dz, all (rows, neurons).
        of_neuron: what a neuron by itself makes of its sum: it keeps it.
        low: no output is below this.
        high: no output is above this.
    """

    name: str
    value: Callable[[Batch], Batch]
    delta: Callable[[Batch, Batch, Batch], Batch]
    of_neuron: Activation = field(repr=False)
    low: float = -math.inf
    high: float = math.inf


AnyActivation: TypeAlias = Activation | CoupledActivation

# As 0-d arrays constants cost a ufunc half of what Python floats do. All are exact in float32, and
# float32 with float64 gives float64, so they take on the dtype of whatever they meet.
ZERO = np.array(0, dtype=np.float32)
ONE = np.array(1, dtype=np.float32)
MINUS_ONE = np.array(-1, dtype=np.float32)
THREE = np.array(3, dtype=np.float32)
SIX = np.array(6, dtype=np.float32)
