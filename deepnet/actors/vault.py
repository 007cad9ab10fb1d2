"""The keeper of the committed parameters: two banks and a seal."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.kernels.rows import pack, unpack
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.setup import Setup
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
    """What is committed: one value, so that it changes all at once.

    Attributes:
        bank: which of the two banks is the committed one.
        banks: both; whoever brings others up brings up another tuple.
        position: where the run stands.
        setup: what is settled besides the numbers; the banks fit it.
    """

    bank: int
    banks: tuple[Bank, Bank]
    position: Position
    setup: Setup


class Cut(NamedTuple):
    """All parameters of a network at one sealed step: copies."""

    position: Position
    parameters: tuple[LayerParameters, ...]
    setup: Setup


class Vault:
    """Two banks; the one that `sealed` names is committed, and nobody writes to it.

    A step is written into the other bank, row by row, by whoever computes it. `seal` makes that one the
    committed bank by a single assignment: before it nothing of the step can be seen, after it everything.
    So a step that fails needs no undo, it is simply played again.

    Args:
        checkpoint: what is committed at first.
    """

    def __init__(self, checkpoint: RunState) -> None:
        self._changing = threading.Lock()  # held while another bank becomes the committed one, or the spare one
        self.sealed: Sealed
        self.restore(checkpoint)
        self.attempt = 0
        """Tries at the step under way. It is kept here so that a trainer that is restarted can go on counting."""
        self.run: object = None
        """The run that the banks were prepared for."""

    @property
    def banks(self) -> tuple[Bank, Bank]:
        return self.sealed.banks

    def restore(self, checkpoint: RunState) -> None:
        """Commit what *checkpoint* holds, in place of whatever was; somebody late with the old banks does no harm."""
        if checkpoint.setup is None:
            raise ValueError("a state without a setup fits no network")
        kept = Bank.of(checkpoint)
        with self._changing:
            self.sealed = Sealed(0, (kept, kept.copy()), checkpoint.position, checkpoint.setup)

    def begin(self, run: object, plan: Plan) -> None:
        """Prepare for *run*: the committed parameters as they are, slots of zeros, step 0."""
        now = self.sealed
        shapes = (1 + len(plan.optimizer.slots), 1, 1)
        first = Bank(tuple(np.tile(rows, shapes) for rows in now.banks[now.bank].rows))
        for block in first.blocks:
            block[1:] = 0
        with self._changing:
            setup = replace(now.setup, plan=plan, recut=None)
            self.sealed = Sealed(0, (first, first.copy()), Position(), setup)
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
            now = self.sealed
            committed = now.banks[now.bank]
            banks = (committed, committed.copy()) if now.bank == 0 else (committed.copy(), committed)
            self.sealed = now._replace(banks=banks)

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
            bank, now, _, setup = self.sealed
            if banks is not None and banks is not now:
                return False
            self.attempt = 0
            self.sealed = Sealed(1 - bank, now, position, setup)
            return True

    def move(self, position: Position) -> None:
        """Go on from *position* with the same parameters."""
        with self._changing:
            self.sealed = self.sealed._replace(position=position)

    def fall_back(self, position: Position) -> None:
        """Take back the last seal; only before anything of the next step has been written."""
        with self._changing:
            self.sealed = self.sealed._replace(bank=1 - self.sealed.bank, position=position)

    def put_back(self, parameters: Sequence[LayerParameters]) -> None:
        """Commit *parameters* of an earlier step at the present position: for a run that is over."""
        spare = 1 - self.sealed.bank
        for rows, layer in zip(self.banks[spare].rows, parameters, strict=True):
            rows[...] = pack(layer)
        with self._changing:
            self.sealed = self.sealed._replace(bank=spare)

    def is_finite(self) -> bool:
        """Whether every committed parameter is."""
        return all(np.isfinite(rows).all() for rows in self.banks[self.sealed.bank].rows)

    # Reading without disturbing: copy, then look whether the bank is still the committed one.

    def look(self, use: Callable[[tuple[Array, ...], Sealed], Found]) -> Found:
        """Return what *use* makes of the committed blocks, one (1 + slots, neurons, inputs + 1) a layer.

        It must write nothing, and return nothing that it has not copied or computed. If a step is sealed meanwhile it
        is called again, and if that goes on, with copies.
        """
        for _ in range(LOOKS):
            sealed = self.sealed
            found = use(sealed.banks[sealed.bank].blocks, sealed)
            if self.sealed is sealed:
                return found
        return use(*self.copy_rows())

    def copy_rows(self) -> tuple[tuple[Array, ...], Sealed]:
        """Copies of the committed rows, (1, neurons, inputs + 1) for each layer, all at one step; and what they are."""
        while True:
            sealed = self.sealed
            copies = tuple(block[:1].copy() for block in sealed.banks[sealed.bank].blocks)
            if self.sealed is sealed:
                return copies, sealed

    def copy_blocks(self) -> tuple[tuple[Array, ...], Sealed]:
        """The same with the slots of the optimiser: (1 + slots, neurons, inputs + 1) for each layer."""
        while True:
            sealed = self.sealed
            copies = sealed.banks[sealed.bank].copy().blocks
            if self.sealed is sealed:
                return copies, sealed

    def read(self) -> Cut:
        """Copy all committed parameters: a cut, at the position that comes with it."""
        while True:
            sealed = self.sealed
            parameters = tuple(unpack(rows) for rows in sealed.banks[sealed.bank].rows)
            if self.sealed is sealed:
                return Cut(sealed.position, parameters, sealed.setup)

    def read_neuron(self, find: Callable[[Chain], tuple[int, int]]) -> tuple[Sealed, int, int, Array]:
        """Copy one neuron's committed row and slots: (1 + slots, inputs + 1).

        Args:
            find: says which it is, the number of its layer and its index in it, given the model of that moment.

        Returns:
            What is committed, the layer, the index and the numbers.
        """
        while True:
            sealed = self.sealed
            layer, index = find(sealed.setup.model)
            numbers = sealed.banks[sealed.bank].blocks[layer][:, index].copy()
            if self.sealed is sealed:
                return sealed, layer, index, numbers
