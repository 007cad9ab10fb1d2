"""From a row as people write it to what a network takes, and from what it puts out to an answer in their words.

What a network has to know for that is kept with it, under `KEY` of what it says ``about`` itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.data.cells import Cell
from deepnet.data.dataset import Dataset
from deepnet.data.encoding import Encoder
from deepnet.data.files import listed, quoted
from deepnet.data.gaps import settle_gaps
from deepnet.data.preparation import Preparation
from deepnet.data.table import typed_table
from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import Batch
from deepnet.maths.metrics.classification import classes

KEY = "prediction"
"""Where it is kept."""
PROBABLE = ("sigmoid", "hard_sigmoid", "softmax", "log_softmax")
"""Last activations that put out probabilities, or their logarithms."""
_MOST_NAMED = 10


def about_of(dataset: Dataset, preparation: Preparation) -> dict[str, Any]:
    """Return plain data that `Reader` takes back: what a row goes through, and what comes out."""
    facts = {
        "data": Path(dataset.name).name,  # where it lies is nobody's business
        "preparation": preparation.to_dict(),
        "features": list(dataset.features),
        "target": dataset.target,
        "labels": list(dataset.labels),
        "task": dataset.task,
    }
    return {KEY: facts}


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """What a network knows of the table that it has learnt.

    Attributes:
        preparation: what a row goes through.
        features: the names of the inputs.
        target: what is predicted.
        labels: the names of the classes; none for a number.
    """

    preparation: Preparation
    features: tuple[str, ...]
    target: str
    labels: tuple[str, ...]

    @classmethod
    def of(cls, name: str, about: Mapping[str, Any]) -> "Reader":
        """Return what the network *name* keeps in *about*.

        Raises:
            InputError: it keeps nothing, or that is damaged.
        """
        facts = about.get(KEY)
        if facts is None:
            raise InputError(
                f"{name} has learnt no table, so it knows no names and no units: give it numbers, as it takes them"
            )
        try:
            preparation = Preparation.from_dict(facts["preparation"])
            (target,) = _texts([facts["target"]])
            return cls(preparation, _texts(facts["features"]), target, _texts(facts["labels"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"what {name} knows of its table is damaged ({error!r}): train it again") from None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a row needs."""
        encoder = self.preparation.encoder
        return self.features if encoder is None else encoder.columns

    def inputs(self, rows: Sequence[Mapping[str, Cell]]) -> NDArray[np.floating]:
        """Return rows as the network takes them. Shapes: rows -> (rows, inputs).

        Args:
            rows: for each column its cell, in the unit of the table; what else is in them is not looked at. A value
                may be missing (None, or no such column) if it can be filled.

        Raises:
            DataError: a value is missing, or is not one that the network knows; the message names row and column.
        """
        encoder = self.preparation.encoder or Encoder.of_numbers(self.features)
        fills = self.preparation.filler is not None
        for number, row in enumerate(rows, start=1):
            if not fills and (absent := [column for column in encoder.columns if row.get(column) is None]):
                raise DataError(f"row {number} has no value for {listed(absent, _MOST_NAMED)}: give one")
        header = encoder.columns
        table = typed_table("these rows", header, [[row.get(column) for row in rows] for column in header], len(rows))
        table = settle_gaps(table, header, "mean" if fills else "error")
        return self.preparation.apply(encoder.encode(table))

    def require_finite(self, inputs: Batch) -> None:
        """Raise DataError if a number is too large for the network. Shapes: inputs (rows, inputs)."""
        wrong = np.argwhere(~np.isfinite(inputs))
        if len(wrong):
            row, column = wrong[0].tolist()
            name = quoted(self.features[column])
            raise DataError(
                f"row {row + 1}: {name} is too large for {inputs.dtype}: give it in the unit of the training"
            )


def _texts(names: Sequence[Any]) -> tuple[str, ...]:
    if not all(isinstance(name, str) for name in names):
        raise TypeError("a name is no text")
    return tuple(names)


def predictions(labels: Sequence[str], outputs: Batch) -> list[Any]:
    """Return a number, or the name of a class, for each row; a list of numbers if there are several outputs.

    Args:
        labels: of the classes; none for numbers.
        outputs: (rows, outputs).
    """
    if labels:
        return [labels[place] for place in classes(outputs)]
    numbers = outputs[:, 0] if outputs.shape[1] == 1 else outputs
    found: list[Any] = numbers.tolist()
    return found


def chances_of(activation: str, outputs: Batch) -> Batch:
    """Return how probable each class is. Shapes: (rows, outputs) -> (rows, classes).

    Args:
        activation: of the last layer, one of `PROBABLE`.
        outputs: what it has put out.
    """
    if activation == "log_softmax":
        return np.exp(outputs)
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs
