"""The arrays that a layer computes a step in."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from deepnet.maths.arrays import Batch
from deepnet.maths.kernels.rows import empty_batch


@dataclass(slots=True, eq=False)
class Workspace:
    """Arrays of a layer for so many rows. Each is written whole before it is read.

    Attributes:
        sums: (rows, neurons).
        outputs: (rows, neurons + 1), ending in a column of ones.
        deltas: dL/d(sums), (rows, neurons).
        errors: dL/d(inputs), (rows, inputs).
    """

    sums: Batch
    outputs: Batch
    deltas: Batch
    errors: Batch

    @classmethod
    def of(cls, rows: int, inputs: int, neurons: int, dtype: np.dtype[Any]) -> "Workspace":
        """Return new arrays."""
        return cls(
            np.empty((rows, neurons), dtype),
            empty_batch(rows, neurons, dtype),
            np.empty((rows, neurons), dtype),
            np.empty((rows, inputs), dtype),
        )
