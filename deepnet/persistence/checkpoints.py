"""Checkpoints: the sealed steps of a run in a folder each, whole or not there, and checked when they are read.

A checkpoint of step 120 is the folder ``step-000000120``. What is there is never replaced: a second one of the same
step is ``step-000000120-2``, a third one ``-3``, and the last of them counts. One of a network that somebody has
changed five times is ``change-000005-step-000000120``: it is newer than all with fewer changes, for a run that is
rewound comes to its steps again.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from deepnet.data.files import listed, one_line
from deepnet.errors import DataError
from deepnet.maths.checks import whole_number
from deepnet.persistence.run_state_files import FACTS, TENSORS, from_files, require_known_format, to_files
from deepnet.persistence.whole_folder import read_folder, remove_folder, sweep, write_folder
from deepnet.training.state import RunState, changes_of

_NAME = re.compile(r"(?:change-([0-9]{6,})-)?step-([0-9]{9,})(?:-([1-9][0-9]*))?")


class Newest(NamedTuple):
    """What a folder of checkpoints has to offer.

    Attributes:
        state: of the newest whole one; None without any, and the run begins at its beginning.
        path: where it is.
        problems: what is wrong with each newer one, a line each.
    """

    state: RunState | None
    path: Path | None
    problems: tuple[str, ...]


class Kept(NamedTuple):
    """A whole checkpoint that is there."""

    step: int
    change: int
    """How often somebody had changed the network by then."""
    written: float
    """When, in seconds since 1970."""
    bytes: int
    path: Path


class _Entry(NamedTuple):
    """A checkpoint by its name; they sort from old to new, also where a run has been rewound."""

    change: int
    step: int
    copy: int
    path: Path


def write_checkpoint(folder: Path, state: RunState) -> Path:
    """Write *state* into a new folder in *folder*; it is on the disk when this returns.

    Raises:
        DataError: it could not be written; nothing is left of it, and older ones are what they were.
        InputError: the state holds something of your own making that cannot be kept in a file.
    """
    change, step = changes_of(state), state.position.step
    name = f"change-{change:06}-step-{step:09}" if change else f"step-{step:09}"
    copies = [entry.copy for entry in _entries(folder) if (entry.change, entry.step) == (change, step)]
    if copies:
        name += f"-{max(copies) + 1}"
    write_folder(folder / name, to_files(state))
    return folder / name


def read_checkpoint(path: Path) -> RunState:
    """Return the state in this checkpoint, once everything in it has been checked; its arrays are new.

    Raises:
        DataError: it is missing, damaged, something else, or of a newer format.
    """
    return _state(path, _whole(path))


def newest_whole(folder: Path) -> Newest:
    """Return the newest checkpoint that is whole, and what is wrong with newer ones.

    Raises:
        DataError: the folder cannot be read, or a whole one is of a newer format: to take an older one would
            lose what a newer deepnet has done.
    """
    problems = []
    for entry in reversed(_entries(folder)):
        try:
            files = _whole(entry.path)
        except DataError as error:
            problems.append(str(error))
            continue
        require_known_format(one_line(str(entry.path)), files[FACTS])
        try:
            return Newest(_state(entry.path, files), entry.path, tuple(problems))
        except DataError as error:
            problems.append(str(error))
    return Newest(None, None, tuple(problems))


def of_step(folder: Path, step: int) -> RunState:
    """Return the newest whole checkpoint of *step*.

    Raises:
        DataError: there is none; the message says of which steps there are.
    """
    whole = [entry for entry in _entries(folder) if _is_whole(entry.path)]
    for entry in reversed(whole):
        if entry.step == step:
            return read_checkpoint(entry.path)
    there = listed(sorted({entry.step for entry in whole}))
    raise DataError(f"{one_line(str(folder))}: has no checkpoint of step {step}: there are those of {there or 'none'}")


def kept(folder: Path) -> tuple[Kept, ...]:
    """Return the whole checkpoints there are, oldest first; of more copies of a step the last one only.

    Raises:
        DataError: the folder cannot be read.
    """
    found = {}
    for entry in _entries(folder):
        if _is_whole(entry.path):
            with suppress(OSError):  # it may be pruned this moment
                sizes = [file.stat().st_size for file in entry.path.iterdir()]
                written = entry.path.stat().st_mtime
                found[entry.change, entry.step] = Kept(entry.step, entry.change, written, sum(sizes), entry.path)
    return tuple(found.values())


def first_whole(folder: Path) -> RunState | None:
    """Return the checkpoint that a run began with; None if it is not there, or damaged."""
    first = _first(_entries(folder))
    return read_checkpoint(first.path) if first is not None and _is_whole(first.path) else None


def prune(folder: Path, keep: int = 3, best: int | None = None) -> tuple[Path, ...]:
    """Remove all checkpoints but the newest *keep* whole ones and the one of step *best*; return what was removed.

    The one that the run began with stays, too: it may be put back to its beginning. Damaged ones are removed once there
    are *keep* newer ones. What unfinished writes have left is removed too, so call it only while nothing is being
    written.

    Raises:
        InputError: *keep* is not a whole number of 1 or more.
        DataError: something cannot be removed.
    """
    whole_number("how many checkpoints to keep", keep, at_least=1)
    sweep(folder)
    removed: list[Path] = []
    kept: set[int] = set()
    entries = _entries(folder)
    first = _first(entries)
    for entry in reversed(entries):
        wanted = entry.step not in kept and (len(kept) < keep or entry.step == best)
        if wanted and _is_whole(entry.path):
            kept.add(entry.step)
        elif (entry.step in kept or len(kept) >= keep) and entry != first:
            remove_folder(entry.path)
            removed.append(entry.path)
    return tuple(removed)


def _first(entries: list[_Entry]) -> _Entry | None:
    """Return the one that the run began with: its network may have been changed before that."""
    return entries[0] if entries and (entries[0].step, entries[0].copy) == (0, 1) else None


def _entries(folder: Path) -> list[_Entry]:
    try:
        return sorted(_named(folder))
    except OSError as error:
        raise DataError(
            f"{one_line(str(folder))}: checkpoints cannot be looked for ({error.strerror}): give the folder of a run"
        ) from None


def _named(folder: Path) -> Iterator[_Entry]:
    for path in folder.iterdir():
        if name := _NAME.fullmatch(path.name):
            yield _Entry(int(name[1] or 0), int(name[2]), int(name[3] or 1), path)


def _whole(path: Path) -> dict[str, bytes]:
    files = read_folder(path)
    if FACTS not in files:
        raise DataError(f"{one_line(str(path))}: is no checkpoint of deepnet ({FACTS} is missing): use another one")
    return files


def _state(path: Path, files: dict[str, bytes]) -> RunState:
    return from_files(one_line(str(path)), _facts(path, files), files[TENSORS])


def _facts(path: Path, files: dict[str, bytes]) -> dict[str, Any]:
    name = one_line(str(path))
    facts = require_known_format(name, files[FACTS])
    if files.keys() != {FACTS, TENSORS}:  # sums of which the last line is missing vouch for too little
        raise DataError(f"{name}: is a damaged checkpoint (it holds {', '.join(sorted(files))}): use an older one")
    return facts


def _is_whole(path: Path) -> bool:
    try:
        files = [file.stat() for file in sorted(path.iterdir())]
    except OSError:
        return False
    return _was_whole(path, tuple((file.st_ino, file.st_mtime_ns, file.st_size) for file in files))


@lru_cache(maxsize=64)  # each checkpoint is pruned past several times, and would be read each time
def _was_whole(path: Path, _stamp: tuple[tuple[int, int, int], ...]) -> bool:
    try:
        _facts(path, _whole(path))
    except DataError:
        return False
    return True
