"""Rows on their way in."""

import math

from deepnet.maths.arrays import Batch


def extend(batch: Batch, extended: Batch) -> float:
    """Write *batch*, (r, n), and a column of ones into *extended*, (r, n + 1); return how many are not finite."""
    strange = 0.0
    size = batch.shape[1]
    for row in range(batch.shape[0]):
        x, y = batch[row], extended[row]
        for j in range(size):
            y[j] = x[j]
            if not math.isfinite(x[j]):
                strange += 1.0
        y[size] = 1
    return strange
