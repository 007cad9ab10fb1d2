"""Putting something in the place of a missing value, by the training rows alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.data.encoding import Encoder
from deepnet.data.files import quoted
from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import Batch, Vector, require_shape


@dataclass(frozen=True, slots=True, eq=False)
class Filler:
    """nan -> a number for each feature; a value, its array is read-only.

    Args:
        values: (features,), finite.

    Raises:
        InputError: a number is not finite.
    """

    values: Vector

    def __post_init__(self) -> None:
        array = np.array(self.values, dtype=np.float64)
        array.setflags(write=False)
        object.__setattr__(self, "values", array)
        require_shape("values", self.values, None)
        if not np.isfinite(self.values).all():
            raise InputError("a Filler needs finite values: fit it on other rows")

    @classmethod
    def fit(cls, inputs: Batch, encoder: Encoder) -> "Filler":
        """Take from *inputs* (rows, features), which *encoder* made, what stands for a missing value.

        Of numbers it is the mean; of truths and categories the most frequent value, and of several that are
        equally frequent the first in the order of the encoder (FALSE before TRUE).

        Raises:
            DataError: a column has no value in any of these rows, or numbers too large for a mean.
        """
        require_shape("inputs", inputs, None, len(encoder.features))
        values = np.empty(inputs.shape[1])
        for code, place in encoder.groups:
            held = inputs[:, place][~np.isnan(inputs[:, place.start])]
            if not len(held):
                raise DataError(
                    f"column {quoted(code.column)} has no value in any training row, so there is no mean to fill in: "
                    f"leave it out with --ignore, or choose another --seed"
                )
            values[place] = _usual(code.kind, held)
            if not np.isfinite(values[place]).all():
                raise DataError(f"column {quoted(code.column)} has numbers too large for a mean: use a larger unit")
        return cls(values)

    def apply(self, inputs: Batch) -> NDArray[np.floating]:
        """Return the inputs without gaps. Shapes: (rows, features) -> (rows, features)."""
        require_shape("inputs", inputs, None, len(self.values))
        filled: NDArray[np.floating] = np.where(np.isnan(inputs), self.values, inputs)
        return filled

    def to_dict(self) -> dict[str, list[float]]:
        """Return plain data that `from_dict` takes back, bit for bit, through JSON too."""
        return {"values": self.values.tolist()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Filler":
        """Return the filler that `to_dict` described.

        Raises:
            InputError: the data describe none.
        """
        try:
            return cls(data["values"])
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"these data describe no filler: {error!r}") from None


def _usual(kind: str, held: Batch) -> Vector:
    """Return what stands for a column whose inputs are *held* (rows, inputs)."""
    if kind == "truth":
        return np.array([float(held.mean() > 0.5)])
    with np.errstate(over="ignore", invalid="ignore"):
        mean: Vector = held.mean(axis=0)
    return mean if kind == "number" else np.eye(len(mean))[mean.argmax()]
