"""Other batches of the same rows: what an epoch that is under way goes on with."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.batches import epoch_order
from deepnet.data.sources import ArraySource, Pair, StreamSource
from deepnet.errors import InputError
from deepnet.maths.arrays import Batch

deterministic = settings(derandomize=True, deadline=None, max_examples=40)


def rows(count: int) -> tuple[Batch, Batch]:
    """Inputs (count, 2) and targets (count, 1), each row told from all others."""
    numbers = np.arange(count, dtype="float64")
    return np.column_stack((numbers, -numbers)), numbers[:, None] + 0.5


def epoch_of(source: ArraySource, epoch: int) -> list[Pair]:
    """All batches of an epoch, in order."""
    batches: list[Pair] = []
    while (pair := source.batch(epoch, len(batches))) is not None:
        batches.append(pair)
    return batches


def equal(pair: Pair | None, other: Pair | None) -> bool:
    """Whether two batches are the same bits."""
    if pair is None or other is None:
        return pair is other
    return all(np.array_equal(one, two) and one.dtype == two.dtype for one, two in zip(pair, other, strict=True))


@given(
    count=st.integers(1, 20),
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    batch=st.integers(0, 5),
    shuffle=st.booleans(),
    rearranged=st.booleans(),
)
@deterministic
def test_a_source_that_is_cut_anew_goes_on_where_the_old_cut_ended(
    count: int, sizes: tuple[int, int], batch: int, shuffle: bool, rearranged: bool
) -> None:
    inputs, targets = rows(count)
    options: dict[str, Any] = {"shuffle": shuffle, "seed": 5, "rearranged_bytes": 10**6 * rearranged}
    old = ArraySource(inputs, targets, batch_size=sizes[0], numbers=np.arange(count) + 100, **options)
    order = epoch_order(count, seed=5, epoch=2, shuffle=shuffle)
    old.batch(2, 0)

    source = old.cut(sizes[1], (2, batch, batch * sizes[0]))

    left = order[batch * sizes[0] :]
    for index, first in enumerate(range(0, len(left), sizes[1]), start=batch):
        expected = left[first : first + sizes[1]]
        pair = source.batch(2, index)
        assert pair is not None
        np.testing.assert_array_equal(pair[0][:, :-1], inputs[expected])
        np.testing.assert_array_equal(pair[1], targets[expected])
        assert source.row_numbers(2, index) == tuple(expected + 100)
    over = batch + -(-len(left) // sizes[1])
    assert source.batch(2, over) is None
    assert source.row_numbers(2, over) == ()
    for epoch in (1, 3):  # all others are cut from their beginning
        others = epoch_of(ArraySource(inputs, targets, batch_size=sizes[1], **options), epoch)
        assert len(others) == source.batches
        assert all(equal(one, other) for one, other in zip(epoch_of(source, epoch), others, strict=True))


def test_the_batches_before_a_new_cut_cannot_be_had() -> None:
    source = ArraySource(*rows(9), batch_size=2, shuffle=True, seed=5).cut(3, (1, 2, 4))

    for ask in (source.batch, source.row_numbers):
        with pytest.raises(InputError, match="batch 1 of epoch 1 was cut otherwise: there are those from 2 on"):
            ask(1, 1)


def test_a_cut_leaves_the_source_that_it_was_made_of_and_takes_no_more_memory() -> None:
    old, expected = (ArraySource(*rows(9), batch_size=2, shuffle=True, seed=5) for _ in range(2))

    new = old.cut(4, (1, 1, 2))

    assert all(equal(old.batch(1, index), expected.batch(1, index)) for index in range(6))
    assert (old.batches, new.batches, new.rows) == (5, 3, 9)
    ours, theirs = old.all_rows(), new.all_rows()
    assert ours is not None
    assert theirs is not None
    assert all(np.shares_memory(one, other) for one, other in zip(ours, theirs, strict=True))
    back = new.cut(2, None)
    assert all(equal(back.batch(1, index), expected.batch(1, index)) for index in range(6))


def test_the_short_batch_at_the_end_of_a_new_cut_is_left_out_too() -> None:
    source = ArraySource(*rows(9), batch_size=2, shuffle=False, seed=5, drop_last=True)

    cut = source.cut(3, (1, 2, 4))

    assert [cut.row_numbers(1, index) for index in (2, 3)] == [(4, 5, 6), ()]
    assert cut.batch(1, 3) is None
    assert cut.batches == 3
    with pytest.raises(InputError, match="9 rows make no batch of 10: give more rows, or keep the last batch"):
        source.cut(10, None)


def test_a_stream_cannot_be_cut_anew() -> None:
    source = StreamSource([rows(2)], inputs=2, outputs=1, dtype="float64", check_targets=lambda _targets: None)

    assert source.cut(7, None) is source
    with pytest.raises(InputError, match="a stream comes in batches of its own, which cannot be cut anew"):
        source.cut(7, (1, 2, 3))
