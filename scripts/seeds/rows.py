"""Prints acceptance rows: the figure to reach, the figure reached, and whether it was."""

import statistics
import sys
from collections.abc import Sequence


class Rows:
    """Collects rows and prints each as it comes; `end` exits with 1 if one was missed."""

    def __init__(self) -> None:
        self._missed = 0

    def row(self, name: str, wanted: str, reached: str, holds: bool) -> None:
        self._missed += not holds
        self._print(name, "ok" if holds else "MISS", wanted, reached)

    def beside(self, name: str, what: str, reached: str) -> None:
        """Print a figure that is good to know beside a row, and is no row."""
        self._print(name, "also", what, reached)

    def unmeasured(self, name: str, wanted: str, why: str) -> None:
        """Print a row of which nothing can be said: what it needs is not here, or not built yet."""
        self._print(name, "--", wanted, why)

    def end(self) -> None:
        sys.exit(1 if self._missed else 0)

    def _print(self, name: str, mark: str, wanted: str, reached: str) -> None:
        print(f"{name:<6} {mark:<4}  {wanted:<62} {reached}", flush=True)


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Return lowest, median and highest of *values*."""
    return " / ".join(f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
