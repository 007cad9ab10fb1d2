"""A part of a matrix of weights, small enough to be drawn: of many weights the one of the largest size is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.actors.context import Context
from deepnet.actors.vault import Sealed
from deepnet.errors import InputError
from deepnet.maths.arrays import Array
from deepnet.maths.checks import whole_number
from deepnet.maths.model import Chain

MOST_CELLS = 256
"""Along a side of a tile."""
BINS = 64
_AT_ONCE = 1 << 18
"""So many weights are sorted into bins at a time: they take little memory, and numpy is called a few times only."""
_SAFE = (1e-30, 1e37)
"""Spreads that float32 can be multiplied and divided by."""
_FEW_COLUMNS = 8
"""Up to so many of a block are gone through one by one: numpy's own way begins anew with every cell."""


class Window(NamedTuple):
    """A part of a matrix: its rows (neurons) from row0 up to row1, its columns (inputs) from column0 up to column1."""

    row0: int
    row1: int
    column0: int
    column1: int


class Block(NamedTuple):
    """How many rows and columns of the window one cell of a tile stands for; the last ones may be fewer."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """The weights of one layer in a window, at one sealed step; or how much they have changed since another one.

    Attributes:
        address: of the layer.
        step: the sealed step.
        epoch: its epoch.
        rows: neurons of the layer.
        columns: its inputs.
        window: which part of it.
        block: what each cell stands for.
        tile: float32, 256 by 256 at most: for each block its number of the largest size.
        histogram: int32 (64,): how many numbers of the window are in each bin; those that are finite.
        edges: float32 (65,): where the bins begin and end.
        low: the smallest number of the window.
        high: the largest one.
        mean: of all of them.
        norm: the root of the sum of their squares.
        against: the step since which it is the change; None for the weights themselves.
    """

    address: str
    step: int
    epoch: int
    rows: int
    columns: int
    window: Window
    block: Block
    tile: NDArray[np.float32]
    histogram: NDArray[np.int32]
    edges: NDArray[np.float32]
    low: float
    high: float
    mean: float
    norm: float
    against: int | None = None


class Earlier(NamedTuple):
    """What a layer was like before.

    Attributes:
        step: then.
        rows: (neurons, inputs + 1).
    """

    step: int
    rows: Array


class Tiler:
    """Looks at a layer again and again; what has not changed since is not reckoned again. One thread at a time.

    Args:
        address: of the layer.
        window: row0, row1, column0, column1; None for all of it. What lies beyond the layer is left out.

    Raises:
        InputError: these are no four numbers of a window.
    """

    def __init__(self, address: str, window: Sequence[int] | None = None) -> None:
        self._address = address
        self._window = checked_window(window)
        self._copy: Array | None = None
        self._last: tuple[Sealed, Tile] | None = None

    def tile(self, context: Context, earlier: Earlier | None = None) -> Tile:
        """Return what there is now, or since *earlier*; the same record as the last time if nothing has changed.

        Raises:
            InputError: there is no such layer; or nothing of it is in the window; or it was of another size then.
        """
        last = self._last
        if last is not None and last[0] is context.vault.sealed and earlier is None:
            return last[1]
        weights, window, shape, sealed = context.vault.look(self._copied)
        if earlier is not None:
            weights = self._change(weights, window, shape, earlier)
        tile = _tile(self._address, weights, window, shape, sealed, None if earlier is None else earlier.step)
        self._last = (sealed, tile) if earlier is None else None
        return tile

    def _copied(self, blocks: tuple[Array, ...], sealed: Sealed) -> tuple[Array, Window, tuple[int, int], Sealed]:
        matrix = blocks[layer_number(sealed.setup.model, self._address)][0, :, :-1]
        shape = (matrix.shape[0], matrix.shape[1])
        window = window_in(shape, self._window)
        part = matrix[window.row0 : window.row1, window.column0 : window.column1]
        if self._copy is None or (self._copy.shape, self._copy.dtype) != (part.shape, part.dtype):
            self._copy = np.empty(part.shape, part.dtype)
        np.copyto(self._copy, part)
        return self._copy, window, shape, sealed

    def _change(self, weights: Array, window: Window, shape: tuple[int, int], earlier: Earlier) -> Array:
        before = earlier.rows[:, :-1]
        if before.shape != shape:
            raise InputError(
                f"{self._address} had {before.shape[0]} neurons of {before.shape[1]} inputs at step {earlier.step} and "
                f"has {shape[0]} of {shape[1]} now: choose a step after it was changed"
            )
        with np.errstate(all="ignore"):
            change: Array = weights - before[window.row0 : window.row1, window.column0 : window.column1]
        return change


def layer_number(model: Chain, address: str) -> int:
    """Return the number of a layer among the dense ones.

    Raises:
        InputError: there is no such layer; the message says which there are.
    """
    names = list(model.named_dense())
    if address not in names:
        raise InputError(f"there is no layer {address!r} of neurons: use one of {', '.join(names)}")
    return names.index(address)


def checked_window(asked: Sequence[int] | None) -> Window | None:
    """Return the window that four numbers are, or None for all there is; InputError if they are none."""
    if asked is None:
        return None
    if len(asked) != len(Window._fields):
        raise InputError(f"a window is four whole numbers, row0, row1, column0 and column1, got {asked!r}")
    return Window(*(whole_number(name, one, at_least=0) for name, one in zip(Window._fields, asked, strict=True)))


def window_in(shape: tuple[int, int], asked: Window | None) -> Window:
    """Return what of a matrix is asked for.

    Raises:
        InputError: nothing of it is in the window.
    """
    if asked is None:
        return Window(0, shape[0], 0, shape[1])
    window = Window(asked.row0, min(asked.row1, shape[0]), asked.column0, min(asked.column1, shape[1]))
    if window.row0 >= window.row1 or window.column0 >= window.column1:
        raise InputError(
            f"nothing of the {shape[0]} rows and {shape[1]} columns is in the window {','.join(map(str, asked))}: "
            f"give row0,row1,column0,column1, such as 0,256,0,256"
        )
    return window


@np.errstate(all="ignore")  # where training diverges numbers grow beyond any dtype
def _tile(
    address: str, weights: Array, window: Window, shape: tuple[int, int], sealed: Sealed, against: int | None
) -> Tile:
    numbers = weights.astype(np.float32, copy=False)
    block = Block(-(-numbers.shape[0] // MOST_CELLS), -(-numbers.shape[1] // MOST_CELLS))
    lows, highs = pooled(numbers, block)
    low, high = float(lows.min()), float(highs.max())
    histogram, edges = histogram_of(numbers, low, high)
    return Tile(
        address=address,
        step=sealed.position.step,
        epoch=sealed.position.epoch,
        rows=shape[0],
        columns=shape[1],
        window=window,
        block=block,
        tile=np.where(highs >= -lows, highs, lows),
        histogram=histogram,
        edges=edges,
        low=low,
        high=high,
        mean=float(numbers.mean(dtype=np.float64)),
        norm=norm_of(numbers),
        against=against,
    )


def pooled(numbers: NDArray[np.float32], block: Block) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the smallest and the largest number of each block."""
    return _reduced(np.minimum, numbers, block), _reduced(np.maximum, numbers, block)


