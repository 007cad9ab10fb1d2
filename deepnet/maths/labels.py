"""From labels to columns of 0 and 1, and back.

The names are those of Flux. There an example is a column; here, as everywhere in deepnet, it is a row.

Source: OneHotArrays.jl and MLUtils.jl, which Flux takes them from.
"""

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from deepnet.errors import InputError, ShapeError, UnknownNameError
from deepnet.maths.arrays import Batch, Vector


def onehot(label: Hashable, labels: Iterable[Hashable]) -> Vector:
    """Return 1 at the place of *label* among *labels* and 0 elsewhere: (classes,), float64.

    Raises:
        InputError: there are no labels, or one is there twice.
        UnknownNameError: *label* is none of them; the message lists them.
    """
    places = _places(labels)
    vector = np.zeros(len(places))
    vector[_place(label, places, "label")] = 1
    return vector


def onehotbatch(labels_of_rows: Iterable[Hashable], labels: Iterable[Hashable]) -> Batch:
    """Return a row as `onehot` makes it of each label: (rows, classes), float64.

    Raises:
        InputError: there are no labels, or one is there twice.
        UnknownNameError: the label of a row is none of them; the message names the row, from 0, and lists them.
    """
    places = _places(labels)
    columns = [_place(label, places, f"label of row {row}") for row, label in enumerate(labels_of_rows)]
    batch = np.zeros((len(columns), len(places)))
    batch[np.arange(len(columns)), columns] = 1
    return batch


def onecold(outputs: ArrayLike, labels: Iterable[Hashable] | None = None) -> Any:
    """Return the label of the largest column, of equal ones the first: the way back from `onehotbatch`.

    Args:
        outputs: (rows, classes), or one row, (classes,).
        labels: in the order of the columns; if there are none, the numbers of the columns from 0.

    Returns:
        A list of a label for each row; of one row given flat, its label.

    Raises:
        InputError: a row holds a nan, or one of the labels is there twice.
        ShapeError: outputs are no rows with a column or more, or there is not one label for each column.
    """
    rows = np.asarray(outputs, dtype=np.float64)
    if rows.ndim not in {1, 2} or rows.shape[-1] == 0:
        raise ShapeError(f"outputs has shape {rows.shape}, expected (rows, classes) or (classes,)")
    names = list(range(rows.shape[-1])) if labels is None else list(_places(labels))
    if len(names) != rows.shape[-1]:
        raise ShapeError(f"{len(names)} labels for outputs with {rows.shape[-1]} columns: give one for each")
    if np.isnan(rows).any():
        row = int(np.nonzero(np.isnan(np.atleast_2d(rows)))[0][0])
        raise InputError(f"row {row} of outputs holds a nan: it has no largest column")
    largest = rows.argmax(axis=-1)
    return names[int(largest)] if rows.ndim == 1 else [names[column] for column in largest.tolist()]


def batch(vectors: Iterable[ArrayLike]) -> Batch:
    """Return the *vectors*, one or more of one size, as the rows of one array: (rows, size), float64.

    Raises:
        InputError: there is no vector, or one is not made of numbers.
        ShapeError: one is no vector, or of another size than the first; the message names it, from 0.
    """
    rows = [_vector(index, vector) for index, vector in enumerate(vectors)]
    if not rows:
        raise InputError("a batch needs one vector or more")
    for index, row in enumerate(rows):
        if row.shape != rows[0].shape:
            raise ShapeError(f"vector {index} of a batch has {row.size} numbers, expected {rows[0].size} as vector 0")
    return np.stack(rows)


def _vector(index: int, values: ArrayLike) -> Vector:
    try:
        vector: Vector = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"vector {index} of a batch must be made of numbers: {error}") from None
    if vector.ndim != 1:
        raise ShapeError(f"vector {index} of a batch has shape {vector.shape}, expected (size,)")
    return vector


def _places(labels: Iterable[Hashable]) -> dict[Hashable, int]:
    """Return the place of each label."""
    names = list(labels)
    if not names:
        raise InputError("one label or more is needed")
    places: dict[Hashable, int] = {}
    for place, label in enumerate(names):
        if places.setdefault(label, place) != place:
            raise InputError(f"labels must differ from one another, {label!r} is there twice")
    return places


def _place(label: Hashable, places: dict[Hashable, int], kind: str) -> int:
    try:
        return places[label]
    except (KeyError, TypeError):
        raise UnknownNameError(kind, str(label), [str(known) for known in places]) from None
