"""What an array of targets asks for: numbers to come near to, or classes to tell apart.

Integers, truths and text are classes, floats are numbers; several columns must be one-hot classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from deepnet.data.arrays import (
    MOST_CLASSES,
    as_inputs,
    element,
    one_hot,
    require_numbers,
    require_seen,
    require_two_classes,
    unseen_class,
)
from deepnet.data.files import one_line
from deepnet.errors import DataError

FEW = 2
"""Up to so many classes may be rare: any set of rows can be of two kinds."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Targets, and how they came out of their array.

    Args:
        targets: regression (rows, 1); binary (rows, 1) of 0 and 1; multiclass (rows, classes), one-hot.
        labels: the names of the classes in the order of their codes; none for a regression.
        kind: ``"floats"``, ``"integers"``, ``"truths"``, ``"text"`` or ``"one-hot rows"``.
        values: the elements that stand for the classes, in the order of their codes.
        codes: (rows,): the class of each row; none for a regression.
    """

    targets: NDArray[Any]
    labels: tuple[str, ...]
    kind: str
    values: tuple[object, ...]
    codes: NDArray[np.intp]


def learn_answers(place: str, array: NDArray[Any], dtype: DTypeLike) -> Answers:
    """Return what the targets of training rows ask for.

    Shapes: (rows,), (rows, 1) or one-hot (rows, classes).

    Args:
        place: the file and the array; messages begin with it.
        array: the targets; classes are sorted by value.
        dtype: of the result.

    Raises:
        DataError: the array has another shape, or an element is of no use, or all rows are the same,
            or there are too many classes (above 1000, or more than two and not two rows for each).
    """
    column, kind = _column(place, array)
    if kind == "floats":
        targets = as_inputs(place, array, dtype)
        if (targets == targets[0]).all():
            raise DataError(f"{place}: is {targets[0, 0]:g} in every row: there is nothing to learn")
        return Answers(targets, (), kind, (), np.empty(0, dtype=np.intp))
    values: tuple[object, ...]
    if kind == "one-hot rows":
        values, codes = tuple(range(column.shape[1])), _hot(place, column)
    else:
        found, codes = np.unique(column, return_inverse=True)
        values = tuple(found.tolist())
        _refuse_many(place, kind, len(values), len(column))
    labels = tuple(str(value) for value in values)
    require_two_classes(place, codes, labels)
    return Answers(_targets(codes, kind, len(values), dtype), labels, kind, values, codes)


def read_answers(place: str, array: NDArray[Any], like: Answers) -> Answers:
    """Return the targets of test rows, with the classes and the dtype of the training rows.

    Raises:
        DataError: the array has another shape or kind than that of the training rows, or a row is of
            a class that no training row is of.
    """
    column, kind = _column(place, array)
    if kind != like.kind:
        raise DataError(f"{place}: holds {kind}, but the training rows have {like.kind}: save both alike")
    dtype = like.targets.dtype
    if kind == "floats":
        return Answers(as_inputs(place, array, dtype), (), kind, (), like.codes)
    if kind == "one-hot rows":
        if column.shape[1] != len(like.values):
            raise DataError(f"{place}: has {column.shape[1]} classes, the training rows have {len(like.values)}")
        codes = _hot(place, column)
    else:
        codes = _known_codes(place, column, like.values)
    require_seen(place, codes, like.labels, like.codes)
    return Answers(_targets(codes, kind, len(like.values), dtype), like.labels, kind, like.values, codes)


def _column(place: str, array: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """Return the targets as (rows,), or (rows, classes) if they are one-hot, and their kind."""
    if array.ndim not in {1, 2} or array.size == 0:
        raise DataError(f"{place}: has shape {array.shape}: targets are (rows,) or one-hot (rows, classes)")
    if array.ndim == 2 and array.shape[1] > 1:
        require_numbers(place, array)
        return array, "one-hot rows"
    column = array.reshape(-1)
    if column.dtype.kind in "US":
        return _text(place, column), "text"
    require_numbers(place, column)
    return column, {"f": "floats", "b": "truths"}.get(column.dtype.kind, "integers")


def _text(place: str, column: NDArray[Any]) -> NDArray[np.str_]:
    try:
        text = column.astype(np.str_)
    except UnicodeDecodeError:
        raise DataError(f"{place}: holds bytes that are not ASCII: save the labels as text") from None
    if blank := [row for row, label in enumerate(text.tolist()) if not label.strip()]:
        raise DataError(f"{place}, element {element(blank[:1])}: has no label: name its class, or leave the row out")
    return text


def _hot(place: str, rows: NDArray[Any]) -> NDArray[np.intp]:
    """Return the column of the 1 in each row."""
    wrong = ~((rows == 0) | (rows == 1)).all(axis=1) | ((rows == 1).sum(axis=1) != 1)
    if wrong.any():
        at = int(wrong.argmax())
        shown = one_line(", ".join(f"{number:g}" for number in rows[at, :5].astype(np.float64)))
        more = ", ..." if rows.shape[1] > 5 else ""
        problem = f"({shown}{more}) is not one 1 among zeros"
        advice = "several columns of targets must be one-hot, numbers must be in one column"
        raise DataError(f"{place}, row [{at}]: {problem}: {advice}")
    hot: NDArray[np.intp] = (rows == 1).argmax(axis=1)
    return hot


def _refuse_many(place: str, kind: str, classes: int, rows: int) -> None:
    if classes > MOST_CLASSES or (classes > FEW and 2 * classes > rows):
        advice = "group them" if kind == "text" else "group them, or save them as floats for a regression"
        raise DataError(f"{place}: {classes} different {kind} in {rows} rows are too many for classes: {advice}")


def _known_codes(place: str, column: NDArray[Any], values: Sequence[object]) -> NDArray[np.intp]:
    codes = {value: code for code, value in enumerate(values)}
    found, places = np.unique(column, return_inverse=True)
    table = np.array([codes.get(value, -1) for value in found.tolist()], dtype=np.intp)
    result: NDArray[np.intp] = table[places]
    if (result < 0).any():
        at = int((result < 0).argmax())
        raise unseen_class(place, at, str(column[at]))
    return result


def _targets(codes: NDArray[np.intp], kind: str, classes: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return a column of 0 and 1 for two classes, and one-hot rows for more, or where the array had them."""
    if classes == 2 and kind != "one-hot rows":
        return codes[:, np.newaxis].astype(dtype)
    return one_hot(codes, classes, dtype)
