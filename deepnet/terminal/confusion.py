"""A confusion matrix in text."""

from collections.abc import Iterator

from deepnet.data.files import one_line
from deepnet.plots.figures import Matrix

LONGEST_LABEL = 12


def confusion_lines(matrix: Matrix, width: int) -> Iterator[str]:
    """Yield the matrix, a line a true class; if it is wider than *width*, what each class was mostly taken for."""
    labels = [_cut(one_line(label), LONGEST_LABEL) for label in matrix.labels]
    digits = max(len(str(count)) for row in matrix.counts for count in row)
    first = max(len("true"), *map(len, labels)) + 2
    room = (width - first) // len(labels) - 2
    if room >= digits and room >= min(3, max(map(len, labels))):
        cell = min(room, max(digits, *map(len, labels)))
        yield from _table(matrix, labels, first, cell)
    else:
        yield from _confusions(matrix, labels, first)


def _table(matrix: Matrix, labels: list[str], first: int, cell: int) -> Iterator[str]:
    yield " " * first + "  predicted"
    yield "true".ljust(first) + "".join(f"  {_cut(label, cell):>{cell}}" for label in labels)
    for label, row in zip(labels, matrix.counts, strict=True):
        yield label.ljust(first) + "".join(f"  {count:>{cell}}" for count in row)


def _confusions(matrix: Matrix, labels: list[str], first: int) -> Iterator[str]:
    yield f"{'true'.ljust(first)}{'rows':>8}{'right':>8}   mostly taken for"
    for index, (label, row) in enumerate(zip(labels, matrix.counts, strict=True)):
        wrong = [(count, other) for other, count in enumerate(row) if other != index and count]
        # Of equals the first class, as everywhere.
        most = max(wrong, key=lambda pair: (pair[0], -pair[1]), default=None)
        taken = f"{labels[most[1]]} ({most[0]})" if most else "-"
        yield f"{label.ljust(first)}{sum(row):>8}{row[index]:>8}   {taken}"


def _cut(label: str, width: int) -> str:
    return label if len(label) <= width else label[: max(1, width - 1)] + ("~" if width > 1 else "")