def _reduced(choose: np.ufunc, numbers: NDArray[np.float32], block: Block) -> NDArray[np.float32]:
    # Whole rows against whole rows, and columns only of what is left: so memory is read in order, and once. In few
    # calls, for numpy lets go of the interpreter in each: and who learns has to wait for it again.
    rows, columns = numbers.shape
    full = rows - rows % block.rows
    found: NDArray[np.float32] = choose.reduce(numbers[:full].reshape(-1, block.rows, columns), axis=1)
    if full < rows:
        found = np.concatenate((found, choose.reduce(numbers[full:], axis=0, keepdims=True)))
    if block.columns == 1:
        return found
    if block.columns > _FEW_COLUMNS:
        reduced: NDArray[np.float32] = choose.reduceat(found, range(0, found.shape[1], block.columns), axis=1)
        return reduced
    chosen = found[:, :: block.columns].copy()
    for offset in range(1, block.columns):
        part = found[:, offset :: block.columns]
        choose(chosen[:, : part.shape[1]], part, out=chosen[:, : part.shape[1]])
    return chosen


def histogram_of(
    numbers: NDArray[np.float32], low: float, high: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return how many *numbers* are in each of 64 equal bins from *low* to *high*, (64,), and their edges, (65,).

    What is not finite is in none of them.
    """
    flat = numbers.reshape(-1)
    if not (np.isfinite(low) and np.isfinite(high)):
        flat = flat[np.isfinite(flat)]
        low, high = (float(flat.min()), float(flat.max())) if len(flat) else (0.0, 0.0)
    counts = np.zeros(BINS + 1, np.int64)
    if low == high:  # all are equal: they are in the middle
        counts[BINS // 2] = len(flat)
        low, high = low - max(0.5, abs(low) / BINS), high + max(0.5, abs(high) / BINS)
    else:
        _count(flat, low, high, counts)
        counts[BINS - 1] += counts[BINS]  # the largest number itself
    return counts[:BINS].astype(np.int32), np.linspace(low, high, BINS + 1).astype(np.float32)


def _count(flat: NDArray[np.float32], low: float, high: float, counts: NDArray[np.int64]) -> None:
    # Float64 takes longer, and no difference of two numbers is too large or too small for it.
    dtype = np.float32 if _SAFE[0] < high - low < _SAFE[1] else np.float64
    for begin in range(0, len(flat), _AT_ONCE):
        places: NDArray[Any] = flat[begin : begin + _AT_ONCE].astype(dtype)
        places -= low
        places *= BINS / (high - low)
        counts += np.bincount(places.astype(np.uint8), minlength=len(counts))


def norm_of(numbers: NDArray[np.float32]) -> float:
    """Return the root of the sum of all squares."""
    squares = float(np.einsum("ij,ij->i", numbers, numbers).sum(dtype=np.float64))
    if not np.isfinite(squares):  # the squares may be too large where the numbers are not
        squares = float(np.square(numbers, dtype=np.float64).sum())
    return float(np.sqrt(squares))
