"""The folder of a run: what it is of, its checkpoints, and a lock.

``run.json`` describes the run (`deepnet.persistence.run_description`), ``checkpoints`` holds its sealed steps
(`deepnet.persistence.checkpoints`), and ``lock`` keeps other processes out.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from deepnet.data.files import listed, one_line, read_file
from deepnet.errors import DataError
from deepnet.maths.model import Chain
from deepnet.persistence.checkpoints import Newest, first_whole, newest_whole, of_step, prune, write_checkpoint
from deepnet.persistence.folder_lock import LOCK, FolderLock
from deepnet.persistence.run_description import RunDescription, from_text, to_text
from deepnet.persistence.whole_file import write_whole
from deepnet.persistence.whole_folder import sync_folder
from deepnet.training.state import RunState

RUN = "run.json"
CHECKPOINTS = "checkpoints"
_PART = re.compile(r"\.deepnet-[0-9a-f]{16}\.part")


class RunFolder:
    """A run folder that this process has locked; made by `create` or `open`. Use it in a ``with`` block, or `close` it.

    Attributes:
        path: where it is.
        description: what the run is of.
        checkpoints: the folder of its checkpoints.
    """

    def __init__(self, path: Path, description: RunDescription, lock: FolderLock) -> None:
        self.path = path
        self.description = description
        self.checkpoints = path / CHECKPOINTS
        self._lock = lock

    @classmethod
    def create(cls, path: str | Path, description: RunDescription) -> Self:
        """Make a folder for a new run, or take one that is empty.

        Raises:
            DataError: something is in the folder, it cannot be written, or another process has it.
            InputError: the description holds something that cannot be kept in a file.
        """
        place, content = Path(path), to_text(description)
        try:
            new = not place.exists()
            place.mkdir(parents=True, exist_ok=True)
            _require_empty(place)  # before there is a lock in it, and once more with it
            lock = FolderLock(place)
            try:
                _require_empty(place)
                (place / CHECKPOINTS).mkdir(exist_ok=True)
                write_whole(place / RUN, content)
                if new:
                    sync_folder(place.parent)
            except BaseException:
                lock.release()
                raise
        except (OSError, ValueError) as error:
            if isinstance(error, DataError):
                raise
            reason = error.strerror if isinstance(error, OSError) else error
            advice = "give a path where a folder can be made"
            raise DataError(f"{one_line(str(path))}: cannot be made ({reason}): {advice}") from None
        return cls(place, from_text(str(place / RUN), content), lock)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Take the folder of a run that is there; see `require_same`.

        Raises:
            DataError: there is no run in it, it is damaged or newer, or another process has it.
        """
        place = Path(path)
        read_file(place / RUN)  # before there is a lock in a folder that is none of ours
        lock = FolderLock(place)
        try:
            description = from_text(one_line(str(place / RUN)), read_file(place / RUN))
        except BaseException:
            lock.release()
            raise
        return cls(place, description, lock)

    @staticmethod
    def describe(path: str | Path) -> RunDescription:
        """Return what the run in a folder is of, whoever has the folder.

        Raises:
            DataError: there is no run in it, or it is damaged or newer.
        """
        place = Path(path) / RUN
        return from_text(one_line(str(place)), read_file(place))

    def require_same(self, description: RunDescription) -> None:
        """Do nothing if what is about to run is what this folder is of; where they came from does not matter.

        Raises:
            DataError: it is not; the message says in what it differs.
        """
        if found := self.description.differences(description):
            advice = "go on with what it was begun with, or give another folder"
            raise DataError(f"{one_line(str(self.path))}: is of another run ({'; '.join(found)}): {advice}")

    def write(self, state: RunState) -> Path:
        """Write a checkpoint; see `write_checkpoint`."""
        return write_checkpoint(self.checkpoints, state)

    def newest(self) -> Newest:
        """Return the newest checkpoint that is whole; see `newest_whole`.

        Raises:
            DataError: it is not of this run's network, or see there.
        """
        newest = newest_whole(self.checkpoints)
        if newest.state is not None and (found := _misfit(newest.state, self.description)):
            raise DataError(f"{one_line(str(newest.path))}: is of another network ({found}): take it out of the folder")
        return newest

    def read(self, step: int) -> RunState:
        """Return the newest whole checkpoint of *step*; see `deepnet.persistence.checkpoints.of_step`.

        Raises:
            DataError: there is none, or it is not of this run's network.
        """
        state = of_step(self.checkpoints, step)
        if found := _misfit(state, self.description):
            raise DataError(f"{one_line(str(self.path))}: step {step} is of another network ({found})")
        return state

    def first(self) -> RunState | None:
        """Return the state that the run began with; None if it is not there, or damaged."""
        state = first_whole(self.checkpoints)
        return None if state is None or _misfit(state, self.description) else state

    def prune(self, keep: int = 3, best: int | None = None) -> tuple[Path, ...]:
        """Remove old checkpoints; see `deepnet.persistence.checkpoints.prune`."""
        return prune(self.checkpoints, keep, best)

    def close(self) -> None:
        """Let other processes have the folder."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _require_empty(place: Path) -> None:
    """Raise DataError unless nothing is in *place* but what a `create` that was broken off may have left."""
    name = one_line(str(place))
    if (place / RUN).exists():
        raise DataError(f"{name}: holds a run already: go on with it, or give another folder")
    if others := sorted(_foreign(place)):
        raise DataError(f"{name}: holds other things ({listed(others, 3)}): give a new folder, or an empty one")


def _foreign(place: Path) -> Iterator[str]:
    for path in place.iterdir():
        ours = path.name == LOCK or _PART.fullmatch(path.name)
        if not ours and not (path.name == CHECKPOINTS and path.is_dir() and not any(path.iterdir())):
            yield path.name


def _misfit(state: RunState, description: RunDescription) -> str | None:
    """Say in what a checkpoint does not fit the network that the run is of, or has become since."""
    setup = state.setup
    model = description.model if setup is None else setup.model
    plan = description.plan if setup is None or setup.plan is None else setup.plan
    slots = len(plan.optimizer.slots)
    # Layers grow and shrink; how many there are, and what goes into the network and comes out, stays.
    if _outline(model) != _outline(description.model):
        return f"it has {_outline(model)}, the run has {_outline(description.model)}"
    wanted = [((layer.neurons, layer.inputs + 1), description.dtype, slots) for layer in model.dense]
    found = [
        (rows.shape, rows.dtype.name, len(of_layer)) for rows, of_layer in zip(state.rows, state.slots, strict=True)
    ]
    if len(found) != len(wanted):
        return f"it has {len(found)} dense layers, the run has {len(wanted)}"
    for index, (one, other) in enumerate(zip(found, wanted, strict=True)):
        if one != other:
            return f"dense_{index} has rows, dtype and slots {one}, the run has {other}"
    return None


def _outline(model: Chain) -> str:
    return f"{len(model.dense)} dense layers, {model.inputs} inputs and {model.outputs} outputs"
