"""Where the batches of a run come from: arrays that are shuffled and cut, or a stream that is read once an epoch.

A step may be played again, and a run be taken up again, so a source is asked for a batch by its number and gives
the same rows for the same number, as long as it is asked.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.data.batches import batch_count, epoch_order
from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import Batch, as_batch
from deepnet.maths.kernels.rows import with_ones

Pair: TypeAlias = tuple[Batch, Batch]
"""Inputs (rows, inputs + 1), ending in a column of ones, and targets (rows, outputs)."""

Recut: TypeAlias = tuple[int, int, int]
"""An epoch, from 1; a batch of it, from 0; and the place of its first row in the order of the epoch.

The batches of the epoch before this one cannot be had: they were cut otherwise.
"""


class Source(Protocol):
    """Gives the batches of an epoch one by one."""

    @property
    def rows(self) -> int | None:
        """Rows of an epoch, where that is known."""
        ...

    @property
    def batches(self) -> int | None:
        """Batches of an epoch, where that is known."""
        ...

    def batch(self, epoch: int, index: int) -> Pair | None:
        """Return batch *index*, from 0, of *epoch*, from 1; None if the epoch has no more.

        Raises:
            InputError: the rows cannot be learnt, or can no longer be had.
        """
        ...

    def row_numbers(self, epoch: int, index: int) -> tuple[int, ...] | None:
        """Return which of the rows that were given batch *index* of *epoch* is made of, if that is known."""
        ...

    def all_rows(self) -> Pair | None:
        """Return all rows at once, inputs without their ones, if they are at hand."""
        ...

    def cut(self, batch_size: int, recut: Recut | None) -> Self:
        """Return a source of the same rows in batches of *batch_size*; this one stays, and may be what is returned.

        Args:
            batch_size: rows of a batch.
            recut: from where on in one epoch; all others, and without it all, are cut from their beginning.

        Raises:
            InputError: the rows cannot be cut so.
        """
        ...


class _Epoch(NamedTuple):
    """An epoch that has been begun: one value, so that it is there as a whole or not at all.

    Attributes:
        number: from 1.
        order: the numbers of its rows.
        rows: all of them in this order, unless they are gathered batch by batch.
    """

    number: int
    order: NDArray[np.intp]
    rows: Pair | None


class ArraySource:
    """Arrays that are in memory.

    Args:
        inputs: (rows, inputs).
        targets: (rows, outputs).
        batch_size: rows of a batch.
        shuffle: whether each epoch has an order of its own ...
        seed: ... which follows from this and its number.
        drop_last: leave out the last batch of an epoch if it is shorter than the others.
        numbers: (rows,): what each row is called, if not by its place here.
        rearranged_bytes: up to this size all rows are put into the order of an epoch when it begins, and a batch is a
            part of them; beyond, each batch is gathered when it is asked for: slower, but in no more memory.

    Raises:
        InputError: *drop_last* leaves no batch.
    """

    def __init__(
        self,
        inputs: Batch,
        targets: Batch,
        *,
        batch_size: int,
        shuffle: bool,
        seed: int,
        drop_last: bool = False,
        numbers: NDArray[np.intp] | None = None,
        rearranged_bytes: int = 64 * 2**20,
    ) -> None:
        self.rows: int = len(inputs)
        self._drop_last = drop_last
        self._set_cut(batch_size, None)
        self._inputs = with_ones(inputs)
        self._targets = targets
        self._shuffle = shuffle
        self._seed = seed
        self._numbers = numbers
        self._is_rearranged = self._inputs.nbytes + targets.nbytes <= rearranged_bytes
        self._epoch: _Epoch | None = None

    def batch(self, epoch: int, index: int) -> Pair | None:
        first = index * self._batch_size if self._recut is None else self._first(epoch, index)
        if first > self._last:
            return None
        place = slice(first, first + self._batch_size)
        now = self._epoch
        if now is None or now.number != epoch:
            now = self._epoch = self._begin(epoch)
        if now.rows is not None:
            return now.rows[0][place], now.rows[1][place]
        numbers = now.order[place]
        return self._inputs[numbers], self._targets[numbers]

    def _first(self, epoch: int, index: int) -> int:
        """Return where batch *index* begins in the order of *epoch*."""
        if self._recut is None or self._recut[0] != epoch:
            return index * self._batch_size
        _, batch, row = self._recut
        if index < batch:
            raise InputError(f"batch {index} of epoch {epoch} was cut otherwise: there are those from {batch} on")
        return row + (index - batch) * self._batch_size

    def _begin(self, epoch: int) -> _Epoch:
        order = epoch_order(self.rows, seed=self._seed, epoch=epoch, shuffle=self._shuffle)
        # Into new arrays: whoever is late with the epoch before still reads the old ones.
        return _Epoch(epoch, order, (self._inputs[order], self._targets[order]) if self._is_rearranged else None)

    def row_numbers(self, epoch: int, index: int) -> tuple[int, ...] | None:
        if self.batch(epoch, index) is None:
            return ()
        assert self._epoch is not None  # noqa: S101 - the batch is of it
        first = self._first(epoch, index)
        rows = self._epoch.order[first : first + self._batch_size]
        return tuple((rows if self._numbers is None else self._numbers[rows]).tolist())

    def all_rows(self) -> Pair | None:
        return self._inputs[:, :-1], self._targets

    def cut(self, batch_size: int, recut: Recut | None) -> Self:
        if (batch_size, recut) == (self._batch_size, self._recut):
            return self
        other = copy.copy(self)  # it has the same arrays
        other._set_cut(batch_size, recut)  # noqa: SLF001 - one of ours
        return other

    def _set_cut(self, batch_size: int, recut: Recut | None) -> None:
        batches = self.rows // batch_size if self._drop_last else batch_count(self.rows, batch_size)
        if not batches:
            raise InputError(f"{self.rows} rows make no batch of {batch_size}: give more rows, or keep the last batch")
        self.batches: int = batches
        self._last = self.rows - (batch_size if self._drop_last else 1)  # no batch begins after it
        self._batch_size = batch_size
        self._recut = recut


Stream: TypeAlias = Iterable[Any] | Callable[[], Iterable[Any]]
"""Batches (inputs, targets) of a whole epoch; or a function that begins to give them anew."""


class _Read(NamedTuple):
    """The last batch that was read: None at the end, and what was wrong with one that cannot be learnt."""

    epoch: int
    batch: int
    pair: Pair | DataError | None


class StreamSource:
    """Batches that come one after another and need not fit into memory together.

    What gives the batches is asked for a new iterator at the beginning of each epoch. A generator can be read only
    once, so it is one epoch; a list, or a function that returns a generator, is as many as are asked for.

    Args:
        stream: see `Stream`.
        inputs: numbers in a row of inputs.
        outputs: numbers in a row of targets.
        dtype: that they are turned into.
        check_targets: raises InputError for targets that the loss cannot take.
    """

    rows = None
    batches = None

    def __init__(
        self, stream: Stream, *, inputs: int, outputs: int, dtype: str, check_targets: Callable[[Batch], None]
    ) -> None:
        self._stream = stream
        self._sizes = (inputs, outputs)
        self._dtype = dtype
        self._check_targets = check_targets
        self._iterator: Iterator[Any] = iter(())
        self._read = _Read(0, -1, None)
        self._begun: set[int] = set()

    def batch(self, epoch: int, index: int) -> Pair | None:
        if self._read.epoch != epoch or index < self._read.batch:
            self._begin(epoch)
        while self._read.batch < index and (self._read.batch < 0 or isinstance(self._read.pair, tuple)):
            self._read = _Read(epoch, self._read.batch + 1, self._next(epoch, self._read.batch + 1))
        if isinstance(self._read.pair, DataError):
            raise self._read.pair
        return self._read.pair if self._read.batch == index else None

    def row_numbers(self, _epoch: int, _index: int) -> tuple[int, ...] | None:
        return None

    def all_rows(self) -> Pair | None:
        return None

    def cut(self, _batch_size: int, recut: Recut | None) -> Self:
        if recut is not None:
            raise InputError("a stream comes in batches of its own, which cannot be cut anew: have it give others")
        return self

    def _begin(self, epoch: int) -> None:
        try:
            iterator = iter(self._stream() if callable(self._stream) else self._stream)
        except Exception as error:
            raise DataError(f"the stream cannot be begun: {_told(error)}") from error
        if iterator is self._stream and self._begun:
            raise InputError(
                f"the stream can be read only once, and epoch {epoch} needs it again: give a function that returns it"
            )
        self._begun.add(epoch)
        self._iterator = iterator
        self._read = _Read(epoch, -1, None)

    def _next(self, epoch: int, index: int) -> Pair | DataError | None:
        """Return the next batch of the stream, or why it cannot be learnt; None at its end.

        Asked again, a generator that has raised says that it is at its end, and one that gave a bad batch gives the
        next. So what was wrong is kept and told again.
        """
        try:
            return self._checked(epoch, index)
        except DataError as error:
            return error

    def _checked(self, epoch: int, index: int) -> Pair | None:
        place = f"batch {index} of epoch {epoch} of the stream"
        try:
            pair = next(self._iterator)
        except StopIteration:
            if index == 0:
                raise DataError(f"the stream gave no batch in epoch {epoch}: give one or more") from None
            return None
        except Exception as error:
            raise DataError(f"{place}: {_told(error)}") from error
        try:
            inputs, targets = pair
        except (TypeError, ValueError):
            raise DataError(f"{place}: is no pair of inputs and targets: give (inputs, targets)") from None
        try:
            batch = (
                as_batch("inputs", inputs, self._dtype, self._sizes[0]),
                as_batch("targets", targets, self._dtype, self._sizes[1]),
            )
            self._check_targets(batch[1][:])
        except InputError as error:
            raise DataError(f"{place}: {error}") from None
        counts = len(batch[0]), len(batch[1])
        if counts[0] != counts[1] or not counts[0]:
            raise DataError(f"{place}: {counts[0]} rows of inputs need as many of targets, one or more: {counts[1]}")
        return with_ones(batch[0]), batch[1]


def _told(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
