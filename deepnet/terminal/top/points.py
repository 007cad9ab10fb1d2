"""The epochs of a run that goes on for weeks, in a room that does not grow."""

from collections.abc import Iterable, Mapping
from typing import Any

MOST = 2000
"""Records that are kept: many more than a terminal has columns."""

Record = Mapping[str, Any]


class Points:
    """Epoch records, thinned out evenly when there are too many: the first and the last are always there.

    Attributes:
        run: whose they are.
        told: how often something new has been taken in.
    """

    def __init__(self) -> None:
        self.run: str | None = None
        self.told = 0
        self._records: list[Record] = []

    def __len__(self) -> int:
        return len(self._records)

    def curve(self, figure: str = "loss") -> list[tuple[float, float]]:
        """Return (epoch, figure) of each epoch in which that figure, or the loss, was a number."""
        values = ((float(record["epoch"]), figure_of(record, figure)) for record in self._records)
        return [(epoch, value) for epoch, value in values if value is not None]

    def take(self, told: Mapping[str, Any]) -> None:
        """Take in what the topic ``history`` brings: the run, after which epoch its records are, and these."""
        if told["run"] != self.run or not told["after"]:
            self.run = told["run"]
            self._records = []
        self.told += 1
        self.add(told["records"])

    def add(self, records: Iterable[Record]) -> None:
        """Take in epoch records as plain data; those of epochs that are there already take their place.

        A run that was rewound, or put back to a checkpoint, tells earlier epochs again.
        """
        for record in records:
            while self._records and self._records[-1]["epoch"] >= record["epoch"]:
                self._records.pop()
            self._records.append(record)
        if len(self._records) > MOST:
            self._records = [*self._records[:-1:2], self._records[-1]]


def figure_of(record: Record, figure: str) -> float | None:
    """Return a figure of an epoch record; its loss where that figure was not measured; None if it is no number."""
    value = record.get("loss") if figure == "loss" else (record.get("metrics") or {}).get(figure)
    if value is None and figure.startswith("validation_"):
        value = (record.get("validation") or {}).get(figure.removeprefix("validation_"))
    value = record.get("loss") if value is None else value
    return None if value is None else float(value)
