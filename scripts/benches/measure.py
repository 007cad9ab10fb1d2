"""Repeats measurements and prints them: minimum, median and maximum, and ratios to a peer in the same run."""

import json
import platform
import statistics
import sys
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table


def repeat(measure: Callable[[], float], times: int) -> list[float]:
    """Measure *times* times, after one time that does not count."""
    measure()
    return [measure() for _ in range(times)]


class Report:
    """Rows of figures in one unit, as a table or, with --json on the command line, as one object."""

    def __init__(self, title: str, unit: str) -> None:
        self._title = title
        self._unit = unit
        self._rows: dict[str, dict[str, float]] = {}
        self._notes: dict[str, Any] = {}
        self._as_json = "--json" in sys.argv[1:]

    def add(self, name: str, values: list[float]) -> float:
        """Add a row; return its median."""
        row = {"min": min(values), "median": statistics.median(values), "max": max(values)}
        self._rows[name] = row
        if not self._as_json:
            print(f"  {name}: {row['median']:.3g} {self._unit}", file=sys.stderr, flush=True)
        return row["median"]

    def note(self, name: str, value: Any) -> None:
        """Add a figure that is no measurement itself, such as a ratio."""
        self._notes[name] = value

    def print(self) -> None:
        machine = f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
        if self._as_json:
            print(
                json.dumps({"title": self._title, "unit": self._unit, "machine": machine, **self._rows, **self._notes})
            )
            return
        table = Table(title=f"{self._title} ({self._unit}; {machine})", title_justify="left")
        for column in ("", "min", "median", "max"):
            table.add_column(column, justify="left" if not column else "right")
        for name, row in self._rows.items():
            table.add_row(name, *(f"{value:.3g}" for value in row.values()))
        console = Console()
        console.print(table)
        for name, value in self._notes.items():
            console.print(f"{name}: {value}", highlight=False)
