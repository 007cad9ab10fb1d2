"""The files of the dashboard as they were built: by name, and by no path."""

import gzip
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from deepnet.errors import DeepnetError

STATIC = Path(__file__).parent / "static"
PAGE = "index.html"
HOW_TO_BUILD = "run 'npm ci --ignore-scripts && node build.mjs' in deepnet/dashboard/web"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""By the end of the name; what ends otherwise is nobody's to give."""
_HASHED = re.compile(r"[\w-]+\.[A-Z0-9]{8}\.\w+")


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file to give to a browser.

    Attributes:
        content: its bytes.
        media_type: of HTTP.
        immutable: whether other bytes would have another name, so that it may be kept for ever.
    """

    content: bytes
    media_type: str
    immutable: bool

    def packed(self) -> bytes:
        """Return the content as gzip, a third of its size."""
        return _packed(self.content)


def built_file(name: str, folder: Path = STATIC) -> BuiltFile | None:
    """Return the file of that *name*; None if there is none.

    It is looked for in the listing of the folder: no name leads out of it, or into a folder within.

    Raises:
        DeepnetError: there is no dashboard at all; the message says how it is built.
    """
    media_type = MEDIA_TYPES.get(Path(name).suffix)
    if name not in built_names(folder) or media_type is None:
        return None
    try:
        return BuiltFile((folder / name).read_bytes(), media_type, _HASHED.fullmatch(name) is not None)
    except FileNotFoundError:  # it is being built anew just now
        return None


def built_page(folder: Path = STATIC) -> BuiltFile:
    """Return the page that everything else is loaded by.

    Raises:
        DeepnetError: there is none; the message says how it is built.
    """
    page = built_file(PAGE, folder)
    if page is None:
        raise _not_built()
    return page


def built_names(folder: Path = STATIC) -> frozenset[str]:
    """Return the names of all files there are.

    Raises:
        DeepnetError: there is no dashboard at all; the message says how it is built.
    """
    try:
        return frozenset(entry.name for entry in folder.iterdir() if entry.is_file())
    except (FileNotFoundError, NotADirectoryError):
        raise _not_built() from None


@lru_cache(maxsize=64)  # as many as there are files, about
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _not_built() -> DeepnetError:
    return DeepnetError(f"the dashboard has not been built: {HOW_TO_BUILD}")
