"""What the metrics of a stream have seen of an epoch, as plain numbers and arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import InputError
from deepnet.maths.checks import look_up
from deepnet.maths.metrics.classification import F1, Precision, Recall, Share
from deepnet.maths.metrics.distances import Mean, RootMean
from deepnet.maths.metrics.explained import Explained

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Mean, RootMean, Share, Explained, Precision, Recall, F1)
}
"""All that may be kept; a file cannot name anything else to be made."""


def from_tallies(tallies: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, NDArray[Any]]]:
    """Return the kind and the numbers of each, and the arrays, called ``tallies.0.offset`` and so on.

    Raises:
        InputError: a tally is of your own making, or holds something that is neither a number nor an array.
    """
    facts: list[dict[str, Any]] = []
    arrays: dict[str, NDArray[Any]] = {}
    for index, tally in enumerate(tallies):
        name = type(tally).__name__
        if KINDS.get(name) is not type(tally):
            raise InputError(f"a tally of your own, {name}, cannot be kept in a file: use metrics by their names")
        facts.append({"kind": name})
        for field in fields(tally):
            value = getattr(tally, field.name)
            if isinstance(value, np.ndarray):
                arrays[f"tallies.{index}.{field.name}"] = value
            elif type(value) in {int, float}:
                facts[-1][field.name] = value
            else:
                raise InputError(f"the {field.name} of a {name} must be a number of Python's, got {value!r}")
    return facts, arrays


def to_tallies(facts: Sequence[Mapping[str, Any]], arrays: Mapping[str, NDArray[Any]]) -> tuple[Any, ...]:
    """Return the tallies that `from_tallies` took apart.

    Raises:
        UnknownNameError: there is no such kind.
        KeyError, ValueError: a number or an array is missing, or is none.
    """
    return tuple(
        look_up("tally", fact["kind"], KINDS)(
            **{
                field.name: _number(fact[field.name]) if field.name in fact else arrays[f"tallies.{index}.{field.name}"]
                for field in fields(KINDS[fact["kind"]])
            }
        )
        for index, fact in enumerate(facts)
    )


def _number(value: Any) -> int | float:
    return value if type(value) in {int, float} else float(value)  # "nan" and "inf"
