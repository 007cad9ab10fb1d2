"""Reading a whole file, and naming it, its columns and its values in messages that stay on one line."""

import gzip
import zlib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from deepnet.errors import DataError

GZIP_MAGIC = b"\x1f\x8b"

LONGEST_VALUE = 40
LONGEST_LIST = 20


def one_line(text: str) -> str:
    """Return *text* as it is, or quoted and escaped where printing it would break the line."""
    return text if text.isprintable() and text else repr(text)


def quoted(value: str) -> str:
    """Return *value* in quotes, cut to a length that can be read."""
    return repr(value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}...")


def listed(names: Sequence[object], most: int = LONGEST_LIST) -> str:
    """Return the first *most* names with commas, and how many more there are."""
    shown = ", ".join(one_line(str(name)) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a question such as `` (did you mean 'mpg'?)``, or nothing when no known name is like *name*."""
    by_small_letters = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), by_small_letters, n=1)
    return f" (did you mean {quoted(by_small_letters[found[0]])}?)" if found else ""


def read_file(path: str | Path) -> bytes:
    """Return what is in the file.

    Raises:
        DataError: it is missing, a directory, or cannot be read.
    """
    name = one_line(str(path))
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise DataError(f"{name}: there is no such file: check the path") from None
    except IsADirectoryError:
        raise DataError(f"{name}: this is a directory: give the path of a file in it") from None
    except PermissionError:
        raise DataError(f"{name}: no permission to read this file: change it with chmod, or read a copy") from None
    except (OSError, ValueError) as error:
        # ValueError: a path with a NUL in it.
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"{name}: cannot be read ({reason}): check the path") from None


def unpacked(path: str | Path, content: bytes, name: str) -> bytes:
    """Return what *content* holds if it is packed with gzip, and *content* itself if it is not.

    Args:
        path: where it was read; from a name that ends in ``.gz`` nothing else is taken.
        content: the whole file.
        name: what to call it in messages.

    Raises:
        DataError: it breaks off, is damaged, or is no gzip though its name says so.
    """
    if not content.startswith(GZIP_MAGIC):
        if str(path).lower().endswith(".gz") and content:
            raise DataError(f"{name}: is not packed with gzip, though its name says so: rename it without .gz")
        return content
    try:
        return gzip.decompress(content)
    except EOFError:
        reason = f"breaks off after {len(content)} bytes of gzip"
    except (gzip.BadGzipFile, zlib.error) as error:
        reason = f"is damaged gzip ({one_line(str(error))})"
    raise DataError(f"{name}: {reason}: fetch or pack the file again")
