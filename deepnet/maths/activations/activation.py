"""What an activation is, and the constants that several of them share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deepnet.maths.arrays import Array


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of the weighted sum and its slope; both keep the shape and the dtype of z.

    Attributes:
        name: what it is called in a model.
        value: z -> a = f(z); may be z itself, so do not write to it.
        slope: (z, a) -> f'(z), where a = f(z).
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


# As 0-d arrays constants cost a ufunc half of what Python floats do. All are exact in float32, and
# float32 with float64 gives float64, so they take on the dtype of whatever they meet.
ZERO = np.array(0, dtype=np.float32)
ONE = np.array(1, dtype=np.float32)
MINUS_ONE = np.array(-1, dtype=np.float32)
THREE = np.array(3, dtype=np.float32)
SIX = np.array(6, dtype=np.float32)
