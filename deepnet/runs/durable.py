"""Runs that outlive their process: a folder that holds what the run is of and its sealed steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from deepnet.actors.keeper import Keeper
from deepnet.errors import DataError, InputError
from deepnet.maths.checks import positive_number, whole_number
from deepnet.persistence.run_description import RunDescription
from deepnet.persistence.run_folder import RUN, RunFolder
from deepnet.training.plan import Plan
from deepnet.training.setup import Setup
from deepnet.training.state import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoints:
    """When the state of a run is written to its folder; in any case when it begins, is stopped and ends.

    Args:
        every_steps: after each so many steps; None for no such.
        every_seconds: after so much time; None for no such.
        keep: how many of the newest are kept; each holds the parameters of the best epoch too, if the run keeps them.

    Raises:
        InputError: a number is out of its range.
    """

    every_steps: int | None = None
    every_seconds: float | None = 10.0
    keep: int = 3

    def __post_init__(self) -> None:
        if self.every_steps is not None:
            whole_number("every_steps", self.every_steps, at_least=1)
        if self.every_seconds is not None:
            object.__setattr__(self, "every_seconds", positive_number("every_seconds", self.every_seconds))
        whole_number("keep", self.keep, at_least=1)


class Opened(NamedTuple):
    """A run folder that is ours.

    Attributes:
        folder: locked.
        state: where the run stands.
        problems: what is wrong with newer checkpoints, which are passed over; a line each.
    """

    folder: RunFolder
    state: RunState
    problems: tuple[str, ...]


def open_run(
    path: str | Path, description: RunDescription, begin: Callable[[], RunState], *, skip_batch: bool = False
) -> Opened:
    """Take the folder of a run that is to go on, or make one for a run that begins with what *begin* gives.

    Args:
        path: of the folder.
        description: what is about to run.
        begin: gives the state before the first step.
        skip_batch: leave out the next batch: nobody could get past it.

    Raises:
        DataError: the folder is of another run, or cannot be used; the message says why.
        InputError: there is no batch to skip, for the run has not begun; or a part of the plan cannot be kept.
    """
    if not holds_run(path):
        if skip_batch:
            raise InputError(f"{path}: no run has begun there, so there is no batch to skip")
        folder = RunFolder.create(path, description)
        return _begun(folder, begin(), ())
    folder = RunFolder.open(path)
    try:
        folder.require_same(description)
        state, _, problems = folder.newest()
    except BaseException:
        folder.close()
        raise
    if state is None:  # it was ended before its first step was safe, or nothing whole is left
        return _begun(folder, begin(), problems)
    if skip_batch:
        state = replace(state, position=state.position.past_batch())
    return Opened(folder, state, problems)


def _begun(folder: RunFolder, state: RunState, problems: tuple[str, ...]) -> Opened:
    try:
        folder.write(state)
    except BaseException:
        folder.close()
        raise
    return Opened(folder, state, problems)


def keeper_of(opened: Opened, checkpoints: Checkpoints, clock: Callable[[], float]) -> Keeper:
    """Return what has the states of a run written into its folder, and lets go of it at the end."""
    folder = opened.folder

    def save(state: RunState) -> str:
        path = folder.write(state)
        folder.prune(checkpoints.keep, _best_step(state))
        return str(path)

    return Keeper(save, folder.close, folder.read, checkpoints.every_steps, checkpoints.every_seconds, clock)


def _best_step(state: RunState) -> int | None:
    """Return the step at which the best epoch so far ended; a run that is replayed may know of a later one."""
    if state.best is None or state.best[0] > len(state.history):
        return None
    return state.history[state.best[0] - 1].step


def first_state(rows: tuple[Any, ...], slots: int, setup: Setup) -> RunState:
    """Return the state of a run before its first step: *rows* of each dense layer, and so many slots of zeros."""
    state = RunState.at_rest((), setup=setup)
    zeros = tuple(tuple(np.zeros_like(layer) for _ in range(slots)) for layer in rows)
    return replace(state, rows=rows, slots=zeros)


def holds_run(path: str | Path) -> bool:
    """Whether a run has begun in this folder."""
    return (Path(path) / RUN).exists()


def read_plan(path: str | Path) -> Plan:
    """Return what the run in this folder was to do when it began.

    Raises:
        DataError: there is no run in the folder, or it is damaged or newer.
    """
    return RunFolder.describe(path).plan


def read_origin(path: str | Path) -> Mapping[str, Any]:
    """Return what the run in this folder was begun with, as whoever began it has put it down.

    Raises:
        DataError: there is no run in the folder, or another process has it.
    """
    if not holds_run(path):
        raise DataError(f"{path}: holds no run: give the folder that was given to --run-dir")
    with RunFolder.open(path) as folder:
        return folder.description.origin
