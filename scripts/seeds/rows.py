"""Prints acceptance rows: the figure to reach, the figure reached, and whether it was."""

import sys


class Rows:
    """Collects rows and prints each as it comes; `end` exits with 1 if one was missed."""

    def __init__(self) -> None:
        self._missed = 0

    def row(self, name: str, wanted: str, reached: str, holds: bool) -> None:
        self._missed += not holds
        print(f"{name:<6} {'ok  ' if holds else 'MISS'}  {wanted:<58} {reached}", flush=True)

    def end(self) -> None:
        sys.exit(1 if self._missed else 0)
