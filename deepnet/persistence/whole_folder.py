"""Writing a folder of files so that it is there as a whole or not at all, and knowing whether it is still whole.

Beside its files such a folder has ``SHA256SUMS``, which ``sha256sum --check SHA256SUMS`` reads too.
"""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from deepnet.data.files import one_line, read_file
from deepnet.errors import DataError

SUMS = "SHA256SUMS"
_HIDDEN = ".deepnet-"
_LINE = re.compile(r"([0-9a-f]{64})  ([a-z0-9._-]+)")


def write_folder(place: Path, files: Mapping[str, bytes]) -> None:
    """Write *files* to a hidden folder beside *place*, bring it to the disk, and rename it to *place*.

    Args:
        place: where it is to be; nothing may be there.
        files: what they hold, by name; a name is of small letters, digits, dots, dashes and underlines.

    Raises:
        DataError: it could not be written, and nothing is left of it; or, of a failing disk, only its name is not
            known to be safe, and all of it is there.
    """
    hidden = place.parent / f"{_HIDDEN}{secrets.token_hex(8)}"
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    try:
        try:
            hidden.mkdir()
            for name, content in {**files, SUMS: sums.encode()}.items():
                _write(hidden / name, content)
            sync_folder(hidden)
            hidden.rename(place)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
        sync_folder(place.parent)
    except OSError as error:
        advice = "give it room on a disk that takes files"
        raise DataError(f"{one_line(str(place))}: cannot be written ({error.strerror}): {advice}") from None


def read_folder(place: Path) -> dict[str, bytes]:
    """Return the files that ``SHA256SUMS`` names, by name.

    Raises:
        DataError: one is missing, or is not what was written.
    """
    where = one_line(str(place))
    text = read_file(place / SUMS).decode("ascii", errors="replace")
    lines = [_LINE.fullmatch(line) for line in text.split("\n")[:-1]]
    files = {}
    for line in lines:
        if line is None:
            break
        content = read_file(place / line[2])
        if hashlib.sha256(content).hexdigest() != line[1]:
            raise DataError(f"{where}: is damaged ({line[2]} is not what was written): use an older one")
        files[line[2]] = content
    if not text.endswith("\n") or len(files) != len(lines):
        raise DataError(f"{where}: is damaged ({SUMS} is not what was written): use an older one")
    return files


def remove_folder(place: Path) -> None:
    """Remove a folder in such a way that there is never a part of it under its name.

    Raises:
        DataError: it cannot be removed.
    """
    hidden = place.parent / f"{_HIDDEN}{secrets.token_hex(8)}"
    try:
        place.rename(hidden)
        shutil.rmtree(hidden)
    except OSError as error:
        raise DataError(f"{one_line(str(place))}: cannot be removed ({error.strerror}): remove it by hand") from None


def sweep(folder: Path) -> None:
    """Remove what is left in *folder* of writing and removing that was broken off; not while either goes on."""
    for left in folder.glob(f"{_HIDDEN}*"):
        shutil.rmtree(left, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Bring to the disk which names are in *folder*.

    Raises:
        OSError: that failed.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
