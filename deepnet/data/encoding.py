"""Columns of numbers, truths and text to columns of numbers, the same way for every table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from deepnet.data.cells import is_missing
from deepnet.data.columns import Kind, category_values, codes, kind_of, numbers, truths
from deepnet.data.files import listed, quoted
from deepnet.data.table import Table
from deepnet.errors import DataError, InputError


@dataclass(frozen=True, slots=True)
class Code:
    """How one column of a table is encoded.

    Args:
        column: its name.
        kind: number (as it is), truth (1 or 0) or category (one-hot).
        values: of a category, in the order of its inputs.

    Raises:
        InputError: there is no such kind, or a category has no values, or another kind has some.
    """

    column: str
    kind: Kind
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise InputError(f"a column is one of {listed(get_args(Kind))}, got {self.kind!r}")
        if (self.kind == "category") != bool(self.values) or len(set(self.values)) != len(self.values):
            values = listed(self.values) or "none"
            raise InputError(f"the {self.kind} {quoted(self.column)} cannot have the values {values}: fit it again")

    @property
    def features(self) -> tuple[str, ...]:
        """The names of its inputs: its own, or of a category ``origin=usa`` and so on."""
        return tuple(f"{self.column}={value}" for value in self.values) if self.values else (self.column,)

    def encode(self, table: Table, *, optional: bool = False) -> NDArray[np.float64]:
        """Return the inputs (rows, features); nan, in all of them, where the value is missing.

        Raises:
            DataError: a cell does not fit the kind.
        """
        if self.kind == "number":
            return numbers(table, self.column, optional=optional)[:, np.newaxis]
        if self.kind == "truth":
            return truths(table, self.column)[:, np.newaxis]
        places = codes(table, self.column, self.values)[:, np.newaxis]
        return np.where(np.isnan(places), np.nan, places == np.arange(len(self.values)))


@dataclass(frozen=True, slots=True)
class Encoder:
    """How the columns of a table become the inputs of a network.

    Args:
        codes: one for each column, in the order of the inputs.

    Raises:
        InputError: two inputs have one name, or there is none.
    """

    codes: tuple[Code, ...]

    def __post_init__(self) -> None:
        features = self.features
        if not features:
            raise InputError("an Encoder needs a column or more")
        if twice := [name for index, name in enumerate(features) if name in features[:index]]:
            raise InputError(f"two inputs are named {quoted(twice[0])}: rename a column")

    @classmethod
    def fit(cls, table: Table, columns: Sequence[str], categorical: Collection[str] = ()) -> "Encoder":
        """Find out what *columns*, which the table has, hold; those in *categorical* are categories.

        Raises:
            DataError: a column has too many values for a category, or none at all.
        """
        try:
            return cls(tuple(_code(table, column, asked_for=column in categorical) for column in columns))
        except DataError:
            raise
        except InputError as error:
            raise DataError(f"{table.name}: {error}") from None

    @classmethod
    def of_numbers(cls, columns: Sequence[str]) -> "Encoder":
        """Return the encoder of *columns* that are all numbers or truths."""
        return cls(tuple(Code(column, "number") for column in columns))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(code.column for code in self.codes)

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(feature for code in self.codes for feature in code.features)

    @property
    def groups(self) -> tuple[tuple[Code, slice], ...]:
        """Each code with the place of its inputs among all inputs."""
        found, start = [], 0
        for code in self.codes:
            found.append((code, slice(start, start + len(code.features))))
            start += len(code.features)
        return tuple(found)

    def encode(self, table: Table, *, optional: bool = False) -> NDArray[np.float64]:
        """Return the inputs (rows, features) of a *table* that has the columns; nan where a value is missing.

        Args:
            table: the rows.
            optional: the columns could be left out; a message says so.

        Raises:
            DataError: a cell is text, not finite, or a value that was not there when the encoder was fitted.
        """
        return np.hstack([code.encode(table, optional=optional) for code in self.codes])

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return plain data that `from_dict` takes back."""
        return {
            "columns": [{"name": code.column, "kind": code.kind, "values": list(code.values)} for code in self.codes]
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Encoder":
        """Return the encoder that `to_dict` described.

        Raises:
            InputError: the data describe none.
        """
        try:
            return cls(tuple(_code_from(column) for column in data["columns"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"these data describe no encoder: {error!r}") from None


def _code(table: Table, column: str, *, asked_for: bool) -> Code:
    kind = "category" if asked_for else kind_of(table.column(column))
    if all(map(is_missing, table.column(column))):
        raise DataError(f"{table.name}, column {quoted(column)}: holds no value in any row: leave it out with --ignore")
    if kind != "category":
        return Code(column, kind)
    return Code(column, kind, category_values(table, column, asked_for=asked_for))


def _code_from(data: Mapping[str, Any]) -> Code:
    texts = [data["name"], *data["values"]]
    if not isinstance(data["values"], list) or not all(isinstance(text, str) for text in texts):
        raise InputError("these data describe no column: its name and its values must be texts")
    return Code(data["name"], data["kind"], tuple(data["values"]))
