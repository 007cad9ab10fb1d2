"""Bringing every feature to a size that a network learns well from, by figures of the training rows alone.

Truths and the inputs of a category, which are 0 and 1, are scaled like any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.data.files import quoted
from deepnet.errors import DataError, InputError, UnknownNameError
from deepnet.maths.arrays import Batch, Vector, require_shape
from deepnet.maths.checks import look_up

ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """Two numbers for each feature; a value, its arrays are read-only."""

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        for field in fields(self):
            array = np.array(getattr(self, field.name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, field.name, array)
        first, second = (field.name for field in fields(self))
        require_shape(first, getattr(self, first), None)
        require_shape(second, getattr(self, second), self.size)

    @property
    def size(self) -> int:
        """How many features there are."""
        return len(getattr(self, fields(self)[0].name))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` takes back, bit for bit, through JSON too."""
        return {"kind": self.kind} | {field.name: getattr(self, field.name).tolist() for field in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_dict` described.

        Raises:
            InputError: the data describe none.
        """
        try:
            return cls(*(data[field.name] for field in fields(cls)))
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"these data describe no {cls.__name__.lower()}: {error!r}") from None

    def _linear(self, inputs: Batch, offset: Vector, scale: Vector) -> NDArray[np.floating]:
        """Return (inputs - offset) / scale, reckoned in float64; float32 comes back as float32."""
        require_shape("inputs", inputs, None, self.size)
        if inputs.dtype != np.float32:
            scaled: NDArray[np.floating] = (np.asarray(inputs, dtype=np.float64) - offset) / scale
            return scaled
        # A large set of images has no room for a copy of itself in float64.
        scaled = np.empty(inputs.shape, dtype=np.float32)
        for start in range(0, len(inputs), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            scaled[part] = (inputs[part] - offset) / scale
        return scaled


@dataclass(frozen=True, slots=True, eq=False)
class Standardizer(_Figures):
    """x -> (x - mean) / scale, feature by feature: mean 0 and standard deviation 1; its arrays are read-only.

    Args:
        mean: (features,), finite.
        scale: (features,), finite and above 0.

    Raises:
        InputError: a number is out of its range.
        ShapeError: the two are not as long as each other.
    """

    kind = "standard"

    mean: Vector
    scale: Vector

    def __post_init__(self) -> None:
        _Figures.__post_init__(self)
        if not (np.isfinite(self.mean).all() and np.isfinite(self.scale).all() and (self.scale > 0).all()):
            raise InputError("a Standardizer needs finite means and finite scales above 0: fit it on other rows")

    @classmethod
    def fit(cls, inputs: Batch, features: Sequence[str] = ()) -> "Standardizer":
        """Take mean and population standard deviation of *inputs* (rows, features), 1 row or more.

        A feature that is the same in every row gets scale 1, and so becomes 0. A message calls a feature by its
        name in *features*, or by its number.

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
        _refuse_wild(np.isfinite(mean) & np.isfinite(scale), features, "standardise")
        return cls(mean, scale)

    def apply(self, inputs: Batch) -> NDArray[np.floating]:
        """Return the standardised inputs. Shapes: (rows, features) -> (rows, features)."""
        return self._linear(inputs, self.mean, self.scale)


@dataclass(frozen=True, slots=True, eq=False)
class MinMax(_Figures):
    """x -> (x - low) / (high - low), feature by feature: from 0 to 1; its arrays are read-only.

    A feature that is the same in every row it was fitted on becomes x - low, which is 0 there. Other rows may
    come out below 0 or above 1.

    Args:
        low: (features,), finite.
        high: (features,), finite and not below *low*.

    Raises:
        InputError: a number is out of its range.
        ShapeError: the two are not as long as each other.
    """

    kind = "minmax"

    low: Vector
    high: Vector

    def __post_init__(self) -> None:
        _Figures.__post_init__(self)
        with np.errstate(over="ignore", invalid="ignore"):
            sound = np.isfinite(self.low).all() and np.isfinite(self.high - self.low).all()
        if not sound or (self.high < self.low).any():
            raise InputError("a MinMax needs finite lows and highs, none below its low: fit it on other rows")

    @classmethod
    def fit(cls, inputs: Batch, features: Sequence[str] = ()) -> "MinMax":
        """Take the smallest and the largest number of each feature of *inputs* (rows, features), 1 row or more.

        A message calls a feature by its name in *features*, or by its number.

        Raises:
            DataError: the two are too far apart for their difference.
        """
        require_shape("inputs", inputs, None, None)
        _constant(inputs)
        low, high = (edge.astype(np.float64) for edge in (inputs.min(axis=0), inputs.max(axis=0)))
        with np.errstate(over="ignore"):
            _refuse_wild(np.isfinite(high - low), features, "scale")
        return cls(low, high)

    def apply(self, inputs: Batch) -> NDArray[np.floating]:
        """Return the scaled inputs. Shapes: (rows, features) -> (rows, features)."""
        span = self.high - self.low
        return self._linear(inputs, self.low, np.where(span == 0, 1.0, span))


Scaler: TypeAlias = Standardizer | MinMax

SCALERS: dict[str, type[Standardizer] | type[MinMax]] = {kind.kind: kind for kind in (Standardizer, MinMax)}
NO_SCALING = "none"


def scaler_named(name: str) -> type[Standardizer] | type[MinMax] | None:
    """Return the kind of scaler called ``"standard"`` or ``"minmax"``; None for ``"none"``.

    Raises:
        UnknownNameError: it is none of these.
    """
    known = [*SCALERS, NO_SCALING]
    if name not in known:
        raise UnknownNameError("scaling", str(name), known)
    return SCALERS.get(name)


def scaler_from_dict(data: Mapping[str, Any]) -> Scaler:
    """Return the scaler that `to_dict` described.

    Raises:
        InputError: the data describe none.
    """
    if not isinstance(data, Mapping):
        raise InputError(f"these data describe no scaler: {data!r}")
    return look_up("scaling", data.get("kind"), SCALERS).from_dict(data)


def constant_features(inputs: Batch, features: Sequence[str]) -> tuple[str, ...]:
    """Return the *features* that are the same in every row of *inputs* (rows, features): they teach nothing."""
    require_shape("inputs", inputs, None, len(features))
    return tuple(features[index] for index in np.flatnonzero(_constant(inputs)).tolist())


def _constant(inputs: Batch) -> NDArray[np.bool_]:
    if len(inputs) == 0:
        raise DataError("there are no rows to take a mean of: give 1 or more")
    constant: NDArray[np.bool_] = (inputs == inputs[0]).all(axis=0)
    return constant


def _refuse_wild(sound: NDArray[np.bool_], features: Sequence[str], purpose: str) -> None:
    if not sound.all():
        at = int(sound.argmin())
        name = quoted(features[at]) if features else str(at + 1)
        raise DataError(f"feature {name} has numbers too large to {purpose}: give it in a larger unit")
