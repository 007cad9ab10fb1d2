"""What to learn from what: a table whose columns have been chosen and turned into numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepnet.data.builtin import BUILT_IN, BuiltIn
from deepnet.data.cells import as_number
from deepnet.data.columns import Numbers, numbers
from deepnet.data.files import listed, nearest, one_line, quoted
from deepnet.data.table import Table, read_table
from deepnet.errors import DataError, InputError


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Rows to learn from; the arrays are read-only.

    Args:
        name: the path, or the name of a built-in set.
        features: the columns of *inputs*, in order.
        target: the column that is to be predicted.
        inputs: (rows, features).
        targets: (rows, 1).
        lines: (rows,): where each row begins in the file, 1 being the first line.
    """

    name: str
    features: tuple[str, ...]
    target: str
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    lines: NDArray[np.intp]

    def __post_init__(self) -> None:
        for array in (self.inputs, self.targets, self.lines):
            array.setflags(write=False)


def load_dataset(
    source: str | Path,
    *,
    target: str | None = None,
    features: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    drop_missing: bool = False,
) -> Dataset:
    """Read a table and choose what to learn from it.

    Args:
        source: the path of a CSV file, or the name of a built-in set (``"auto-mpg"``). A string that
            names a built-in set always means that set, whatever the current folder holds; a file of
            the same name is ``"./auto-mpg"``. A `Path` is always a file.
        target: the column to predict; a built-in set has one of its own.
        features: the columns to predict it from, in this order. Without them: the features of the
            built-in set, or every column of the file, less *target* and *ignore*.
        ignore: columns to leave out.
        drop_missing: leave out rows in which a chosen column has no value.

    Raises:
        DataError: the table cannot be read, a column is not there or not numeric, values are
            missing, or nothing can be learnt; the message is one line and says what to do.
    """
    table, built_in = _open(source)
    target = _target(table, target, built_in)
    chosen = _features(table, target, features, ignore, built_in)
    values, lines = numbers(table, (*chosen, target), drop_missing=drop_missing, optional=chosen)
    inputs, targets = np.ascontiguousarray(values[:, :-1]), values[:, -1:].copy()
    if (targets == targets[0]).all():
        same = f"is {targets[0, 0]:g} in every row"
        raise DataError(f"{table.name}: the target {quoted(target)} {same}: there is nothing to learn, choose another")
    return Dataset(table.name, chosen, target, inputs, targets, lines)


def load_features(source: str | Path, features: Sequence[str], *, drop_missing: bool = False) -> Numbers:
    """Read the columns that a model was trained on, for prediction; other columns are not looked at.

    Returns:
        (values, lines): values (rows, features) in the order of *features*, lines (rows,).

    Raises:
        DataError: a feature is not there or not numeric, or values are missing.
    """
    table, _ = _open(source)
    absent = [feature for feature in features if feature not in table.header]
    if absent:
        raise DataError(
            f"{table.name}, line 1: has no column {listed(absent)}, which the model needs: "
            f"add it (the columns are {listed(table.header)})"
        )
    return numbers(table, features, drop_missing=drop_missing)


def _open(source: str | Path) -> tuple[Table, BuiltIn | None]:
    if isinstance(source, str) and source in BUILT_IN:
        return read_table(BUILT_IN[source].path, name=source), BUILT_IN[source]
    try:
        return read_table(source), None
    except DataError:
        meant = get_close_matches(str(source).lower(), BUILT_IN, n=1)
        if not meant or Path(source).exists():
            raise
        name = one_line(str(source))
        raise DataError(f"{name}: there is no such file: did you mean the built-in set {meant[0]}?") from None


def _target(table: Table, target: str | None, built_in: BuiltIn | None) -> str:
    if target is None and built_in is None:
        raise DataError(f"{table.name}: which column is to be predicted? give --target, one of {listed(table.header)}")
    if target is None and built_in is not None:
        return built_in.target
    return _known(table, "target", target)


def _known(table: Table, role: str, column: object) -> str:
    """Return *column* if the table has it."""
    if isinstance(column, str) and column in table.header:
        return column
    # A number among the names hints at a file that begins with its first row.
    hint = "; line 1 must hold the names" if any(as_number(name) is not None for name in table.header) else ""
    question = nearest(str(column), table.header)
    raise DataError(
        f"{table.name}: has no column {quoted(str(column))} for the {role}{question}: "
        f"use one of {listed(table.header)}{hint}"
    )


def _features(
    table: Table, target: str, features: Sequence[str] | None, ignore: Sequence[str], built_in: BuiltIn | None
) -> tuple[str, ...]:
    """Return the columns to learn from, in order; see `load_dataset`."""
    left_out = _names(table, "ignore", ignore)
    if target in left_out:
        raise DataError(f"{table.name}: {quoted(target)} is the target and cannot be ignored: take it out of --ignore")
    if features is not None:
        chosen = _names(table, "features", features)
        _refuse_contradictions(table.name, target, chosen, left_out)
    else:
        usual = table.header if built_in is None else built_in.features
        chosen = tuple(column for column in usual if column != target and column not in left_out)
    if not chosen:
        raise DataError(f"{table.name}: no feature is left to predict {quoted(target)} from: name one with --features")
    return chosen


def _names(table: Table, option: str, columns: Sequence[str]) -> tuple[str, ...]:
    if isinstance(columns, str):
        raise InputError(f"{option} must be a list of column names, got the text {quoted(columns)}: use [{columns!r}]")
    return tuple(_known(table, f"--{option} list", column) for column in columns)


def _refuse_contradictions(name: str, target: str, chosen: tuple[str, ...], left_out: tuple[str, ...]) -> None:
    for index, feature in enumerate(chosen):
        if feature == target:
            raise DataError(f"{name}: {quoted(feature)} is the target, so no feature: take it out of --features")
        if feature in chosen[:index]:
            raise DataError(f"{name}: the feature {quoted(feature)} is named twice: take one out of --features")
        if feature in left_out:
            raise DataError(f"{name}: {quoted(feature)} is in --features and in --ignore: take it out of one")
