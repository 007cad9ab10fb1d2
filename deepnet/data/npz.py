"""NPZ files, as numpy.savez writes them: arrays under names, of which two (or four) are inputs and targets."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from deepnet.data.answers import Answers, learn_answers, read_answers
from deepnet.data.arrays import as_inputs, pixel_names, pixels_as_inputs, require_as_many, row_numbers
from deepnet.data.dataset import Dataset
from deepnet.data.files import listed, nearest, one_line, quoted, read_file
from deepnet.data.npz_file import ArrayFile
from deepnet.errors import DataError


class Names(NamedTuple):
    """Under which names a file keeps its arrays; those of the test rows are blank where it has none."""

    inputs: str
    targets: str
    test_inputs: str = ""
    test_targets: str = ""


USUAL = (
    Names("inputs", "targets", "test_inputs", "test_targets"),
    Names("x_train", "y_train", "x_test", "y_test"),
    Names("X_train", "y_train", "X_test", "y_test"),
    Names("train_images", "train_labels", "test_images", "test_labels"),
    Names("images", "labels"),
    Names("data", "target"),
    Names("x", "y"),
    Names("X", "y"),
)
"""As Keras, scikit-learn and others name them; the second pair holds the rows set aside for testing."""


class Rows(NamedTuple):
    """Inputs, and what they were in the file."""

    inputs: NDArray[Any]
    """(rows, features)"""
    array: str
    """The name of the array."""
    shape: tuple[int, ...]
    """Of one row."""
    images: bool


def load_npz(path: str | Path, *, name: str | None = None, target: str | None = None) -> Dataset:
    """Read the inputs and targets that an NPZ file holds under one of the `USUAL` pairs of names.

    Inputs: every axis after the first is flattened. Bytes of three axes or more are images and are
    divided by 255 (float32); float16 and float32 are float32, other numbers float64. Targets:

    * integers, truths and text are classes, named after their values in sorted order: two are a
      binary task, more a multiclass one;
    * floats are a regression;
    * several columns must be one-hot classes, of any type.

    Shapes: inputs (rows, ...); targets (rows,), (rows, 1) or one-hot (rows, classes).

    Args:
        path: the file. Pickled objects in it are never loaded.
        name: what the set is called, instead of the path.
        target: the array of the targets, where its name is none of the usual ones. The inputs are then
            the only array with a usual name for inputs, or the only other array; there are no test rows.

    Raises:
        DataError: the file is no NPZ file, holds no such arrays, or they cannot be learnt from; the
            message names the array and, counting from 0 as numpy does, the element.
    """
    place = one_line(str(path))
    file = ArrayFile(place, read_file(path))
    names = _chosen(place, file.names, target)
    train = _rows(place, names.inputs, file.read(names.inputs))
    learnt = learn_answers(f"{place}, {names.targets}", file.read(names.targets), train.inputs.dtype)
    dataset = _dataset(place, name, names.targets, train, learnt)
    if not names.test_inputs:
        return dataset
    test = _rows(place, names.test_inputs, file.read(names.test_inputs), like=train)
    answers = read_answers(f"{place}, {names.test_targets}", file.read(names.test_targets), learnt)
    return replace(dataset, test=_dataset(place, name, names.test_targets, test, answers, target=names.targets))


def _chosen(place: str, there: Sequence[str], target: str | None) -> Names:
    """Return under which names this file keeps its arrays."""
    pairs = [names for names in USUAL if {names.inputs, names.targets} <= {*there}]
    pairs = [names for names in pairs if target in {None, names.targets}]
    if not pairs:
        return _unusual(place, there, target)
    if len(pairs) > 1:
        both = " and ".join(f"{names.inputs}/{names.targets}" for names in pairs)
        raise DataError(f"{place}: holds {both}: leave one pair out")
    (names,) = pairs
    test = [name for name in names[2:] if name in there]
    if len(test) == 1:
        (other,) = {*names[2:]} - {*test}
        raise DataError(f"{place}: holds {test[0]} but no {other}: save both or neither")
    return names if test else Names(names.inputs, names.targets)


def _unusual(place: str, there: Sequence[str], target: str | None) -> Names:
    """Return the names where the targets have been named, or say what is missing."""
    holds = f"{place}: holds {listed(there) if there else 'no array'}"
    if target is None:
        usual = ", ".join(f"{names.inputs}/{names.targets}" for names in USUAL)
        raise DataError(f"{holds}: save inputs and targets as one pair of {usual}, or name the targets with --target")
    if target not in there:
        raise DataError(f"{holds}, no array {quoted(target)} for the target{nearest(target, there)}")
    others = {*there} - {target}
    inputs = others & {names.inputs for names in USUAL}
    if len(inputs) != 1:
        inputs = others
    if len(inputs) != 1:
        raise DataError(f"{holds}: which are the inputs for {quoted(target)}? save them as inputs, x or data")
    return Names(inputs.pop(), target)


def _rows(place: str, name: str, array: NDArray[Any], like: Rows | None = None) -> Rows:
    """Return the array as rows of inputs; those to test with must be *like* those to train on."""
    where, images = f"{place}, {one_line(name)}", array.dtype == np.uint8 and array.ndim > 2
    inputs: NDArray[Any]
    if images:
        inputs = pixels_as_inputs(where, array)
    else:
        inputs = as_inputs(where, array, _dtype(array) if like is None else like.inputs.dtype)
    rows = Rows(inputs, name, array.shape[1:], images)
    if like is not None and (rows.shape, rows.images) != (like.shape, like.images):
        raise DataError(
            f"{where}: a row is {_described(rows)}, but in {like.array} {_described(like)}: save both alike"
        )
    return rows


def _dtype(array: NDArray[Any]) -> DTypeLike:
    return np.float32 if array.dtype.kind == "f" and array.dtype.itemsize <= 4 else np.float64


def _described(rows: Rows) -> str:
    return f"{'bytes of an image' if rows.images else 'numbers'} of shape {rows.shape}"


def _dataset(
    place: str, name: str | None, targets: str, rows: Rows, answers: Answers, *, target: str | None = None
) -> Dataset:
    count = len(rows.inputs)
    require_as_many(one_line(rows.array), count, f"{place}, {one_line(targets)}", len(answers.targets))
    features = rows.inputs.shape[1]
    return Dataset(
        name=place if name is None else name,
        features=pixel_names(features) if len(rows.shape) > 1 else tuple(f"x_{column}" for column in range(features)),
        target=targets if target is None else target,
        inputs=rows.inputs,
        targets=answers.targets,
        lines=row_numbers(count),
        labels=answers.labels,
    )
