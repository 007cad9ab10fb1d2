"""In which order an epoch visits its rows, and how the order is cut into batches."""

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import InputError
from deepnet.maths.checks import whole_number
from deepnet.maths.random import stream


def epoch_order(rows: int, *, seed: int, epoch: int, shuffle: bool) -> NDArray[np.intp]:
    """Return the row numbers (rows,) in the order in which *epoch* visits them.

    It depends on nothing but the arguments, so an epoch that is played again has the same order.

    Raises:
        InputError: a number is negative or not whole.
    """
    rows = whole_number("rows", rows, at_least=0)
    if not shuffle:
        return np.arange(rows, dtype=np.intp)
    seed, epoch = whole_number("seed", seed, at_least=0), whole_number("epoch", epoch, at_least=0)
    return stream(seed, "shuffle", epoch).permutation(rows).astype(np.intp, copy=False)


def batch_count(rows: int, batch_size: int) -> int:
    """Return how many batches an epoch has; the last one may be short.

    Raises:
        InputError: *batch_size* is not a whole number of 1 or more.
    """
    return -(-whole_number("rows", rows, at_least=0) // whole_number("batch size", batch_size, at_least=1))


def batch_slice(index: int, batch_size: int, rows: int) -> slice:
    """Return the part of the epoch's order that batch *index* takes, 0 being the first.

    Raises:
        InputError: there is no such batch.
    """
    count = batch_count(rows, batch_size)
    if not 0 <= index < count:
        raise InputError(
            f"there is no batch {index}: {rows} rows in batches of {batch_size} are batches 0 to {count - 1}"
        )
    return slice(index * batch_size, min((index + 1) * batch_size, rows))
