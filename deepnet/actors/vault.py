"""The keeper of the committed parameters: two banks and a seal."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.kernels.rows import pack, unpack
from deepnet.maths.optimizers import Optimizer
from deepnet.maths.parameters import LayerParameters
from deepnet.training.position import Position
from deepnet.training.state import RunState

Found = TypeVar("Found")

LOOKS = 3
"""How often somebody tries to look before he takes copies."""


@dataclass(frozen=True, slots=True)
class Bank:
    """One full copy of the parameters and optimiser slots of a network.

    Attributes:
        blocks: an array (1 + slots, neurons, inputs + 1) a layer: first each neuron's weights and then its bias, and
            after them the slots of the optimiser.
    """

    blocks: tuple[Array, ...]

    @classmethod
    def of(cls, state: RunState) -> "Bank":
        """Return a bank of what *state* holds, with arrays of its own."""
        return cls(tuple(np.stack((rows, *slots)) for rows, slots in zip(state.rows, state.slots, strict=True)))

    @property
    def rows(self) -> tuple[Array, ...]:
        """Views (neurons, inputs + 1), one a layer."""
        return tuple(block[0] for block in self.blocks)

    @property
    def slots(self) -> tuple[tuple[Array, ...], ...]:
        """For each layer views of the same shape, one a slot."""
        return tuple(tuple(block[1:]) for block in self.blocks)

    def copy(self) -> "Bank":
        """Return a bank with arrays of its own."""
        return Bank(tuple(block.copy() for block in self.blocks))


class Sealed(NamedTuple):
    """What is committed: one value, so that it changes all at once."""

    bank: int
    position: Position


class Cut(NamedTuple):
    """All parameters of a network at one sealed step: copies."""

    position: Position
    parameters: tuple[LayerParameters, ...]


class Vault:
    """Two banks; the one that `sealed` names is committed, and nobody writes to it.

    A step is written into the other bank, row by row, by whoever computes it. `seal` makes that one the
    committed bank by a single assignment: before it nothing of the step can be seen, after it everything.
    So a step that fails needs no undo, it is simply played again.

    Args:
        checkpoint: what is committed at first.
    """

    def __init__(self, checkpoint: RunState) -> None:
        self.restore(checkpoint)
        self.attempt = 0
        """Tries at the step under way. It is kept here so that a trainer that is restarted can go on counting."""
        self.run: object = None
        """The run that the banks were prepared for."""
        self._changing = threading.Lock()  # held while another bank becomes the committed one, or the spare one

    def restore(self, checkpoint: RunState) -> None:
        """Commit what *checkpoint* holds, in place of whatever was."""
        kept = Bank.of(checkpoint)
        self.banks = (kept, kept.copy())
        self.sealed = Sealed(0, checkpoint.position)

    def begin(self, run: object, optimizer: Optimizer) -> None:
        """Prepare for *run*: the committed parameters as they are, slots of zeros, step 0."""
        shapes = (1 + len(optimizer.slots), 1, 1)
        first = Bank(tuple(np.tile(rows, shapes) for rows in self.banks[self.sealed.bank].rows))
        for block in first.blocks:
            block[1:] = 0
        self.banks = (first, first.copy())
        self.sealed = Sealed(0, Position())
        # The attempts are counted on: what a run that failed in mid-step left in the mail must not match.
        self.run = run

    def take_up(self, run: object, checkpoint: RunState) -> None:
        """Prepare to go on with *run* where *checkpoint* was made of it."""
        self.restore(checkpoint)
        self.run = run

    def fence(self) -> None:
        """Keep whoever is still about with the spare bank out of it: from now on another one is the spare.

        A step that is under way has been written into the old one, at least in part: `seal` will refuse it.
        """
        with self._changing:
            committed = self.banks[self.sealed.bank]
            self.banks = (committed, committed.copy()) if self.sealed.bank == 0 else (committed.copy(), committed)

    def snapshot(self) -> Bank:
        """Copies of the committed rows and slots; for whoever seals, for nobody else can be sure what they are of."""
        return self.banks[self.sealed.bank].copy()

    def next_attempt(self) -> int:
        """Count another try at the step under way."""
        self.attempt += 1
        return self.attempt

    def seal(self, position: Position, banks: tuple[Bank, Bank] | None = None) -> bool:
        """Make the bank that has just been written the committed one.

        Args:
            position: where the run stands then.
            banks: those that were there when the step began. If there are others now nothing is sealed, and False
                returned: the step has to be played again.
        """
        with self._changing:
            if banks is not None and banks is not self.banks:
                return False
            self.attempt = 0
            self.sealed = Sealed(1 - self.sealed.bank, position)
            return True

    def move(self, position: Position) -> None:
        """Go on from *position* with the same parameters."""
        self.sealed = Sealed(self.sealed.bank, position)

    def fall_back(self, position: Position) -> None:
        """Take back the last seal; only before anything of the next step has been written."""
        self.sealed = Sealed(1 - self.sealed.bank, position)

    def put_back(self, parameters: Sequence[LayerParameters]) -> None:
        """Commit *parameters* of an earlier step at the present position: for a run that is over."""
        spare = 1 - self.sealed.bank
        for rows, layer in zip(self.banks[spare].rows, parameters, strict=True):
            rows[...] = pack(layer)
        self.sealed = Sealed(spare, self.sealed.position)

    def is_finite(self) -> bool:
        """Whether every committed parameter is."""
        return all(np.isfinite(rows).all() for rows in self.banks[self.sealed.bank].rows)

    # Reading without disturbing: copy, then look whether the bank is still the committed one.

    def look(self, use: Callable[[tuple[Array, ...]], Found]) -> Found:
        """Return what *use* makes of the committed blocks, one (1 + slots, neurons, inputs + 1) a layer.

        It must write nothing, and return nothing that it has not copied or computed. If a step is sealed meanwhile it
        is called again, and if that goes on, with copies.
        """
        for _ in range(LOOKS):
            banks, sealed = self.banks, self.sealed
            found = use(banks[sealed.bank].blocks)
            if self.sealed is sealed and self.banks is banks:
                return found
        return use(self.copy_rows())

    def copy_rows(self) -> tuple[Array, ...]:
        """Copies of the committed rows, (1, neurons, inputs + 1) for each layer, all at one step."""
        while True:
            banks, sealed = self.banks, self.sealed
            copies = tuple(block[:1].copy() for block in banks[sealed.bank].blocks)
            if self.sealed is sealed and self.banks is banks:
                return copies

    def read(self) -> Cut:
        """Copy all committed parameters: a cut, at the position that comes with it."""
        while True:
            banks, sealed = self.banks, self.sealed
            parameters = tuple(unpack(rows) for rows in banks[sealed.bank].rows)
            if self.sealed is sealed and self.banks is banks:
                return Cut(sealed.position, parameters)

    def read_row(self, layer: int, index: int) -> tuple[Position, Array]:
        """Copy one neuron's committed row: its weights, then its bias."""
        while True:
            banks, sealed = self.banks, self.sealed
            row = banks[sealed.bank].rows[layer][index].copy()
            if self.sealed is sealed and self.banks is banks:
                return sealed.position, row
