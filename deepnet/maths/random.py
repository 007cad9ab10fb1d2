"""Chance as a function of its purpose: the same seed, purpose and indices give the same numbers, always."""

import zlib

import numpy as np


def stream(seed: int, purpose: str, *indices: int) -> np.random.Generator:
    """Return a generator that depends on nothing but its arguments.

    Whoever draws twice for one purpose, for instance because a step is played again, makes the
    stream twice and gets the same numbers. Streams of different purposes are independent.

    Args:
        seed: the seed of the run, 0 or more.
        purpose: what the numbers are for, such as ``"shuffle"``.
        indices: which of many, such as the epoch; 0 or more each.
    """
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), *indices])
