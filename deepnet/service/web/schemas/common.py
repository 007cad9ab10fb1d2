"""What all models of the API share: strict on the way in, and every size and number within bounds."""

import math
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

LARGEST_INTEGER = 2**53 - 1
"""The largest that every reader of JSON can tell from its neighbours."""
LONGEST_NAME = 64
MOST_ENTRIES = 20_000
DEEPEST = 8

UNSET: Any = None
"""Stands in for what is not given; whether something was, `given` says."""


def _hide_unset(schema: dict[str, Any]) -> None:
    for prop in schema.get("properties", {}).values():
        if prop.get("default", ...) is None:
            del prop["default"]


class In(BaseModel):
    """A body: nothing in it that is not asked for, and nothing taken for what it is not."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=_hide_unset)

    def given(self) -> dict[str, Any]:
        """Return what was given, by name."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


class Out(BaseModel):
    """An answer. These models describe; what is sent is made without them, for there may be a lot of it."""


def _bounded(data: dict[str, Any]) -> dict[str, Any]:
    """Raise ValueError unless *data* are few, flat and finite."""
    entries, depth = 0, 0
    row: list[dict[str, Any] | list[Any]] = [data]
    while row:
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"must be nested no deeper than {DEEPEST}")
        parts: list[Any] = []
        for node in row:
            if isinstance(node, dict):
                for name in node:
                    _text(name)
                parts += node.values()
            else:
                parts += node
        entries += len(parts)
        if entries > MOST_ENTRIES:
            raise ValueError(f"must have no more than {MOST_ENTRIES} entries")
        row = [part for part in parts if isinstance(part, dict | list)]
        for part in parts:
            _scalar(part)
    return data


def _scalar(value: Any) -> None:
    if isinstance(value, str):
        _text(value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("must have finite numbers only")
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(f"must have no whole number beyond {LARGEST_INTEGER}")


def _text(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must have text that is Unicode") from None


Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Number: TypeAlias = float | Literal["nan", "inf", "-inf"]
"""On the way out: JSON knows no other name for what is no finite number."""
Count: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]
Step: TypeAlias = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
"""The name of something that deepnet knows, such as a loss."""
Address: TypeAlias = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Plain: TypeAlias = Annotated[dict[str, Any], AfterValidator(_bounded)]
"""Plain data: few, flat and finite."""
Row: TypeAlias = list[Finite]
Rows: TypeAlias = list[Row]
