"""Frozen records and the rows of tables: one field is one column of the same name."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from deepnet.persistence.plain_json import to_json

Row = TypeVar("Row")


class Columns(Generic[Row]):
    """How the records of one class stand in their table.

    Args:
        table: its name.
        record: the class, a dataclass.
        plain: fields that hold plain data, which stands there as JSON.
        flags: fields that are true or false.
        numbers: fields that may be nan, for which SQLite has only NULL.
    """

    def __init__(
        self,
        table: str,
        record: type[Row],
        *,
        plain: Collection[str] = (),
        flags: Collection[str] = (),
        numbers: Collection[str] = (),
    ) -> None:
        self._record = record
        self._plain, self._flags, self._numbers = frozenset(plain), frozenset(flags), frozenset(numbers)
        self.names = tuple(field.name for field in fields(record))  # type: ignore[arg-type]  # a dataclass, as said
        listed, holes = ", ".join(self.names), ", ".join("?" * len(self.names))
        # What these are made of is written in this package, and nothing of it comes from outside.
        self.select = f"SELECT {listed} FROM {table}"  # noqa: S608 - see above
        self.insert = f"INSERT INTO {table} ({listed}) VALUES ({holes})"  # noqa: S608 - see above
        self._update = f"UPDATE {table} SET"

    def values(self, row: Row) -> tuple[Any, ...]:
        """Return what an INSERT of *row* puts in the holes."""
        return tuple(self._value(name, getattr(row, name)) for name in self.names)

    def update(self, key: str, of: object, changes: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return an UPDATE of the row whose *key* is *of*, and what it puts in the holes.

        Raises:
            TypeError: a field is none of the record's; it is a mistake of the caller.
        """
        unknown = set(changes).difference(self.names)
        if unknown or not changes:
            known = ", ".join(self.names)
            raise TypeError(
                f"{self._record.__name__} has the fields {known}, not {', '.join(sorted(unknown)) or 'none'}"
            )
        clause = ", ".join(f"{name} = ?" for name in changes)
        values = (self._value(name, value) for name, value in changes.items())
        return f"{self._update} {clause} WHERE {key} = ?", (*values, of)

    def record(self, values: Sequence[Any]) -> Row:
        """Return the record of a row that `select` has found."""
        return self._record(*(self._content(name, value) for name, value in zip(self.names, values, strict=True)))

    def _value(self, name: str, content: Any) -> Any:
        if name in self._plain:
            return to_json(content).decode()
        if name in self._numbers and content is not None:
            return content if math.isfinite(content) else repr(float(content))
        return content

    def _content(self, name: str, value: Any) -> Any:
        if name in self._plain:
            return json.loads(value)
        if name in self._flags:
            return bool(value)
        return float(value) if name in self._numbers and value is not None else value
