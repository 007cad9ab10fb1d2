"""What IDX and NPZ files have in common: arrays of any rank become rows of inputs, and labels become classes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from deepnet.data.files import quoted
from deepnet.errors import DataError

MOST_CLASSES = 1000

NUMBER_KINDS = "buif"
WHITE = np.float32(255)


def as_inputs(place: str, array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Return the array as rows of inputs: every axis after the first is flattened, the last one fastest.

    Shapes: (rows, ...) -> (rows, features).

    Args:
        place: the file and the array; messages begin with it.
        array: numbers; truths become 0 and 1.
        dtype: of the result, ``float32`` or ``float64``.

    Raises:
        DataError: there are no rows or no features, or an element is no number, or not finite in *dtype*.
    """
    require_numbers(place, array)
    if array.ndim == 0 or array.size == 0:
        raise DataError(f"{place}: has shape {array.shape}, so there is nothing to learn from: give 1 row or more")
    # A number too large for the dtype becomes inf, which is refused by name.
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(array.reshape(len(array), -1), dtype=dtype)
    require_finite(place, rows.reshape(array.shape))
    return rows


def pixels_as_inputs(place: str, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return images of bytes as rows of numbers from 0 (a byte of 0) to 1 (a byte of 255).

    Shapes: (rows, ...) -> (rows, pixels).

    Raises:
        DataError: there are no rows or no pixels.
    """
    inputs = as_inputs(place, images, np.float32)
    inputs /= WHITE
    return inputs


def require_numbers(place: str, array: NDArray[Any]) -> None:
    """Raise DataError unless the array's elements are truths, integers or floats."""
    if array.dtype.kind not in NUMBER_KINDS:
        raise DataError(f"{place}: holds {named(array.dtype)}, no plain numbers: save integers or floats")


def named(dtype: np.dtype[Any]) -> str:
    """Return what a message calls elements of this type, such as ``complex128`` or ``text``."""
    return {"U": "text", "S": "text", "V": "records"}.get(dtype.kind, str(dtype))


def require_finite(place: str, array: NDArray[Any]) -> None:
    """Raise DataError if an element is nan or infinite; the message says which."""
    if array.dtype.kind != "f":
        return
    finite = np.isfinite(array)
    if finite.all():
        return
    at = np.unravel_index(int(finite.argmin()), array.shape)
    advice = "put a finite number there, or leave the row out"
    raise DataError(f"{place}, element {element(at)}: {array[at]} is not finite: {advice}")


def element(index: Sequence[Any]) -> str:
    """Return a place in an array as numpy writes it, such as ``[2, 0]`` for the third row's first column."""
    return f"[{', '.join(str(int(number)) for number in index)}]"


def one_hot(codes: NDArray[np.intp], classes: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return a row for each code, 1 in the column that the code names and 0 elsewhere.

    Shapes: (rows,) -> (rows, classes).
    """
    targets = np.zeros((len(codes), classes), dtype=dtype)
    targets[np.arange(len(codes)), codes] = 1
    return targets


def row_numbers(rows: int) -> NDArray[np.intp]:
    """Return 1, 2, ..., *rows*: where each row of an array stands."""
    return np.arange(1, rows + 1, dtype=np.intp)


def pixel_names(count: int) -> tuple[str, ...]:
    """Return ``pixel_0``, ``pixel_1``, and so on."""
    return tuple(f"pixel_{place}" for place in range(count))


def require_as_many(inputs_place: str, inputs: int, targets_place: str, targets: int) -> None:
    """Raise DataError unless there is a target for every row of inputs."""
    if inputs != targets:
        raise DataError(f"{targets_place}: has {targets} rows, but {inputs_place} has {inputs}: there must be as many")


def require_two_classes(place: str, codes: NDArray[np.intp], labels: Sequence[str]) -> None:
    """Raise DataError if all rows are of one class."""
    if (codes == codes[0]).all():
        raise DataError(f"{place}: every row is of the class {quoted(labels[codes[0]])}: there is nothing to learn")


def require_seen(place: str, codes: NDArray[np.intp], labels: Sequence[str], training: NDArray[np.intp]) -> None:
    """Raise DataError if a test row is of a class that no training row is of.

    Args:
        place: the file and the array of the test rows' labels.
        codes: (rows,): the classes of the test rows, as places in *labels*.
        labels: the names of the classes.
        training: (rows,): the classes of the training rows.
    """
    unseen = ~np.isin(codes, training)
    if unseen.any():
        at = int(unseen.argmax())
        raise unseen_class(place, at, labels[codes[at]])


def unseen_class(place: str, at: int, label: str) -> DataError:
    """Return the error for a test row whose class no training row has."""
    return DataError(f"{place}, element [{at}]: no training row is of the class {quoted(label)}: leave such rows out")
