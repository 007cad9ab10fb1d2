"""The two running means that the Adam family shares."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from deepnet.maths.arrays import Array

SLOTS = ("first_moment", "second_moment")


class Factors(NamedTuple):
    """What one step multiplies and adds, each a 0-d array of the parameters' dtype.

    The change is (direction * m + straight * g) / (sqrt(v) + epsilon): all bias corrections are folded into
    these. With c = sqrt(1 - beta_2^step): m / (sqrt(v)/c + epsilon) = c m / (sqrt(v) + c epsilon), the
    efficient order of Kingma and Ba, section 2.
    """

    keep_first: Array
    take_first: Array
    keep_second: Array
    take_second: Array
    epsilon: Array
    direction: Array
    straight: Array
    keep: Array
    """What decoupled weight decay leaves of the parameters."""


Corrected: TypeAlias = tuple[float, float, float, float]
"""What of the factors changes from step to step: epsilon, direction, straight, keep."""


def factors(beta_1: float, beta_2: float, dtype: np.dtype[Any], corrected: Corrected) -> Factors:
    """Return the factors of a step in *dtype*."""
    numbers = (beta_1, 1 - beta_1, beta_2, 1 - beta_2, *corrected)
    return Factors(*(np.array(number, dtype=dtype) for number in numbers))


def update_moments(
    factors: Factors, gradient: Array, slots: Sequence[Array], new_slots: Sequence[Array], scratch: Array
) -> None:
    """Write m <- beta_1 m + (1 - beta_1) g and v <- beta_2 v + (1 - beta_2) g^2."""
    first, second = slots
    new_first, new_second = new_slots
    np.multiply(first, factors.keep_first, out=new_first)
    np.multiply(gradient, factors.take_first, out=scratch)
    np.add(new_first, scratch, out=new_first)
    np.multiply(second, factors.keep_second, out=new_second)
    np.multiply(gradient, gradient, out=scratch)
    np.multiply(scratch, factors.take_second, out=scratch)
    np.add(new_second, scratch, out=new_second)
