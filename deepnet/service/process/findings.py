"""What an examination finds, and the checks that need nothing of the service but its folder."""

import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from deepnet.service.store.data_folder import MIN_FREE

OLDEST_PYTHON = (3, 11)
PLENTY_FREE = 1 << 30
_PACKAGES = ("deepnet", "numpy", "pykka", "fastapi", "uvicorn", "websockets", "safetensors", "textual", "httpx2")
_BUILT = 1_767_225_600  # 2026 began
_SKEW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what.
        verdict: ok, warn or fail.
        detail: what was found, in one line.
        advice: what to do, in one line; empty where nothing is to be done.
    """

    subject: str
    verdict: Literal["ok", "warn", "fail"]
    detail: str
    advice: str = ""


def ok(subject: str, detail: str) -> Finding:
    """Return that it is as it should be."""
    return Finding(subject, "ok", _one_line(detail))


def warn(subject: str, detail: str, advice: str) -> Finding:
    """Return that it works, and might not for long, or not well."""
    return Finding(subject, "warn", _one_line(detail), advice)


def fail(subject: str, detail: str, advice: str) -> Finding:
    """Return that it does not work."""
    return Finding(subject, "fail", _one_line(detail), advice)


def guarded(subject: str, check: Callable[[], Iterable[Finding]]) -> Iterable[Finding]:
    """Carry out a check; one that fails itself is a finding, and keeps no other from being made."""
    try:
        yield from check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are still of use
        reason = str(error) or type(error).__name__
        yield fail(
            subject, f"could not be looked at ({reason})", "look at what is named, and report it if that is fine"
        )


def examine_python() -> Iterable[Finding]:
    """Look at the interpreter, and at what is installed."""
    running = platform.python_version()
    if sys.version_info >= OLDEST_PYTHON:
        yield ok("python", f"{platform.python_implementation()} {running}")
    else:
        yield fail("python", f"{running} is too old", "use Python 3.11 or newer")
    if find_spec("numba"):
        yield ok("kernels", f"numba {version('numba')} compiles them")
    else:
        yield warn("kernels", "numba is not installed, so numpy computes, slower", "run 'pip install numba'")
    there, missing = [], []
    for package in _PACKAGES:
        try:
            there.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        yield fail("packages", f"not installed: {', '.join(missing)}", "run 'pip install --force-reinstall deepnet'")
    else:
        yield ok("packages", ", ".join(there))


def examine_disk(data_dir: Path) -> Iterable[Finding]:
    """Look at how much room there is."""
    above = next(each for each in (data_dir, *data_dir.parents) if each.is_dir())
    free = shutil.disk_usage(above).free
    room = f"{free >> 20} MiB are free at {above}"
    if free < MIN_FREE:
        yield fail("disk", room, f"free some space: a service needs {MIN_FREE >> 20} MiB to begin")
    elif free < PLENTY_FREE:
        yield warn("disk", room, "free some space before it is needed")
    else:
        yield ok("disk", room)


def examine_clock(data_dir: Path, now: Callable[[], float] = time.time) -> Iterable[Finding]:
    """Look at whether the clock can be right; what is kept tells the time at which it was written."""
    known = [_BUILT, *(path.stat().st_mtime for path in data_dir.glob("service.*") if path.is_file())]
    ahead = max(known) - now()
    if ahead > _SKEW_SECONDS:
        yield warn("clock", f"it is {ahead:.0f} s behind what was written before", "set the clock: 'timedatectl'")
    else:
        yield ok("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now())))


def _one_line(text: str) -> str:
    return " ".join(text.split())
