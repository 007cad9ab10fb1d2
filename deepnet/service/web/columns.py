"""Figures of all neurons: as columns for programs, and as rows of a table, sorted, for people."""

from typing import Annotated, Any, TypeAlias

import numpy as np
from fastapi import Query

from deepnet.maths.arrays import Array
from deepnet.runs.columns import AT_REST, FIELDS, read_columns
from deepnet.runs.network import Network

FieldsAsked: TypeAlias = Annotated[
    str | None,
    Query(max_length=200, description=f"some of {', '.join(FIELDS)}, separated by commas; all that need no watching"),
]


def fields_of(asked: str | None) -> tuple[str, ...]:
    """Return the fields that ``bias,norm`` names."""
    return AT_REST if asked is None else tuple(dict.fromkeys(name.strip() for name in asked.split(",")))


class Table:
    """All neurons of a network, or of one layer, at one sealed step.

    Args:
        network: the network.
        layer: the address of a layer of neurons; None for all of them.
    """

    def __init__(self, network: Network, layer: str | None) -> None:
        model = network.model
        self._layers = [name for name in model.named_dense() if layer in {None, name}]
        self._activations = {name: dense.activation for name, dense in model.named_dense().items()}
        self._own = {
            f"{name}/{index}": treatment.activation
            for name, treatments in zip(model.named_dense(), network.cut().setup.treatments, strict=True)
            for index, treatment in treatments.items()
            if treatment.activation is not None
        }
        columns = read_columns(network, AT_REST)
        self.step = columns.step
        # A layer may have grown since the model was read: what the columns say counts.
        sizes = [len(columns.arrays[f"{name}.bias"]) for name in self._layers]
        self._layer = np.repeat(np.arange(len(sizes)), sizes)
        self._index = np.concatenate([np.arange(size) for size in sizes])
        self._columns: dict[str, Array] = {
            field: np.concatenate([columns.arrays[f"{name}.{field}"] for name in self._layers]) for field in AT_REST
        }

    def __len__(self) -> int:
        return len(self._index)

    def rows(self, sort: str, *, descending: bool, first: int, limit: int) -> list[dict[str, Any]]:
        """Return up to *limit* rows from the one numbered *first* on; those that are equal are in order of address."""
        order = np.arange(len(self))
        if sort in self._columns:
            values = self._columns[sort].astype(np.float64)
            # Those that have no such number come last, whichever way.
            order = np.lexsort((order, -values if descending else values))
        elif sort == "activation":
            names = np.array([self._activation(int(number)) for number in order])
            order = np.argsort(names, kind="stable")
            order = order[::-1] if descending else order
        elif descending:
            order = order[::-1]
        return [self._row(int(number)) for number in order[first : first + limit]]

    def _row(self, number: int) -> dict[str, Any]:
        layer, index = self._layers[self._layer[number]], int(self._index[number])
        row: dict[str, Any] = {name: column[number].item() for name, column in self._columns.items()}
        if np.isnan(row["lesioned"]):
            row["lesioned"] = None
        return {
            "address": f"{layer}/{index}",
            "layer": layer,
            "index": index,
            "activation": self._activation(number),
            **row,
        }

    def _activation(self, number: int) -> str:
        layer = self._layers[self._layer[number]]
        return self._own.get(f"{layer}/{self._index[number]}") or self._activations[layer]
