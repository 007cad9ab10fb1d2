"""``service.json`` in the data folder, from the service's side: it is written, and taken away in the end."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from deepnet.data.files import one_line
from deepnet.errors import StorageError
from deepnet.wire.runtime import FILE, Runtime, read_runtime

__all__ = ["FILE", "Runtime", "read_runtime", "remove_runtime", "write_runtime"]


def write_runtime(folder: str | Path, runtime: Runtime) -> None:
    """Put ``service.json`` into a data folder, for its owner only; one that was there is replaced in an instant.

    Raises:
        StorageError: it could not be written.
    """
    place = Path(folder) / FILE
    part = place.with_name(f".deepnet-{secrets.token_hex(8)}.part")
    try:
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(runtime), file)
                file.write("\n")
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        reason = f"could not be written ({error.strerror})"
        raise StorageError(f"{one_line(str(place))}: {reason}: look at the disk and the folder") from None


def remove_runtime(folder: str | Path) -> None:
    """Take the file away; if it is not there, or cannot be taken away, nothing happens."""
    with suppress(OSError):
        (Path(folder) / FILE).unlink()
