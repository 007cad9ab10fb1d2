"""Which columns of a table are learnt from, and which one is to be predicted."""

from collections.abc import Sequence
from typing import NamedTuple

from deepnet.data.builtin import BuiltIn
from deepnet.data.cells import as_number
from deepnet.data.files import listed, nearest, quoted
from deepnet.data.table import Table
from deepnet.errors import DataError, InputError


class Choice(NamedTuple):
    """What somebody asked for; see `deepnet.data.dataset.load_dataset`."""

    target: str | None
    features: Sequence[str] | None
    ignore: Sequence[str]
    categorical: Sequence[str]


class Chosen(NamedTuple):
    """What that means for one table; all are names of its columns."""

    target: str
    features: tuple[str, ...]
    categorical: tuple[str, ...]


def choose(table: Table, built_in: BuiltIn | None, wish: Choice) -> Chosen:
    """Return the columns of *table* that somebody's *wish* means.

    Raises:
        DataError: a column is not there, or is asked for twice or in two roles, or none is left.
        InputError: a list of names is a text.
    """
    target = _target(table, wish.target, built_in)
    features = _features(table, target, wish, built_in)
    categorical = _names(table, "categorical", wish.categorical)
    for column in categorical:
        if column not in features:
            raise DataError(f"{table.name}: {quoted(column)} is no feature: take it out of --categorical")
    return Chosen(target, features, categorical)


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
    headless = table.place == "line" and any(as_number(name) is not None for name in table.header)
    hint = "; line 1 must hold the names" if headless else ""
    question = nearest(str(column), table.header)
    raise DataError(
        f"{table.name}: has no column {quoted(str(column))} for the {role}{question}: "
        f"use one of {listed(table.header)}{hint}"
    )


def _features(table: Table, target: str, wish: Choice, built_in: BuiltIn | None) -> tuple[str, ...]:
    """Return the columns to learn from, in order."""
    left_out = _names(table, "ignore", wish.ignore)
    if target in left_out:
        raise DataError(f"{table.name}: {quoted(target)} is the target and cannot be ignored: take it out of --ignore")
    if wish.features is not None:
        chosen = _names(table, "features", wish.features)
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
