"""What a column holds, as plain data for people: its kind, its range or its values, and how many are missing."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from deepnet.data.cells import Cell, as_label, as_number, is_missing
from deepnet.data.columns import kind_of, labels_of
from deepnet.data.dataset import Dataset
from deepnet.data.table import Table, Unreadable
from deepnet.service.engine.presets import decimal_commas

MOST_COLUMNS = 1000
"""Of more columns only the first are told of."""
MOST_VALUES = 50
"""Of a column with more different values, only the first."""
PREVIEWED = 8
"""Rows that are shown as they were read."""
LONGEST_CELL = 60


def columns_of_table(table: Table) -> list[dict[str, Any]]:
    """Return what the first columns hold."""
    return [
        _nothing(name, "unreadable") if isinstance(cells, Unreadable) else _facts(table, name, cells)
        for name, cells in _first(table)
    ]


def preview_of_table(table: Table) -> list[list[str | None]]:
    """Return the first rows as they were read, a cell for each of the first columns; None where there is no value."""
    return [
        [None if isinstance(cells, Unreadable) else _shown(cells[row]) for _, cells in _first(table)]
        for row in range(min(PREVIEWED, len(table)))
    ]


def columns_of_arrays(dataset: Dataset) -> list[dict[str, Any]]:
    """Return what the first features hold, and the target."""
    found = [
        _of_numbers(name, dataset.inputs[:, place]) for place, name in enumerate(dataset.features[: MOST_COLUMNS - 1])
    ]
    if dataset.labels:
        labels = list(dataset.labels)
        target = _nothing(dataset.target, "category") | {"values": labels[:MOST_VALUES], "different": len(labels)}
    else:
        target = _of_numbers(dataset.target, dataset.targets[:, 0])
    return [*found, target]


def preview_of_arrays(dataset: Dataset) -> list[list[str | None]]:
    """Return the first rows, a cell for each of the first features, and for the target."""
    answers = dataset.targets[:PREVIEWED]
    if dataset.labels:
        places = (answers[:, 0] > 0.5) if answers.shape[1] == 1 else answers.argmax(axis=1)
        last: list[str] = [dataset.labels[int(place)] for place in places]
    else:
        last = [", ".join(f"{number:.6g}" for number in row) for row in answers.tolist()]
    inputs = dataset.inputs[:PREVIEWED, : MOST_COLUMNS - 1].tolist()
    return [[*(f"{number:.6g}" for number in row), answer] for row, answer in zip(inputs, last, strict=True)]


def _first(table: Table) -> list[tuple[str, Sequence[Cell] | Unreadable]]:
    return list(zip(table.header, table.columns, strict=True))[:MOST_COLUMNS]


def _facts(table: Table, name: str, cells: Sequence[Cell]) -> dict[str, Any]:
    kind = kind_of(cells)
    missing = sum(map(is_missing, cells))
    if kind == "number":
        numbers = [number for number in map(as_number, cells) if number is not None and math.isfinite(number)]
        return _of_numbers(name, np.array(numbers)) | {"missing": missing, "commas": decimal_commas(cells)}
    values = labels_of(table, name)
    shown = [value[:LONGEST_CELL] for value in values[:MOST_VALUES]]
    return _nothing(name, kind) | {"missing": missing, "values": shown, "different": len(values)}


def _of_numbers(name: str, numbers: Any) -> dict[str, Any]:
    facts = _nothing(name, "number")
    with np.errstate(over="ignore"):
        ends = [float(one) for one in (numbers.min(), numbers.max(), numbers.mean())] if len(numbers) else []
    if ends and all(map(math.isfinite, ends)):
        facts |= dict(zip(("low", "high", "mean"), ends, strict=True))
    return facts


def _nothing(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "missing": 0,
        "commas": 0,
        "low": None,
        "high": None,
        "mean": None,
        "values": [],
        "different": None,
    }


def _shown(cell: Cell) -> str | None:
    if is_missing(cell):
        return None
    text = cell.strip() if isinstance(cell, str) else as_label(cell)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
