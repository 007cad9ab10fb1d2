"""What the epochs of a run came to, as plain data: records, and files of them."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deepnet.data.files import one_line, read_file
from deepnet.errors import DataError

VALIDATION = "validation_"
"""What names of figures begin with that were measured on the rows held out."""

_FIXED = ("epoch", "step", "loss", "learning_rate", "seconds")


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch came to.

    Attributes:
        epoch: its number, from 1.
        step: the steps sealed by its end.
        loss: the mean loss over its rows, each measured just before its own update; nan if it was halted before any.
        metrics: measured on all training rows with the weights sealed at its end; those that were asked for.
            Of a stream, whose rows are seen once, they are measured as the loss is.
        validation: the same and the loss on the rows that were held out; empty without any.
        learning_rate: of its last step.
        seconds: from the beginning of the run to its end, on the clock; it takes no part in comparisons.
    """

    epoch: int
    step: int
    loss: float
    metrics: dict[str, float]
    validation: dict[str, float]
    learning_rate: float = math.nan
    seconds: float = field(default=math.nan, compare=False)

    def figure(self, name: str) -> float:
        """Return ``loss``, a metric, or ``validation_`` and one of these; nan if it was not measured."""
        if name == "loss":
            return self.loss
        if name.startswith(VALIDATION):
            return self.validation.get(name.removeprefix(VALIDATION), math.nan)
        return self.metrics.get(name, math.nan)

    def flat(self) -> dict[str, float]:
        """Return all figures under the names that `figure` knows, after the epoch, the step and the clock."""
        flat: dict[str, float] = {name: getattr(self, name) for name in _FIXED}
        return flat | self.metrics | {f"{VALIDATION}{name}": value for name, value in self.validation.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain data that `record_from_dict` takes back; numbers stay what they are, nan too."""
        fixed = {name: getattr(self, name) for name in _FIXED}
        return {**fixed, "metrics": dict(self.metrics), "validation": dict(self.validation)}


def record_from_dict(data: Mapping[str, Any]) -> EpochRecord:
    """Return the record that `EpochRecord.to_dict` described; a null is nan.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, OverflowError: the data describe no record.
    """
    return EpochRecord(
        int(data["epoch"]),
        int(data["step"]),
        _number(data["loss"]),
        {name: _number(value) for name, value in data["metrics"].items()},
        {name: _number(value) for name, value in data["validation"].items()},
        _number(data["learning_rate"]),
        _number(data["seconds"]),
    )


def to_json(records: Iterable[EpochRecord]) -> str:
    """Return a JSON list with an object an epoch; what is no finite number is null."""
    objects = [
        {
            **{name: _plain(getattr(record, name)) for name in _FIXED},
            "metrics": {name: _plain(value) for name, value in record.metrics.items()},
            "validation": {name: _plain(value) for name, value in record.validation.items()},
        }
        for record in records
    ]
    return json.dumps(objects, indent=1, allow_nan=False) + "\n"


def to_csv(records: Sequence[EpochRecord]) -> str:
    """Return CSV: a line an epoch under the names of the figures; what is no finite number is left empty."""
    rows = [record.flat() for record in records]
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(_FIXED)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        cells = (_plain(row.get(name, math.nan)) for name in names)
        writer.writerow("" if cell is None else cell for cell in cells)
    return text.getvalue()


def read_history(path: str | Path) -> tuple[EpochRecord, ...]:
    """Read a file that holds what `to_json` or, if its name ends in ``.csv``, `to_csv` gave.

    Raises:
        DataError: it cannot be read, or is something else.
    """
    name, content = one_line(str(path)), read_file(path)
    try:
        text = content.decode("utf-8")
        return _from_csv(text) if str(path).lower().endswith(".csv") else _from_json(text)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, csv.Error):
        raise DataError(f"{name}: is no history of a run: give a file made with --history") from None


def _from_json(text: str) -> tuple[EpochRecord, ...]:
    return tuple(record_from_dict(entry) for entry in _as_list(json.loads(text)))


def _from_csv(text: str) -> tuple[EpochRecord, ...]:
    records = []
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if not {*_FIXED} <= {*(reader.fieldnames or ())}:
        raise ValueError(reader.fieldnames)
    for row in reader:
        others = {name: _number(value) for name, value in row.items() if name not in _FIXED}
        records.append(
            EpochRecord(
                int(row["epoch"]),
                int(row["step"]),
                _number(row["loss"]),
                {name: value for name, value in others.items() if not name.startswith(VALIDATION)},
                {name.removeprefix(VALIDATION): value for name, value in others.items() if name.startswith(VALIDATION)},
                _number(row["learning_rate"]),
                _number(row["seconds"]),
            )
        )
    return tuple(records)


def _as_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(type(value))
    return value


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: Any) -> float:
    return math.nan if value is None or value == "" else float(value)
