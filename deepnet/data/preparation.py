"""All that stands between a row of a source and the network: a value that is stored with the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.data.encoding import Encoder
from deepnet.data.filling import Filler
from deepnet.data.scaling import Scaler, scaler_from_dict, scaler_named
from deepnet.errors import InputError, ShapeError
from deepnet.maths.arrays import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """Columns are encoded, gaps filled, features scaled, in this order; every part may be missing.

    Args:
        encoder: columns of a table -> inputs; None where the source is arrays.
        filler: inputs with gaps -> inputs; None where a gap is an error.
        scaler: inputs -> inputs of a good size; None where they stay as they are.

    Raises:
        ShapeError: the parts are not for as many features as each other.
    """

    encoder: Encoder | None = None
    filler: Filler | None = None
    scaler: Scaler | None = None

    def __post_init__(self) -> None:
        if len(set(self._sizes())) > 1:
            sizes = " and ".join(map(str, self._sizes()))
            raise ShapeError(f"the parts of a preparation are for {sizes} features: fit them on the same rows")

    @classmethod
    def fit(
        cls,
        inputs: Batch,
        features: Sequence[str],
        *,
        encoder: Encoder | None = None,
        fill: bool = False,
        scaling: str = "standard",
    ) -> "Preparation":
        """Take the figures from the rows to learn from.

        Args:
            inputs: (rows, features); nan only where a value is missing and *fill* is given.
            features: their names, for messages.
            encoder: what made them out of the columns of a table.
            fill: whether gaps are filled, now or later; without an encoder there are none.
            scaling: ``"standard"``, ``"minmax"`` or ``"none"``.

        Raises:
            DataError: a column has no value in these rows, or too large ones.
            UnknownNameError: there is no such scaling.
        """
        kind = scaler_named(scaling)
        filler = Filler.fit(inputs, encoder) if fill and encoder is not None else None
        if filler is not None:
            inputs = filler.apply(inputs)
        return cls(encoder, filler, None if kind is None else kind.fit(inputs, features))

    @property
    def size(self) -> int | None:
        """How many features it is for; None if it is for any."""
        return next(iter(self._sizes()), None)

    def apply(self, inputs: Batch) -> NDArray[np.floating]:
        """Return what the network gets for encoded *inputs*. Shapes: (rows, features) -> (rows, features)."""
        if self.filler is not None:
            inputs = self.filler.apply(inputs)
        return inputs if self.scaler is None else self.scaler.apply(inputs)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` takes back, bit for bit, through JSON too."""
        parts = {"encoder": self.encoder, "filler": self.filler, "scaler": self.scaler}
        return {name: None if part is None else part.to_dict() for name, part in parts.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Preparation":
        """Return the preparation that `to_dict` described.

        Raises:
            InputError: the data describe none.
        """
        try:
            encoder, filler, scaler = data["encoder"], data["filler"], data["scaler"]
        except (KeyError, TypeError) as error:
            raise InputError(f"these data describe no preparation: {error!r}") from None
        return cls(
            None if encoder is None else Encoder.from_dict(encoder),
            None if filler is None else Filler.from_dict(filler),
            None if scaler is None else scaler_from_dict(scaler),
        )

    def _sizes(self) -> list[int]:
        encoder = [] if self.encoder is None else [len(self.encoder.features)]
        filler = [] if self.filler is None else [len(self.filler.values)]
        return [*encoder, *filler, *([] if self.scaler is None else [self.scaler.size])]
