"""Repeats measurements and prints them: minimum, median and maximum, and ratios to a peer in the same run."""

import argparse
import gc
import json
import platform
import statistics
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table


@lru_cache(maxsize=1)
def options() -> argparse.Namespace:
    """What the command line asks for; of anything else it says that there is no such option, and ends."""
    parser = argparse.ArgumentParser(prog="scripts/bench NAME", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--quick", action="store_true", help="repeat less: to see that it works, not how fast it is")
    return parser.parse_args()


def usually(count: int, quick: int) -> int:
    """Return *count*, or *quick* where --quick is asked for."""
    return quick if options().quick else count


def in_turns(times: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Measure each of *measures* *times* times, after one time that does not count.

    They take turns, a b c a b c, so that a noisy moment strikes all of them alike.
    """
    found: list[list[float]] = [[] for _ in measures]
    for turn in range(times + 1):
        for measure, values in zip(measures, found, strict=True):
            gc.collect()
            value = measure()
            if turn:
                values.append(value)
    return found


class Limit(NamedTuple):
    """What a ratio, or a figure without a peer, is held against."""

    value: float
    at_least: bool = False

    def holds(self, found: float) -> bool:
        return found >= self.value if self.at_least else found <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}"


def at_most(value: float) -> Limit:
    return Limit(value)


def at_least(value: float) -> Limit:
    return Limit(value, at_least=True)


class Spread(NamedTuple):
    """Where the values of the repeats lie."""

    min: float
    median: float
    max: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(min(values), statistics.median(values), max(values))

    def __str__(self) -> str:
        low, middle, high = (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" for value in self)
        return middle if low == high else f"{middle} ({low} to {high})"


class Row(NamedTuple):
    """One line of a report."""

    work: str
    unit: str
    ours: Spread | None = None
    peer: str = ""
    theirs: Spread | None = None
    ratio: Spread | None = None
    must: Limit | None = None
    aim: Limit | None = None
    remark: str = ""
    """Why there is no figure."""

    @property
    def name(self) -> str:
        return f"{self.work} / {self.peer}" if self.peer else self.work

    @property
    def held(self) -> float | None:
        """The figure that *must* and *aim* are about."""
        spread = self.ratio or self.ours
        return None if spread is None else spread.median

    def plain(self) -> dict[str, Any]:
        """The row as JSON has it; of measurements without a peer the three figures stand by themselves."""
        facts: dict[str, Any] = {}
        if self.ours is not None and self.ratio is None:
            facts |= self.ours._asdict()
        for name in ("ours", "theirs", "ratio"):
            spread = getattr(self, name)
            if spread is not None and self.ratio is not None:
                facts[name] = spread._asdict()
        facts |= {"unit": self.unit} | {name: getattr(self, name) for name in ("peer", "remark") if getattr(self, name)}
        for name in ("must", "aim"):
            limit = getattr(self, name)
            if limit is not None:
                facts[name] = str(limit)
                facts[f"{name}_holds"] = None if self.held is None else limit.holds(self.held)
        return facts

    def cells(self) -> tuple[str, ...]:
        """The row as the table has it."""
        peer = f"{self.theirs} {self.peer}" if self.theirs else f"{self.peer}: {self.remark}" if self.remark else ""
        return (
            f"{self.work}, {self.unit}",
            "" if self.ours is None else str(self.ours),
            peer,
            "" if self.ratio is None else str(self.ratio),
            self._judged(self.must),
            self._judged(self.aim),
        )

    def _judged(self, limit: Limit | None) -> str:
        if limit is None or self.held is None:
            return "" if limit is None else str(limit)
        return f"{limit} {'yes' if limit.holds(self.held) else 'NO'}"


class Report:
    """Rows of figures, as a table or, with --json on the command line, as one object.

    Args:
        title: what has been measured.
        unit: of the rows that have none of their own.
    """

    def __init__(self, title: str, unit: str) -> None:
        self._title = title
        self._unit = unit
        self._rows: list[Row] = []
        self._notes: dict[str, Any] = {}
        self._as_json = options().json

    def add(
        self,
        name: str,
        values: list[float],
        *,
        unit: str | None = None,
        must: Limit | None = None,
        aim: Limit | None = None,
    ) -> float:
        """Add a row without a peer; return its median."""
        spread = Spread.of(values)
        self._append(Row(name, unit or self._unit, spread, must=must, aim=aim))
        return spread.median

    def pair(
        self,
        work: str,
        ours: list[float],
        peer: str,
        theirs: list[float],
        *,
        unit: str | None = None,
        must: Limit | None = None,
        aim: Limit | None = None,
    ) -> float:
        """Add a row of *ours* and *theirs*, measured `in_turns`; return the median of the ratios of each turn."""
        ratio = Spread.of([one / other for one, other in zip(ours, theirs, strict=True)])
        self._append(Row(work, unit or self._unit, Spread.of(ours), peer, Spread.of(theirs), ratio, must, aim))
        return ratio.median

    def absent(self, work: str, ours: list[float] | None, peer: str, advice: str) -> None:
        """Add a row whose peer is not there: *advice* says how to get it."""
        self._append(Row(work, self._unit, Spread.of(ours) if ours else None, peer, remark=advice))

    def note(self, name: str, value: Any) -> None:
        """Add a figure that is no measurement itself."""
        self._notes[name] = value

    def print(self) -> None:
        machine = f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
        if self._as_json:
            facts = {"title": self._title, "unit": self._unit, "machine": machine}
            print(json.dumps(facts | {row.name: row.plain() for row in self._rows} | self._notes))
            return
        console = Console()
        if not console.is_terminal:
            console.width = max(console.width, 180)  # a file can be scrolled, and has no width that could be found out
        console.print(self._table(machine))
        for name, value in self._notes.items():
            console.print(f"{name}: {value}", highlight=False)

    def _append(self, row: Row) -> None:
        self._rows.append(row)
        if not self._as_json:
            print("  " + "  |  ".join(cell for cell in row.cells() if cell), file=sys.stderr, flush=True)

    def _table(self, machine: str) -> Table:
        """Return the rows: median (min to max); columns that no row needs are left out."""
        table = Table(title=f"{self._title} ({machine}); median (min to max)", title_justify="left")
        rows = [row.cells() for row in self._rows]
        heads = ("work", "ours" if any(row.peer for row in self._rows) else "", "peer", "ratio", "must", "aim")
        used = [column for column in range(len(heads)) if any(row[column] for row in rows)]
        for column in used:
            table.add_column(heads[column], justify="left" if column in {0, 2} else "right")
        for row in rows:
            table.add_row(*(row[column] for column in used))
        return table
