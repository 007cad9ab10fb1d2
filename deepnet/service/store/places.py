"""Where things lie is the business of whoever runs a service, not of everybody who is answered by it."""

import os
import re
from functools import lru_cache
from pathlib import Path


def without_place(text: str, folder: Path) -> str:
    """Return *text* with what lies in *folder* called by its path from there, and the folder by what it is."""
    if os.sep not in text:
        return text
    return _named(folder).sub(lambda found: "" if found[0].endswith(os.sep) else "the data directory", text)


@lru_cache(maxsize=8)
def _named(folder: Path) -> re.Pattern[str]:
    names = {str(folder.absolute()), str(folder.resolve())}
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(longest_first)})(?:{re.escape(os.sep)}|(?![\w.-]))")
