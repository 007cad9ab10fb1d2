"""Bringing every feature to mean 0 and standard deviation 1, by figures taken from the training rows alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import Batch, Vector, require_shape


@dataclass(frozen=True, slots=True, eq=False)
class Standardizer:
    """x -> (x - mean) / scale, feature by feature; a value, its arrays are read-only.

    Args:
        mean: (features,), finite.
        scale: (features,), finite and above 0.

    Raises:
        InputError: a number is out of its range.
        ShapeError: the two are not as long as each other.
    """

    mean: Vector
    scale: Vector

    def __post_init__(self) -> None:
        for name in ("mean", "scale"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        require_shape("mean", self.mean, None)
        require_shape("scale", self.scale, len(self.mean))
        if not (np.isfinite(self.mean).all() and np.isfinite(self.scale).all() and (self.scale > 0).all()):
            raise InputError("a Standardizer needs finite means and finite scales above 0: fit it on other rows")

    @classmethod
    def fit(cls, inputs: Batch) -> "Standardizer":
        """Take mean and population standard deviation of *inputs* (rows, features), 1 row or more.

        A feature that is the same in every row gets scale 1, and so becomes 0.

        Raises:
            DataError: numbers are so large that their squares are not.
        """
        require_shape("inputs", inputs, None, None)
        constant = _constant(inputs)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            # A mean of equal numbers may differ from them in the last bit.
            mean = np.where(constant, inputs[0], inputs.mean(axis=0, dtype=np.float64))
            scale = np.where(constant, 1.0, inputs.std(axis=0, dtype=np.float64))
        scale[scale == 0] = 1.0  # differences too small for their squares
        wild = np.flatnonzero(~(np.isfinite(mean) & np.isfinite(scale)))
        if wild.size:
            raise DataError(f"feature {wild[0] + 1} has numbers too large to standardise: give it in a larger unit")
        return cls(mean, scale)

    def apply(self, inputs: Batch) -> NDArray[np.float64]:
        """Return the standardised inputs. Shapes: (rows, features) -> (rows, features)."""
        require_shape("inputs", inputs, None, len(self.mean))
        scaled: NDArray[np.float64] = (np.asarray(inputs, dtype=np.float64) - self.mean) / self.scale
        return scaled

    def to_dict(self) -> dict[str, list[float]]:
        """Return plain data that `from_dict` takes back, bit for bit, through JSON too."""
        return {"mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Standardizer":
        """Return the standardizer that `to_dict` described.

        Raises:
            InputError: the data describe none.
        """
        try:
            return cls(data["mean"], data["scale"])
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"these data describe no standardizer: {error!r}") from None


def constant_features(inputs: Batch, features: Sequence[str]) -> tuple[str, ...]:
    """Return the *features* that are the same in every row of *inputs* (rows, features): they teach nothing."""
    require_shape("inputs", inputs, None, len(features))
    return tuple(features[index] for index in np.flatnonzero(_constant(inputs)).tolist())


def _constant(inputs: Batch) -> NDArray[np.bool_]:
    if len(inputs) == 0:
        raise DataError("there are no rows to take a mean of: give 1 or more")
    constant: NDArray[np.bool_] = (inputs == inputs[0]).all(axis=0)
    return constant
