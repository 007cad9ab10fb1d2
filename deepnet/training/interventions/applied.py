"""What an intervention is, and what comes of it."""

import enum
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from deepnet.maths.parameters import LayerParameters
from deepnet.training.history import EpochRecord
from deepnet.training.setup import Setup
from deepnet.training.state import RunState


class Applied(NamedTuple):
    """A change that has been made.

    Attributes:
        state: after it; it shares with the state before what did not change.
        old: what was asked to change, as it was.
        new: as it is now, in the dtype of the network.
        undo: given a later state, returns it with what was replaced put back; what was learnt since elsewhere stays.
            Changes are undone newest first.
    """

    state: RunState
    old: Any
    new: Any
    undo: Callable[[RunState], RunState]


class Intervention(Protocol):
    """A change that is asked for."""

    @property
    def kind(self) -> str:
        """What is done, in a word."""
        ...

    @property
    def address(self) -> str:
        """What it is done to: a neuron, a layer, ``network`` or ``run``."""
        ...

    def applied(self, state: RunState) -> Applied:
        """Return what becomes of *state*, which has a setup.

        Raises:
            InputError: it does not fit the network; the message says in what.
            RunError: the network is not in a state for it.
        """
        ...


class NotGiven(enum.Enum):
    """The default of options for which None means something."""

    NOT_GIVEN = enum.auto()

    def __repr__(self) -> str:
        return self.name


NOT_GIVEN: Final = NotGiven.NOT_GIVEN


def setup_of(state: RunState) -> Setup:
    """Return the setup of a state that an intervention is given."""
    assert state.setup is not None  # noqa: S101 - whoever applies interventions sees to it
    return state.setup


class BestBefore(NamedTuple):
    """The best epoch before a change, and the history that it is of. Of the rest of the state nothing is held fast."""

    best: tuple[int, tuple[LayerParameters, ...]] | None
    history: tuple[EpochRecord, ...]

    @classmethod
    def of(cls, state: RunState) -> "BestBefore":
        return cls(state.best, tuple(state.history))

    def again(self, later: RunState) -> tuple[int, tuple[LayerParameters, ...]] | None:
        """Return the best epoch, if *later* is of the same run: another run has another history."""
        return self.best if later.history[: len(self.history)] == self.history else None
