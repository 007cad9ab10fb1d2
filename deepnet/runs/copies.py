"""Copies of the committed rows, made again and again into the same memory."""

from typing import NamedTuple

import numpy as np

from deepnet.actors.vault import Sealed, Vault
from deepnet.maths.arrays import Array
from deepnet.maths.parameters import LayerParameters


class Rows(NamedTuple):
    """What all neurons were at one sealed step.

    Attributes:
        parameters: views of copies, good until the next ones are taken: weights (neurons, inputs), bias (neurons,).
        sealed: what they are of.
    """

    parameters: tuple[LayerParameters, ...]
    sealed: Sealed


class Copies:
    """Whoever looks for longer than a step takes looks at a copy; to ask for new memory each time costs more than it.

    One thread at a time may use it.
    """

    def __init__(self) -> None:
        self._kept: tuple[Array, ...] = ()

    def take(self, vault: Vault) -> Rows:
        """Copy all committed rows, without a message to those who learn."""
        return vault.look(self._copied)

    def _copied(self, blocks: tuple[Array, ...], sealed: Sealed) -> Rows:
        wanted = [(block.shape[1:], block.dtype) for block in blocks]
        if [(rows.shape, rows.dtype) for rows in self._kept] != wanted:
            self._kept = tuple(np.empty(shape, dtype) for shape, dtype in wanted)
        for rows, block in zip(self._kept, blocks, strict=True):
            np.copyto(rows, block[0])
        return Rows(tuple(LayerParameters(rows[:, :-1], rows[:, -1]) for rows in self._kept), sealed)
