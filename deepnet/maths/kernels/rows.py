"""Rows that hold weights and bias, and batches that end in a column of ones."""

from typing import Any

import numpy as np

from deepnet.maths.arrays import Array, Batch
from deepnet.maths.parameters import LayerParameters


def pack(parameters: LayerParameters) -> Array:
    """Return (neurons, inputs + 1): each neuron's weights, then its bias."""
    return np.column_stack((parameters.weights, parameters.bias))


def unpack(rows: Array) -> LayerParameters:
    """Return copies of the weights (neurons, inputs) and biases (neurons,) of *rows*."""
    return LayerParameters(rows[:, :-1].copy(), rows[:, -1].copy())


def empty_batch(rows: int, size: int, dtype: np.dtype[Any]) -> Batch:
    """Return an unfilled (rows, size + 1) batch whose last column is ones."""
    batch = np.empty((rows, size + 1), dtype=dtype)
    batch[:, -1] = 1
    return batch


def with_ones(batch: Batch) -> Batch:
    """Return *batch*, (rows, size), with a column of ones after it: (rows, size + 1)."""
    extended = empty_batch(len(batch), batch.shape[1], batch.dtype)
    extended[:, :-1] = batch
    return extended
