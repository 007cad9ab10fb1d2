"""All neurons of a network as columns: a number of each neuron is one place of an array, never an object."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
_LAYER = re.compile(r"(.*?)(\d*)$")


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The neurons of a network, first layer first.

    Attributes:
        layers: address and number of neurons of each layer.
        fields: (neurons,) each, by name, such as ``bias``, ``norm``, ``output`` or ``restarts``.
        step: the sealed step that they are of, if it is known.
        starts: (layers + 1,): where in the columns each layer begins, and the end of the last.
    """

    layers: tuple[tuple[str, int], ...] = ()
    fields: Mapping[str, Column] = field(default_factory=dict)
    step: int | None = None
    starts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        ends = np.cumsum([0, *(count for _, count in self.layers)], dtype=np.int64)
        object.__setattr__(self, "starts", ends)

    def __len__(self) -> int:
        return int(self.starts[-1])

    @classmethod
    def of(cls, arrays: Mapping[str, Column], step: int | None = None) -> "Columns":
        """Make columns of arrays named ``<layer>.<field>``, (neurons of the layer,) each.

        A field that only some layers have is nan for the neurons of the others.
        """
        by_layer: dict[str, dict[str, Column]] = {}
        for name, array in arrays.items():
            layer, _, column = name.rpartition(".")
            by_layer.setdefault(layer, {})[column] = array
        order = sorted(by_layer, key=_rank)
        layers = tuple((layer, max(len(array) for array in by_layer[layer].values())) for layer in order)
        names = dict.fromkeys(name for layer in order for name in by_layer[layer])
        fields = {
            name: np.concatenate(
                [by_layer[layer].get(name, np.full(count, np.nan, np.float32)) for layer, count in layers]
            )
            for name in names
        }
        return cls(layers, fields, step)

    def joined(self, newer: "Columns") -> "Columns":
        """Return these columns with the *newer* ones in place of those of the same name; those alone if they differ."""
        if newer.layers != self.layers:
            return newer
        return Columns(newer.layers, {**self.fields, **newer.fields}, newer.step)

    def address(self, place: int) -> str:
        """Return the address of the neuron at *place* of the columns."""
        layer = int(np.searchsorted(self.starts, place, side="right")) - 1
        return f"{self.layers[layer][0]}/{place - int(self.starts[layer])}"

    def place(self, address: str) -> int | None:
        """Return where the neuron of that *address* is; None if it is not there."""
        name, _, index = address.rpartition("/")
        for (layer, count), start in zip(self.layers, self.starts, strict=False):
            if layer == name and index.isdecimal() and int(index) < count:
                return int(start) + int(index)
        return None

    def column(self, name: str) -> Column | None:
        """Return the column *name*, (neurons,); ``address`` is the place itself."""
        return np.arange(len(self)) if name == "address" else self.fields.get(name)

    def value(self, name: str, place: int) -> float | None:
        """Return the number of one neuron; None where there is none."""
        column = self.fields.get(name)
        return None if column is None else float(column[place])


def order_of(columns: Columns, places: Column, by: str, *, descending: bool) -> Column:
    """Return *places* sorted by a column; equal ones in the order of addresses, and what is no number last.

    The delta is sorted by its size, for what matters of it is how much is to change.
    """
    column = columns.column(by)
    if column is None or by == "address":
        return places[::-1] if descending else places
    keys = column[places].astype(np.float64)
    if by == "delta":
        keys = np.abs(keys)
    keys = np.where(np.isnan(keys), np.inf, -keys if descending else keys)
    sorted_places: Column = places[np.argsort(keys, kind="stable")]
    return sorted_places


def _rank(layer: str) -> tuple[str, int]:
    found = _LAYER.match(layer)
    assert found is not None  # noqa: S101 - the pattern takes any string
    return found[1], int(found[2] or 0)
