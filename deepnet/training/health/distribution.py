"""Many numbers in a few."""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from deepnet.maths.arrays import Array

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How some numbers are distributed; those that are not finite are counted and left out of the rest.

    Attributes:
        count: how many numbers there are.
        not_finite: how many of them are nan or infinite.
        mean: nan, as all below, where no number is finite.
        std: the standard deviation, of all and not of a sample.
        minimum: the smallest.
        maximum: the largest.
        zeros: the share that is exactly 0.
        mean_size: the mean of |number|.
        norm: the root of the sum of their squares.
        quantiles: those of `QUANTILES`.
    """

    count: int
    not_finite: int
    mean: float
    std: float
    minimum: float
    maximum: float
    zeros: float
    mean_size: float
    norm: float
    quantiles: tuple[float, ...]

    @classmethod
    def of(cls, numbers: Array) -> Self:
        """Return the distribution of *numbers*, of any shape."""
        flat = numbers.ravel().astype(np.float64)  # in which no square of a float32 overflows
        finite = flat[np.isfinite(flat)]
        count, lost = flat.size, flat.size - finite.size
        if not finite.size:
            nan = float("nan")
            return cls(count, lost, nan, nan, nan, nan, nan, nan, nan, (nan,) * len(QUANTILES))
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            return cls(
                count,
                lost,
                float(finite.mean()),
                float(finite.std()),
                float(finite.min()),
                float(finite.max()),
                float((finite == 0).mean()),
                float(np.abs(finite).mean()),
                float(np.linalg.norm(finite)),
                tuple(np.quantile(finite, QUANTILES).tolist()),
            )

    @property
    def max_size(self) -> float:
        """The largest |number|."""
        return max(abs(self.minimum), abs(self.maximum))

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "quantiles": list(self.quantiles), "max_size": self.max_size}
