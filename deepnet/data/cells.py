"""What one cell of a table says: a number, a truth, nothing, or text."""

MISSING = frozenset({"", "na", "n/a", "?", "null"})
"""What stands for a value that is not there, in small letters. ``nan`` does not: it is a number that went wrong."""

TRUTHS = {"TRUE": 1.0, "True": 1.0, "true": 1.0, "FALSE": 0.0, "False": 0.0, "false": 0.0}


def is_missing(text: str) -> bool:
    """Return whether the cell holds no value."""
    return text.strip().lower() in MISSING


def as_number(text: str) -> float | None:
    """Return the number in a cell, 1 or 0 for a truth, None for text.

    The number may be nan or infinite (``nan``, ``inf``, ``1e999``); whoever wants it finite checks.
    """
    text = text.strip()
    if text in TRUTHS:
        return TRUTHS[text]
    # Python reads 1_000 and digits of every script as numbers; in a table they are text.
    if "_" in text or not text.isascii():
        return None
    try:
        return float(text)
    except ValueError:
        return None
