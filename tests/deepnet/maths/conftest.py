"""Strict numerics for every test of the maths, and the oracle of every gradient."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from deepnet.maths.arrays import Array


@pytest.fixture(autouse=True)
def strict_numerics() -> Iterator[None]:
    """Let overflow, division by zero and invalid values raise; numbers too small to hold become 0."""
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture(scope="session")
def central_differences() -> Callable[[Callable[[Array], float], Array], Array]:
    """Return a function that differentiates (f, x) -> df/dx by (f(x + h) - f(x - h)) / 2h."""

    def differentiate(function: Callable[[Array], float], at: Array) -> Array:
        step = 1e-6
        slopes = np.empty_like(at)
        for index in np.ndindex(at.shape):
            nudge = np.zeros_like(at)
            nudge[index] = step
            slopes[index] = (function(at + nudge) - function(at - nudge)) / (2 * step)
        return slopes

    return differentiate
